using System.Text.Json;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.Evidence;

/// <summary>What came of a replay under other rules.</summary>
/// <param name="Cases">The cases that were opened, or opened again, in order; each as it stands at the end of the records.</param>
/// <param name="Alerts">Alerts pending or firing at the end of the records.</param>
/// <param name="End">Log time of the last record: what would have come of later readings is not known.</param>
internal sealed record OtherOutcome(IReadOnlyList<Case> Cases, IReadOnlyList<ActiveAlert> Alerts, EventTime End);

/// <summary>
/// Takes a decision once more: the records of a bundle run through the pipeline's own code, on an engine that has seen nothing. Reads no log, no
/// store of cases and no clock.
/// </summary>
/// <param name="bundle">The bundle.</param>
/// <param name="cities">Finds the city of a revision.</param>
internal sealed class DecisionReplay(EvidenceBundle bundle, Func<string, CitySnapshot> cities)
{
    /// <summary>The readings of each record as text, by log offset; after <see cref="Run"/>.</summary>
    public Dictionary<long, IReadOnlyList<string>> Readings { get; } = [];

    /// <summary>The events that the records lead to, as JSON; at most as many as the decision has.</summary>
    /// <exception cref="InvalidDataException">A record or the city cannot be read.</exception>
    public IReadOnlyList<string> Run()
    {
        // Records before the one that decided only rebuild what the rules remember, as they do when a gateway goes on after a crash.
        Partition partition = New(cities, Told, casesFrom: bundle.Offset);
        return
        [
            .. partition.Effects.Cases.Events.Where(e => e.CaseNo == bundle.CaseNo && e.Sequence >= bundle.Decision).Take(bundle.Events.Count)
                .Select(e => JsonSerializer.Serialize(e, CaseJsonContext.Readable.CaseEvent)),
        ];
    }

    /// <summary>What another city would have made of the same records.</summary>
    /// <param name="other">It holds throughout.</param>
    /// <exception cref="InvalidDataException">A record cannot be read.</exception>
    public OtherOutcome Under(CitySnapshot other)
    {
        HashSet<string> devices = [.. bundle.Devices];
        long casesFrom = Read(bundle.Before)?.ClosedAt is { } closed
            ? bundle.Records.FirstOrDefault(r => r.Read().ReceivedAt > closed)?.Offset ?? bundle.Offset
            : 0;
        Partition partition = New(_ => other, t => devices.Contains(t.DeviceId), casesFrom);
        return new OtherOutcome(
            [.. partition.Effects.Cases.Cases.Where(c => c.CaseNo != StormCase?.CaseNo).OrderBy(c => c.Number)],
            [.. partition.ActiveAlerts().Where(a => devices.Contains(a.DeviceId))],
            partition.LastRecordAt);
    }

    private Case? StormCase => Read(bundle.Storm);

    private static Case? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, CaseJsonContext.Readable.Case);

    private bool Told(AlertTransition transition) => transition.RuleName == bundle.Rule?.Name && transition.DeviceId == bundle.DeviceId;

    private Partition New(Func<string, CitySnapshot> snapshots, Func<AlertTransition, bool> only, long casesFrom)
    {
        Partition partition = new(snapshots, new Ledger(), new Quarantine(), new DeviceBoard()) { Only = only };
        partition.Restore(new[] { Read(bundle.Before), StormCase }.OfType<Case>(), bundle.LastNumber, casesFrom, appendsFrom: long.MaxValue);
        foreach (EvidenceRecord one in bundle.Records)
        {
            LogRecord record = one.Read();
            partition.Process(record, one.Offset);
            Readings[one.Offset] = [.. partition.Readings.SelectMany(r => Texts(r.Register, r.Batch))];
            partition.ClearReadings();
            partition.Settle();
        }

        return partition;
    }

    private static IEnumerable<string> Texts(DeviceRegister register, ReadingBatch batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            yield return $"{register.Devices[batch[row].DeviceIndex].Id} {batch[row].ObservedAt} {ReadingText.Of(batch, row)}";
        }
    }
}
