using System.Text;
using Gateway.Host.Cases;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Host.Pipeline;
using Gateway.Tests.Simulation.Disk;
using Gateway.Tests.Simulation.Network;
using Gateway.Tests.Simulation.Stores;
using Gateway.Tests.Support;

namespace Gateway.Tests.Simulation;

/// <summary>What must be so when all has healed: the log has what was sent and acknowledged, and everything else is what the log gives.</summary>
internal static class Convergence
{
    public static void Check(SimulationWorld world)
    {
        world.CheckAcknowledged("at the end");
        foreach (SimulatedDevice device in world.Devices)
        {
            CheckWire(world, device);
            CheckDelivery(world, device);
        }

        CheckReplay(world);
        CheckFiles(world);
    }

    /// <summary>The log's own verifier finds nothing amiss.</summary>
    private static void CheckFiles(SimulationWorld world)
    {
        using TemporaryFolder folder = new();
        foreach ((string name, SimulatedInode inode) in world.Disk.Files)
        {
            File.WriteAllBytes(folder.File(name), inode.Cached);
        }

        LogVerifier verifier = new(folder.Path);
        verifier.Run();
        SimulationFailure.Unless(verifier.Findings.All(f => !f.IsError), $"log verify: {string.Join("; ", verifier.Findings.Where(f => f.IsError))}");
    }

    /// <summary>A device's part of the log is part of what it put on the wire, in that order.</summary>
    private static void CheckWire(SimulationWorld world, SimulatedDevice device)
    {
        int at = 0;
        for (int offset = 0; offset < world.Shadow.Records.Count; offset++)
        {
            LogRecord.TryRead(world.Shadow.Records[offset], out LogRecord record, out _);
            if (record.Kind != LogRecordKind.Message || Encoding.UTF8.GetString(record.ClientId) != device.Id)
            {
                continue;
            }

            string payload = Encoding.UTF8.GetString(record.Payload);
            while (at < device.Wire.Count && device.Messages[device.Wire[at]].Payload != payload)
            {
                at++;
            }

            SimulationFailure.Unless(at++ < device.Wire.Count, $"{device.Id}: record {offset} was never sent, or out of order: {payload}");
        }
    }

    private static void CheckDelivery(SimulationWorld world, SimulatedDevice device)
    {
        foreach (SentMessage message in device.Messages)
        {
            int stored = world.Shadow.CountOf(device.Id, message.Payload);
            bool mustBeThere = message.Qos != Gateway.Protocols.Mqtt.Packets.Qos.AtMostOnce;
            SimulationFailure.Unless(stored > 0 || !mustBeThere, $"{device.Id}: message {message.Number} is not in the log");
            bool mayRepeat = message.Qos == Gateway.Protocols.Mqtt.Packets.Qos.AtLeastOnce || message.IsSentAnew || device.MayLoseSession || world.Shadow.HasEnded(device.Id);
            SimulationFailure.Unless(stored <= 1 || mayRepeat, $"{device.Id}: message {message.Number} of {message.Qos} is in the log {stored} times");
        }
    }

    /// <summary>Replaying the log from nothing gives what happened.</summary>
    private static void CheckReplay(SimulationWorld world)
    {
        SimulatedCaseStore cases = new();
        SimulatedSeriesStore series = new();
        Ledger ledger = new();
        Partition partition = new(world.City.Find, ledger, new Quarantine(), new DeviceBoard());
        partition.Restore([], 0, 0, long.MaxValue);
        ExpectedOutcomes outcomes = new(ledger);
        for (int offset = 0; offset < world.Shadow.Records.Count; offset++)
        {
            LogRecord.TryRead(world.Shadow.Records[offset], out LogRecord record, out _);
            partition.Process(record, offset);
            foreach ((Gateway.Protocols.Devices.DeviceRegister register, Gateway.Protocols.Readings.ReadingBatch batch) in partition.Readings)
            {
                series.Append(batch, 0, batch.Count, register);
            }

            partition.ClearReadings();
            partition.Settle();
            outcomes.Check(record, offset);
            if (partition.Effects.MustCommit)
            {
                cases.Commit(new CaseCommit { Partition = 0, NextOffset = offset + 1, LogTime = partition.LastRecordAt, Events = partition.Effects.Cases.Events, Cases = partition.Effects.Cases.Cases });
            }

            partition.Effects.Clear();
        }

        Same("case events", string.Join('\n', cases.Events), string.Join('\n', world.Cases.Events));
        Same("cases", string.Join('\n', cases.Cases), string.Join('\n', world.Cases.Cases));
        Same("series", series.ToString(), world.Series.ToString());
        Same("ledger", Describe(ledger), Describe(world.Gateway!.Ledger));
        Same("alerts", Describe(partition), Describe(world.Gateway!.Partition));
    }

    /// <summary>Outcomes are the log's; what was refused before it is not.</summary>
    private static string Describe(Ledger ledger) =>
        string.Join('\n', ledger.Devices.Append(new("all", ledger.Total)).Where(d => d.Value.Processed > 0).OrderBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => $"{d.Key} {string.Join(' ', Enum.GetValues<Outcome>().Select(o => d.Value[o]))}"));

    private static string Describe(Partition partition)
    {
        StringBuilder text = new();
        foreach (Gateway.Rules.Evaluation.ActiveAlert alert in partition.ActiveAlerts())
        {
            text.Append(alert with { Values = [] }).Append(string.Join(',', alert.Values)).Append('\n');
        }

        return text.Append(partition.NextDue).ToString();
    }

    private static void Same(string what, string replayed, string happened)
    {
        if (replayed == happened)
        {
            return;
        }

        string[] expected = replayed.Split('\n'), actual = happened.Split('\n');
        int line = Enumerable.Range(0, Math.Max(expected.Length, actual.Length)).First(i => expected.ElementAtOrDefault(i) != actual.ElementAtOrDefault(i));
        throw new SimulationFailure($"{what}: replay and what happened part at {line} of {expected.Length} and {actual.Length}\n  replay   {expected.ElementAtOrDefault(line)}\n  happened {actual.ElementAtOrDefault(line)}");
    }
}
