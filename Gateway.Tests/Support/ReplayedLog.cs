using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Support;

/// <summary>
/// <c>replay(log) == what happened</c>: the log of a stopped gateway, run from its first record through the pipeline's code with nothing
/// else than the archived city snapshots, against what the gateway left in its case store while it was killed, restarted and worked on.
/// </summary>
internal static class ReplayedLog
{
    /// <summary>Fails where the two differ in a byte of a case event, in an alert or in a count.</summary>
    /// <param name="data">Data directory of a gateway that was stopped, so that its last checkpoint is at the end of its log.</param>
    /// <returns>How many case events and alerts were compared.</returns>
    public static (int Events, int Alerts) AssertEqualToWhatHappened(string data)
    {
        using SqliteCaseStore store = SqliteCaseStore.Open(Path.Combine(data, "cases.db"));
        CityArchive archive = new(Path.Combine(data, "snapshots"));
        Partition stored = new(archive.Load, new Ledger(), new Quarantine(), new DeviceBoard());
        CaseStorePosition position = store.Position(0);
        stored.Restore(store.LoadOpen(0), position.LastNumber, position.NextOffset, appendsFrom: 0);
        long end = stored.Load(store.LoadCheckpoint(0)!.State);
        string[] happened = [.. store.EventsAfter(0, int.MaxValue).Select(e => Json(e.Event))];

        Partition replayed = new(archive.Load, new Ledger(), new Quarantine(), new DeviceBoard());
        replayed.Restore([], 0, committedOffset: 0, appendsFrom: long.MaxValue);
        List<string> events = [];
        Assert.Equal(end, Run(Path.Combine(data, "log"), replayed, events));
        Assert.Equal(happened, events);
        string[] alerts = Alerts(replayed);
        Assert.Equal(Alerts(stored), alerts);
        Assert.Equal(Counts(stored), Counts(replayed));
        return (events.Count, alerts.Length);
    }

    private static long Run(string directory, Partition partition, List<string> events)
    {
        using TemporaryFolder copy = new();
        foreach (string file in Directory.GetFiles(directory))
        {
            File.Copy(file, copy.File(Path.GetFileName(file)));
        }

        using SegmentLog log = SegmentLog.Open(copy.Path, new IngestLogOptions(), () => default(EventTime), NullLogger.Instance);
        LogReader reader = new(log, 0);
        while (reader.TryReadFrame(out LogBatch.Header header, out ReadOnlySpan<byte> records, out _))
        {
            for (long offset = header.FirstOffset; LogRecord.TryRead(records, out LogRecord record, out int length); offset++)
            {
                partition.Process(record, offset);
                records = records[length..];
            }

            partition.ClearReadings();
            partition.Settle();
            events.AddRange(partition.Effects.Cases.Events.Select(Json));
            partition.Effects.Clear();
        }

        Assert.Equal(0, reader.DamagedRegions);
        return reader.NextOffset;
    }

    private static string Json(CaseEvent one) => JsonSerializer.Serialize(one, CaseJsonContext.Readable.CaseEvent);

    private static string[] Alerts(Partition partition) =>
        [.. partition.ActiveAlerts().Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.RuleName} {a.DeviceId} {a.State} {a.Severity} {a.Since} {a.OccurredAt} {a.IsAbsence} {a.Cause} {string.Join(' ', a.Values)}"))];

    private static string Counts(Partition partition)
    {
        StringBuilder text = new();
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{outcome} {partition.Ledger.Total[outcome]}");
        }

        foreach ((string device, LedgerEntry entry) in partition.Ledger.Devices.Where(d => d.Value.Processed > 0).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{device} {string.Join(' ', Enum.GetValues<Outcome>().Select(o => entry[o]))}");
        }

        return text.ToString();
    }
}
