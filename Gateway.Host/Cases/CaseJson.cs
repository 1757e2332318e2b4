using System.Text.Json;
using Gateway.Protocols.Readings;
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
        CaseFacts facts = c.Facts;
        writer.WriteStartObject();
        writer.WriteString("caseNo", c.CaseNo);
        writer.WriteString("status", c.Status.ToString());
        writer.WriteString("event", facts.Key.Event);
        writer.WriteString("severity", Word(c.Severity));
        writer.WriteString("certainty", c.Certainty.ToString());
        writer.WriteString("area", facts.AreaPath[0]);
        WriteStrings(writer, "areaPath", facts.AreaPath);
        writer.WriteString("areaVersion", facts.AreaVersion);
        WriteText(writer, "deviceId", facts.DeviceId);
        WriteText(writer, "building", facts.Building);
        WriteText(writer, "address", facts.Address);
        writer.WriteNumber("latitude", facts.Latitude);
        writer.WriteNumber("longitude", facts.Longitude);
        writer.WriteString("key", facts.Key.ToString());
        writer.WriteString("openedAt", c.OpenedAt.ToString());
        writer.WriteString("occurredAt", facts.OccurredAt.ToString());
        writer.WriteString("updatedAt", c.UpdatedAt.ToString());
        WriteTime(writer, "clearedAt", c.ClearedAt);
        WriteTime(writer, "reportedAt", c.ReportedAt);
        WriteTime(writer, "closedAt", c.ClosedAt);
        WriteText(writer, "lead", c.Lead);
        WriteStrings(writer, "coHandlers", c.CoHandlers);
        WriteText(writer, "closingCondition", c.ClosingCondition);
        WriteClocks(writer, c.Clocks);
        writer.WriteString("escalation", Word(c.Escalation));
        writer.WriteString("source", facts.Source);
        writer.WriteNumber("occurrences", c.Occurrences);
        writer.WriteNumber("reworks", c.Reworks);
        writer.WriteNumber("returns", c.Returns);
        writer.WriteNumber("reopens", c.Reopens);
        writer.WriteString("mode", facts.Mode);
        if (facts.Campaign.Length > 0)
        {
            writer.WriteString("campaign", facts.Campaign);
        }

        writer.WriteBoolean("exercise", facts.Exercise);
        WriteRule(writer, facts.Rule);
        WriteStrings(writer, "commands", [.. CaseCommands.Legal(c.Status).Select(CaseCommands.Word)]);
        if (history is not null)
        {
            WriteTimeline(writer, history);
        }

        WriteEvidence(writer, c.Evidence);
        writer.WriteEndObject();
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

    private static void WriteClocks(Utf8JsonWriter writer, IReadOnlyList<CaseClock> clocks)
    {
        writer.WriteStartArray("clocks");
        foreach (CaseClock clock in clocks)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Word(clock.Kind));
            writer.WriteString("state", State(clock));
            writer.WriteString("startedAt", clock.StartedAt.ToString());
            writer.WriteString("remindAt", clock.RemindAt.ToString());
            writer.WriteString("dueAt", clock.DueAt.ToString());
            WriteTime(writer, "stoppedAt", clock.StoppedAt);
            writer.WriteBoolean("reminded", clock.Reminded);
            writer.WriteString("level", Word(clock.Level));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string State(CaseClock clock) => (clock.StoppedAt, clock.Level) switch
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

    private static void WriteText(Utf8JsonWriter writer, string name, string text)
    {
        if (text.Length == 0)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, EventTime? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, known.ToString());
        }
        else
        {
            writer.WriteNull(name);
        }
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
