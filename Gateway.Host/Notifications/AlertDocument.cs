using System.Buffers;
using System.Text.Json;
using Gateway.Host.Api;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Notifications;

/// <summary>The bodies of requests.</summary>
/// <param name="receiver">The receiver's name.</param>
/// <param name="externalUrl">How people reach the gateway; empty when nobody said.</param>
internal sealed class AlertDocument(string receiver, string externalUrl)
{
    /// <summary>
    /// How long an Alertmanager keeps an open case that is not said again: longer than any restart takes, for a case is not closed because the
    /// gateway is away.
    /// </summary>
    public static readonly TimeSpan OpenFor = TimeSpan.FromHours(24);

    /// <summary>What an Alertmanager writes where an alert has no end yet.</summary>
    private const string NoEnd = "0001-01-01T00:00:00Z";

    /// <summary>The document that an Alertmanager sends to webhook receivers, version 4.</summary>
    public ReadOnlyMemory<byte> Webhook(IReadOnlyList<Notice> notices) => Write(writer =>
    {
        SortedDictionary<string, string>[] labels = [.. notices.Select(n => WithStatus(n.State))];
        SortedDictionary<string, string>[] annotations = [.. notices.Select(AlertText.Annotations)];
        writer.WriteStartObject();
        writer.WriteString("version", "4");
        writer.WriteString("groupKey", $"{{}}/{{receiver=\"{receiver}\"}}:{{}}");
        writer.WriteNumber("truncatedAlerts", 0);
        writer.WriteString("status", notices.Any(n => n.State.IsOpen) ? "firing" : "resolved");
        writer.WriteString("receiver", receiver);
        WriteTexts(writer, "groupLabels", []);
        WriteTexts(writer, "commonLabels", Common(labels));
        WriteTexts(writer, "commonAnnotations", Common(annotations));
        writer.WriteString("externalURL", externalUrl);
        writer.WriteStartArray("alerts");
        for (int i = 0; i < notices.Count; i++)
        {
            Case c = notices[i].State;
            writer.WriteStartObject();
            writer.WriteString("status", c.IsOpen ? "firing" : "resolved");
            WriteTexts(writer, "labels", labels[i]);
            WriteTexts(writer, "annotations", annotations[i]);
            writer.WriteString("startsAt", c.OpenedAt.ToString());
            writer.WriteString("endsAt", notices[i].EndedAt?.ToString() ?? NoEnd);
            writer.WriteString("generatorURL", AlertText.Link(externalUrl, c));
            writer.WriteString("fingerprint", AlertText.Fingerprint(c));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>
    /// The array that an Alertmanager takes. It tells alerts apart by all their labels, so the status is an annotation there, and a case whose
    /// severity has risen also ends the alert it was before.
    /// </summary>
    /// <param name="notices">The cases.</param>
    /// <param name="now">The world's time: an exercise has a clock of its own, an Alertmanager has not.</param>
    public ReadOnlyMemory<byte> Alerts(IReadOnlyList<Notice> notices, EventTime now) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (Notice notice in notices)
        {
            Case c = notice.State;
            EventTime starts = Earlier(c.OpenedAt, now);
            EventTime ended = EventTime.Max(starts, Earlier(notice.EndedAt ?? now, now));
            bool endsEarlier = notice.EndedAt is not null || notice.Events.Any(e => e.Event is SeverityRaised);
            for (AlertSeverity severity = endsEarlier ? c.Facts.Severity : c.Severity; severity <= c.Severity; severity++)
            {
                bool isOver = notice.EndedAt is not null || severity < c.Severity;
                WriteAlert(writer, notice, severity, starts, isOver ? ended : now + OpenFor);
            }
        }

        writer.WriteEndArray();
    });

    private void WriteAlert(Utf8JsonWriter writer, Notice notice, AlertSeverity severity, EventTime starts, EventTime ends)
    {
        writer.WriteStartObject();
        WriteTexts(writer, "labels", AlertText.Labels(notice.State, severity));
        WriteTexts(writer, "annotations", AlertText.Annotations(notice));
        writer.WriteString("startsAt", starts.ToString());
        writer.WriteString("endsAt", ends.ToString());
        if (AlertText.Link(externalUrl, notice.State) is { Length: > 0 } link)
        {
            writer.WriteString("generatorURL", link);
        }

        writer.WriteEndObject();
    }

    private static SortedDictionary<string, string> WithStatus(Case c)
    {
        SortedDictionary<string, string> labels = AlertText.Labels(c, c.Severity);
        labels["status"] = c.Status.ToString();
        return labels;
    }

    private static IEnumerable<KeyValuePair<string, string>> Common(SortedDictionary<string, string>[] all) =>
        all.Length == 0 ? [] : all[0].Where(pair => all.All(one => one.TryGetValue(pair.Key, out string? value) && value == pair.Value));

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        writer.WriteStartObject(name);
        foreach ((string key, string value) in texts)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static EventTime Earlier(EventTime one, EventTime other) => one < other ? one : other;

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(16 * 1024);
        using (Utf8JsonWriter writer = new(buffer, ApiJson.WriterOptions))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }
}
