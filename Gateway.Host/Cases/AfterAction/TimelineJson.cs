using System.Text.Json;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>A timeline as JSON, see docs/data-team.md. What is not known is null, never left out. Pure.</summary>
internal static class TimelineJson
{
    /// <summary>Writes it as an object.</summary>
    public static void Write(Utf8JsonWriter json, Timeline timeline)
    {
        Case c = timeline.Case;
        json.WriteStartObject();
        json.WriteString("caseNo", c.CaseNo);
        json.WriteString("status", c.Status.ToString());
        json.WriteString("event", c.Facts.Key.Event);
        json.WriteString("severity", Word(c.Severity));
        json.WriteString("area", c.Facts.AreaPath[0]);
        json.WriteTextOrNull("deviceId", c.Facts.DeviceId);
        json.WriteBoolean("exercise", c.Facts.Exercise);
        json.WriteString("mode", c.Facts.Mode);
        json.WriteString("from", timeline.Window.From.ToString());
        json.WriteString("to", timeline.Window.To.ToString());
        json.WriteString("now", timeline.Now.ToString());
        json.WriteString("timeZone", timeline.Names.TimeZone.Id);
        WriteStretches(json, "quiet", timeline.Quiet);
        json.WriteTimeOrNull("breachedAt", timeline.Window.Breach);
        json.WriteString("openedAt", c.OpenedAt.ToString());
        json.WriteTimeOrNull("closedAt", c.ClosedAt);
        WriteWarnings(json, timeline.Warnings);
        WriteStages(json, timeline);
        WriteClocks(json, timeline);
        WriteEntries(json, timeline.Entries);
        WriteReadings(json, timeline.Readings);
        WriteRelated(json, timeline);
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<Forewarning> warnings)
    {
        json.WriteStartArray("warnings");
        foreach (Forewarning warning in warnings)
        {
            json.WriteStartObject();
            json.WriteString("source", Word(warning.Source));
            json.WriteString("at", warning.At.ToString());
            json.WriteString("breachedAt", warning.Breach.ToString());
            json.WriteNumber("leadSeconds", warning.Lead.TotalSeconds);
            json.WriteTextOrNull("rule", warning.Rule);
            json.WriteBoolean("ruleOfThen", warning.IsOfThen);
            json.WriteTextOrNull("caseNo", warning.CaseNo);
            json.WriteTextOrNull("deviceId", warning.DeviceId);
            json.WriteString("severity", Word(warning.Severity));
            json.WriteString("aheadOf", Word(warning.Ahead));
            json.WriteTextOrNull("cause", warning.Cause);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStages(Utf8JsonWriter json, Timeline timeline)
    {
        json.WriteStartArray("stages");
        foreach (CaseStretch stretch in timeline.Stages)
        {
            json.WriteStartObject();
            json.WriteString("status", stretch.Status.ToString());
            json.WriteTextOrNull("party", stretch.Party);
            json.WriteTextOrNull("partyName", stretch.Party.Length == 0 ? "" : timeline.Names.Party(stretch.Party));
            json.WriteTextOrNull("stage", stretch.Stage is { } stage ? Word(stage) : "");
            json.WriteString("from", stretch.From.ToString());
            json.WriteString("to", stretch.To.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("timeSpent");
        foreach (CaseSpan span in timeline.TimeSpent)
        {
            json.WriteStartObject();
            json.WriteTextOrNull("party", span.Party);
            json.WriteString("stage", Word(span.Stage));
            json.WriteNumber("seconds", span.Spent.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteClocks(Utf8JsonWriter json, Timeline timeline)
    {
        json.WriteStartArray("clocks");
        foreach (CaseClockRun run in timeline.Clocks)
        {
            json.WriteStartObject();
            json.WriteString("kind", Word(run.Clock.Kind));
            json.WriteTextOrNull("party", run.Party);
            json.WriteString("state", State(run));
            json.WriteString("startedAt", run.Clock.StartedAt.ToString());
            json.WriteString("dueAt", run.Clock.DueAt.ToString());
            json.WriteTimeOrNull("endedAt", run.EndedAt);
            json.WriteTimeOrNull("breachedAt", run.BreachedAt);
            json.WriteString("level", Word(run.Clock.Level));
            WriteStretches(json, "paused", run.Paused);
            WriteStretches(json, "late", run.Late);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("clocksLeftOut", timeline.ClocksLeftOut);
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<TimelineEntry> entries)
    {
        json.WriteStartArray("events");
        foreach (TimelineEntry entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("at", entry.At.ToString());
            json.WriteString("until", entry.Until.ToString());
            json.WriteString("type", entry.Type);
            json.WriteString("lane", Word(entry.Lane));
            json.WriteNumber("count", entry.Count);
            json.WriteTextOrNull("actor", entry.Actor);
            json.WriteString("text", entry.Text);
            json.WriteBoolean("afterWindow", entry.IsAfter);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteReadings(Utf8JsonWriter json, TimelineReadings readings)
    {
        json.WriteStartArray("readings");
        foreach (DeviceReadings series in readings.Series)
        {
            json.WriteStartObject();
            json.WriteString("device", series.Key.DeviceId);
            json.WriteString("metric", series.Key.Metric);
            json.WriteTextOrNull("unit", series.Unit);
            json.WriteNumberOrNull("intervalSeconds", series.Interval?.TotalSeconds);
            WriteLimits(json, series.Limits);
            WriteStretches(json, "silences", series.Silences);
            json.WriteNumber("silencesLeftOut", series.SilencesLeftOut);
            json.WriteStartArray("buckets");
            foreach (ReadingBucket bucket in series.Buckets)
            {
                json.WriteStartObject();
                json.WriteString("start", bucket.Start.ToString());
                json.WriteNumber("seconds", bucket.Width.TotalSeconds);
                json.WriteNumberOrNull("min", bucket.Minimum);
                json.WriteNumberOrNull("max", bucket.Maximum);
                json.WriteNumberOrNull("last", bucket.Last);
                json.WriteNumber("received", bucket.Received);
                json.WriteNumberOrNull("expected", bucket.Expected);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("devicesLeftOut", readings.DevicesLeftOut);
        json.WriteBoolean("readingsCutShort", readings.IsCutShort);
    }

    private static void WriteLimits(Utf8JsonWriter json, IReadOnlyList<TimelineLimit> limits)
    {
        json.WriteStartArray("limits");
        foreach (TimelineLimit limit in limits)
        {
            json.WriteStartObject();
            json.WriteString("rule", limit.Rule);
            json.WriteBoolean("ruleOfThen", limit.IsOfThen);
            json.WriteString("kind", Word(limit.Limit.Kind));
            json.WriteString("severity", Word(limit.Limit.Severity));
            json.WriteString("operator", Operator(limit.Limit));
            json.WriteNumber("value", limit.Limit.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRelated(Utf8JsonWriter json, Timeline timeline)
    {
        json.WriteStartArray("related");
        foreach (RelatedCase related in timeline.Related)
        {
            Case other = related.Case;
            json.WriteStartObject();
            json.WriteString("caseNo", other.CaseNo);
            json.WriteString("relation", Word(related.Relation));
            json.WriteString("event", other.Facts.Key.Event);
            json.WriteString("severity", Word(other.Severity));
            json.WriteString("status", other.Status.ToString());
            json.WriteTextOrNull("deviceId", other.Facts.DeviceId);
            json.WriteString("openedAt", other.OpenedAt.ToString());
            json.WriteTimeOrNull("closedAt", other.ClosedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("relatedLeftOut", timeline.RelatedLeftOut);
    }

    /// <summary>How a reading stands to a limit that it is beyond: <c>&gt;=</c>.</summary>
    public static string Operator(RuleLimit limit) => (limit.IsUpward, limit.IsInclusive) switch
    {
        (true, true) => ">=",
        (true, false) => ">",
        (false, true) => "<=",
        _ => "<",
    };

    private static void WriteStretches(Utf8JsonWriter json, string name, IReadOnlyList<TimeStretch> stretches)
    {
        json.WriteStartArray(name);
        foreach (TimeStretch stretch in stretches)
        {
            json.WriteStartObject();
            json.WriteString("from", stretch.From.ToString());
            json.WriteString("to", stretch.To.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // An extension does not undo that a limit passed, and what another clock took the place of has ended.
    private static string State(CaseClockRun run) => run switch
    {
        { EndedAt: null } => CaseJson.State(run.Clock),
        { BreachedAt: not null } => "missed",
        { Clock.StoppedAt: null } => "replaced",
        _ => "met",
    };

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
