using System.Text.Json;
using Gateway.Host.Pipeline;

namespace Gateway.Host.Api;

/// <summary>The ledger as JSON.</summary>
internal static class LedgerJson
{
    /// <summary>Writes totals, and the devices that sent something, by id.</summary>
    public static void Write(Utf8JsonWriter writer, Ledger ledger, PipelineWorker pipeline, string? device, int limit)
    {
        writer.WriteStartObject();
        List<(string Name, long Count)> rejections = [.. ledger.Rejections];
        WriteCounts(writer, ledger.Total, rejections);
        writer.WriteNumber("processedOffset", pipeline.ProcessedOffset);
        writer.WriteStartArray("devices");
        foreach ((string id, LedgerEntry entry) in ledger.Devices.Where(d => device is null || d.Key == device).OrderBy(d => d.Key, StringComparer.Ordinal).Take(limit))
        {
            writer.WriteStartObject();
            writer.WriteString("deviceId", id);
            WriteCounts(writer, entry, [("log_unavailable", entry.RefusedByLog)]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter writer, LedgerEntry entry, IReadOnlyList<(string Name, long Count)> rejections)
    {
        // Outcomes and refusals are read before the door's count, so that a message under way can only show as in flight, never as missing.
        long[] outcomes = [.. Enum.GetValues<Outcome>().Select(o => entry[o])];
        long rejected = rejections.Sum(r => r.Count);
        long refused = entry.RefusedByLog;
        long accepted = entry.Accepted - refused;
        long inFlight = accepted - outcomes.Sum();
        writer.WriteNumber("received", accepted + rejected);
        writer.WriteNumber("stored", outcomes[(int)Outcome.Stored]);
        writer.WriteNumber("duplicate", outcomes[(int)Outcome.Duplicate]);
        writer.WriteStartObject("quarantined");
        foreach (Outcome outcome in Enum.GetValues<Outcome>().Where(o => o.IsQuarantine() && outcomes[(int)o] > 0))
        {
            writer.WriteNumber(outcome.Name(), outcomes[(int)outcome]);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("rejected");
        foreach ((string name, long count) in rejections.Where(r => r.Count > 0))
        {
            writer.WriteNumber(name, count);
        }

        writer.WriteEndObject();
        writer.WriteNumber("in_flight", inFlight);
        writer.WriteBoolean("balanced", inFlight >= 0);
    }
}
