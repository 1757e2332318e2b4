using System.Text.Json;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>
/// A case as the HTTP API, the event stream and the MQTT topic show it. The names are the outside contract; the stored form
/// (<see cref="CaseJsonContext"/>) is another matter and may change without it. What is not known is null, never left out.
/// </summary>
internal static class CaseJson
{
    /// <summary>Writes one case as an object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="c">The case.</param>
    /// <param name="history">Its events, shown as <c>timeline</c>; null leaves the timeline out, for short lists.</param>
    public static void Write(Utf8JsonWriter writer, Case c, IReadOnlyList<CaseEvent>? history)
    {
        writer.WriteStartObject();
        WriteMembers(writer, c, history);
        writer.WriteEndObject();
    }

    /// <summary>Writes one case as it stood after an event, and the event: <c>sequence</c> over all cases, <c>caseSequence</c> in its case, and <c>change</c>.</summary>
    public static void WriteChange(Utf8JsonWriter writer, Case c, SequencedEvent change)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sequence", change.Sequence);
        writer.WriteNumber("caseSequence", change.Event.Sequence);
        WriteMembers(writer, c, history: null);
        writer.WritePropertyName("change");
        WriteEvent(writer, change.Event);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, Case c, IReadOnlyList<CaseEvent>? history)
    {
        CaseFacts facts = c.Facts;
        writer.WriteString("caseNo", c.CaseNo);
        writer.WriteString("status", c.Status.ToString());
        writer.WriteString("event", facts.Key.Event);
        writer.WriteString("severity", Word(c.Severity));
        writer.WriteString("certainty", c.Certainty.ToString());
        writer.WriteString("area", facts.AreaPath[0]);
        WriteStrings(writer, "areaPath", facts.AreaPath);
        writer.WriteString("areaVersion", facts.AreaVersion);
        writer.WriteTextOrNull("deviceId", facts.DeviceId);
        writer.WriteTextOrNull("building", facts.Building);
        writer.WriteTextOrNull("address", facts.Address);
        writer.WriteNumberOrNull("latitude", facts.NoPosition ? null : facts.Latitude);
        writer.WriteNumberOrNull("longitude", facts.NoPosition ? null : facts.Longitude);
        writer.WriteString("key", facts.Key.ToString());
        writer.WriteString("openedAt", c.OpenedAt.ToString());
        writer.WriteString("occurredAt", facts.OccurredAt.ToString());
        writer.WriteString("updatedAt", c.UpdatedAt.ToString());
        writer.WriteTimeOrNull("clearedAt", c.ClearedAt);
        writer.WriteTimeOrNull("reportedAt", c.ReportedAt);
        writer.WriteTimeOrNull("closedAt", c.ClosedAt);
        writer.WriteTextOrNull("lead", c.Lead);
        WriteStrings(writer, "coHandlers", c.CoHandlers);
        writer.WriteTextOrNull("closingCondition", c.ClosingCondition);
        WriteClocks(writer, c.Clocks);
        writer.WriteString("escalation", Word(c.Escalation));
        writer.WriteString("source", facts.Source);
        writer.WriteNumber("occurrences", c.Occurrences);
        writer.WriteNumber("reworks", c.Reworks);
        writer.WriteNumber("returns", c.Returns);
        writer.WriteNumber("reopens", c.Reopens);
        writer.WriteNumber("deferrals", c.Deferrals);
        writer.WriteNumber("extensions", c.Extensions);
        writer.WriteNumber("whistles", c.Whistles);
        writer.WriteTimeOrNull("deferredUntil", c.DeferredUntil);
        WriteRequest(writer, c.Request);
        writer.WriteTextOrNull("mergedInto", c.MergedInto);
        WriteStrings(writer, "members", [.. c.Members.Select(m => m.CaseNo)]);
        writer.WriteTextOrNull("storm", c.Storm);
        WriteStrings(writer, "children", c.Children);
        WriteReports(writer, c);
        writer.WriteNumberOrNull("leadTimeSeconds", c.LeadTime?.TotalSeconds);
        writer.WriteNumberOrNull("score", c.Score);
        writer.WriteNumberOrNull("rating", c.Rating);
        writer.WriteString("mode", facts.Mode);
        if (facts.Campaign.Length > 0)
        {
            writer.WriteString("campaign", facts.Campaign);
        }

        writer.WriteBoolean("exercise", facts.Exercise);
        WriteRule(writer, facts.Rule);
        WriteStrings(writer, "commands", [.. CaseCommands.Legal(c).Select(CaseCommands.Word)]);
        if (history is not null)
        {
            WriteTimeline(writer, history);
            WriteTimeSpent(writer, CaseTime.Of(history, c.UpdatedAt));
        }

        WriteEvidence(writer, c.Evidence);
    }

    /// <summary>Writes one event as an object: its stored members and <c>text</c>, the line for people.</summary>
    public static void WriteEvent(Utf8JsonWriter writer, CaseEvent next)
    {
        writer.WriteStartObject();
        writer.WriteString("text", next.Summary);
        JsonElement members = JsonSerializer.SerializeToElement(next, CaseJsonContext.Readable.CaseEvent);
        foreach (JsonProperty member in members.EnumerateObject().Where(m => m.Name != "text")) // a comment's own is its line for people
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteTimeline(Utf8JsonWriter writer, IReadOnlyList<CaseEvent> history)
    {
        writer.WriteStartArray("timeline");
        foreach (CaseEvent next in history)
        {
            WriteEvent(writer, next);
        }

        writer.WriteEndArray();
    }

    // Who had it how long, up to its latest event.
    private static void WriteTimeSpent(Utf8JsonWriter writer, IReadOnlyList<CaseSpan> spans)
    {
        writer.WriteStartArray("timeSpent");
        foreach (CaseSpan span in spans)
        {
            writer.WriteStartObject();
            writer.WriteTextOrNull("party", span.Party);
            writer.WriteString("stage", Word(span.Stage));
            writer.WriteNumber("seconds", span.Spent.TotalSeconds);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteClocks(Utf8JsonWriter writer, IReadOnlyList<CaseClock> clocks)
    {
        writer.WriteStartArray("clocks");
        foreach (CaseClock clock in clocks)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Word(clock.Kind));
            writer.WriteTextOrNull("party", clock.Party);
            writer.WriteString("unit", Word(clock.Unit));
            writer.WriteTextOrNull("calendar", clock.Calendar);
            writer.WriteString("state", State(clock));
            writer.WriteString("startedAt", clock.StartedAt.ToString());
            writer.WriteString("remindAt", clock.RemindAt.ToString());
            writer.WriteString("dueAt", clock.DueAt.ToString());
            writer.WriteTimeOrNull("stoppedAt", clock.StoppedAt);
            writer.WriteBoolean("reminded", clock.Reminded);
            writer.WriteString("level", Word(clock.Level));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRequest(Utf8JsonWriter writer, CaseRequest? request)
    {
        if (request is null)
        {
            writer.WriteNull("request");
            return;
        }

        writer.WriteStartObject("request");
        writer.WriteString("kind", Word(request.Kind));
        writer.WriteString("until", request.Until.ToString());
        writer.WriteString("actor", request.Actor);
        writer.WriteString("at", request.At.ToString());
        writer.WriteEndObject();
    }

    private static void WriteReports(Utf8JsonWriter writer, Case c)
    {
        writer.WriteNumber("reportCount", c.ReportCount);
        writer.WriteStartArray("reports");
        foreach (CaseReport report in c.Reports)
        {
            writer.WriteStartObject();
            writer.WriteString("source", report.Source);
            writer.WriteTextOrNull("externalId", report.ExternalId);
            writer.WriteString("at", report.At.ToString());
            writer.WriteString("occurredAt", report.OccurredAt.ToString());
            writer.WriteTextOrNull("area", report.Area);
            writer.WriteTextOrNull("building", report.Building);
            writer.WriteTextOrNull("address", report.Address);
            writer.WriteNumberOrNull("latitude", report.Latitude);
            writer.WriteNumberOrNull("longitude", report.Longitude);
            writer.WriteTextOrNull("description", report.Description);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>How a clock stands, in a word.</summary>
    internal static string State(CaseClock clock) => clock.PausedAt is not null ? "paused" : (clock.StoppedAt, clock.Level) switch
    {
        (null, EscalationLevel.None) => "running",
        (null, _) => "overdue",
        (_, EscalationLevel.None) => "met",
        _ => "missed",
    };

    private static void WriteEvidence(Utf8JsonWriter writer, IReadOnlyList<CaseEvidence> evidence)
    {
        writer.WriteStartArray("evidence");
        foreach (CaseEvidence entry in evidence)
        {
            writer.WriteStartObject();
            writer.WriteNumber("offset", entry.Offset);
            writer.WriteString("at", entry.At.ToString());
            writer.WriteString("observedAt", entry.ObservedAt.ToString());
            writer.WriteString("deviceId", entry.DeviceId);
            writer.WriteString("values", entry.Values);
            writer.WriteString("cause", entry.Cause);
            WriteRule(writer, entry.Rule);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRule(Utf8JsonWriter writer, RuleReference? rule)
    {
        if (rule is null)
        {
            writer.WriteNull("rule");
            return;
        }

        writer.WriteStartObject("rule");
        writer.WriteString("file", rule.File);
        writer.WriteString("name", rule.Name);
        writer.WriteString("sha256", rule.Sha256);
        writer.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
