using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Host.Composition;

/// <summary>The ledger adds up, in total and for each device, whatever happens beside the messages.</summary>
public sealed class LedgerBalanceTests : IDisposable
{
    private const string Comes = "FLD-777777";
    private readonly RuntimeRig _rig = new();

    private static ReadOnlySpan<byte> Topic => "city/v1/flood/FLD-000001/telemetry"u8;

    [Fact]
    public async Task Ledger_of_a_device_that_reloads_add_and_remove_under_load_returns_to_balance()
    {
        string list = Path.Combine(_rig.City, "devices", "flood.csv");
        string without = await File.ReadAllTextAsync(list);
        string model = without.Split('\n').First(l => l.StartsWith("FLD-000001,", StringComparison.Ordinal));
        string with = without.TrimEnd('\n') + "\n" + model.Replace("FLD-000001", Comes, StringComparison.Ordinal) + "\n";
        using CancellationTokenSource stop = new();
        Task[] load = [.. Enumerable.Range(0, 2).Select(i => Task.Run(() =>
        {
            for (int n = 0; !stop.IsCancellationRequested; n++)
            {
                _rig.Publish(Comes, $"{{\"seq\":{(n * 2) + i},\"water_level\":0.01}}");
            }
        }))];
        for (int i = 0; i < 12; i++)
        {
            await File.WriteAllTextAsync(list, i % 2 == 0 ? with : without);
            await _rig.Gateway.City.ReloadAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        await _rig.CaughtUpAsync();
        Assert.Equal(12, _rig.Gateway.City.Reloads);
        LedgerEntry device = _rig.Gateway.Ledger.Device(Comes);
        Assert.True(device.Accepted > 0);
        Assert.Equal(device.Accepted, device.Processed);
    }

    [Fact]
    public async Task Message_refused_for_the_retained_limit_is_counted_as_rejected()
    {
        _rig.Stop();
        _rig.Mqtt.RetainedLimit = 0;
        _rig.StartAgain();
        Assert.Equal(DoorResult.QuotaExceeded, _rig.Publish("FLD-000002", "city/v1/flood/FLD-000002/status", "online", retain: true));
        await _rig.CaughtUpAsync();
        Assert.Equal(1, _rig.Gateway.Ledger.Rejections.Single(r => r.Name == "quota_exceeded").Count);
    }

    [Fact]
    public async Task Message_that_comes_while_the_log_closes_is_rejected_and_not_in_flight()
    {
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000001", "{\"water_level\":0.01}"));
        await _rig.CaughtUpAsync();
        _rig.Gateway.Log.Close();
        Assert.Equal(DoorResult.Closed, _rig.Publish("FLD-000001", "{\"water_level\":0.02}"));
        Assert.Equal((1, 1), (_rig.Gateway.Ledger.Total.Accepted, _rig.Gateway.Ledger.Device("FLD-000001").Accepted));
        Assert.Equal(1, _rig.Gateway.Ledger.Rejections.Single(r => r.Name == "closing").Count);
    }

    [Fact]
    public void Message_is_counted_before_anyone_can_hear_that_it_is_durable()
    {
        Counted listener = new(_rig.Gateway.Ledger.Total);
        TopicDecision decision = _rig.Gateway.Door.Decide(new ClientPrincipal { Kind = PrincipalKind.Local, ClientId = "FLD-000001", Name = "FLD-000001" }, Topic);
        PublishPacket packet = new() { Topic = Topic, Payload = "{\"water_level\":0.01}"u8, Qos = Qos.AtLeastOnce };
        for (int i = 0; i < 5_000; i++)
        {
            Assert.Equal(DoorResult.Appended, _rig.Gateway.Door.Take(decision, packet, false, "FLD-000001"u8, _rig.Gateway.Clock.Now, listener, out _));
        }

        _rig.Gateway.Log.Close();
        Assert.Equal((5_000, 0), (listener.Durable, listener.Early));
    }

    [Fact]
    public void Count_of_messages_the_log_refused_outlives_a_checkpoint()
    {
        Ledger before = new();
        foreach (LedgerEntry entry in (LedgerEntry[])[before.Total, before.Device("FLD-000001"), before.Device("FLD-000002")])
        {
            entry.Accept(3);
            entry.RefuseByLog(2);
        }

        before.Total.Count(Outcome.Stored);
        before.Device("FLD-000001").Count(Outcome.Stored);
        using MemoryStream bytes = new();
        before.Save(new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true));
        bytes.Position = 0;
        Ledger after = new();
        after.Load(new BinaryReader(bytes));
        Assert.Equal(2, after.Rejections.Single(r => r.Name == "log_unavailable").Count);
        Assert.Equal((2, 3), (after.Total.RefusedByLog, after.Total.Accepted));
        Assert.Equal((2, 3), (after.Device("FLD-000001").RefusedByLog, after.Device("FLD-000001").Accepted));
        Assert.Equal((2, 2), (after.Device("FLD-000002").RefusedByLog, after.Device("FLD-000002").Accepted));
    }

    /// <inheritdoc />
    public void Dispose() => _rig.Dispose();

    private sealed class Counted(LedgerEntry total) : CommitListener
    {
        public int Durable { get; private set; }

        public int Early { get; private set; }

        public override void OnCommitted(int count, bool durable)
        {
            Durable += count;
            Early += total.Accepted < Durable ? 1 : 0;
        }
    }
}
