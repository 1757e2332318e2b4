using System.Text;
using System.Text.Json;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>A data directory, devices with ledgers of their own, and the judgement of what the gateway kept by those ledgers.</summary>
internal sealed class FaultRig : IDisposable
{
    /// <summary>Gauges of underpasses, each in a grid cell of its own: each flood is one case.</summary>
    private static readonly string[] Underpasses = ["FLD-000001", "FLD-000003", "FLD-000009"];

    private readonly TemporaryFolder _folder = new();
    private readonly int _messagesEach;

    /// <summary>Makes the devices.</summary>
    public FaultRig(int messagesEach = 120, int paddingBytes = 0, int devices = 3)
    {
        _messagesEach = messagesEach;
        Devices = [.. Underpasses.Take(devices).Select(id => new DeviceLedger(id, messagesEach, paddingBytes))];
    }

    /// <summary>What a log holds.</summary>
    /// <param name="Records">Messages of devices, those that were sent again included.</param>
    /// <param name="Messages">Different ones.</param>
    public readonly record struct LogCount(int Records, int Messages);

    /// <summary>The devices, each with its ledger.</summary>
    public IReadOnlyList<DeviceLedger> Devices { get; }

    /// <summary>The data directory.</summary>
    public string Data => _folder.File("data");

    /// <summary>What strace wrote.</summary>
    public string TraceFile => _folder.File("trace");

    /// <summary>The log in it.</summary>
    public string Log => Path.Combine(Data, "log");

    /// <summary>Settings under which everything is written often: small segments, a checkpoint every tenth of a second.</summary>
    public GatewayProcessSettings Settings(FaultInjection? fault = null) => new()
    {
        Data = Data,
        Wrapper = fault?.Wrapper(Data, TraceFile) ?? [],
        Variables = new Dictionary<string, string>
        {
            ["Gateway__Log__SegmentSizeBytes"] = "1048576",
            ["Gateway__Pipeline__CheckpointInterval"] = "00:00:00.1",
        },
    };

    /// <summary>All devices send so many messages at once, until all are answered or the gateway is gone; whether all were answered.</summary>
    public async Task<bool> SendAsync(GatewayProcess gateway, int messagesEach)
    {
        bool[] answered = await Task.WhenAll(Devices.Select(d => d.SendAsync(gateway.MqttPort, messagesEach)));
        return answered.All(a => a);
    }

    /// <summary>Offset at which the next life of the log begins.</summary>
    public long LogEndOffset()
    {
        LogVerifier verifier = Verify();
        return verifier.Totals.LastOffset + 1 ?? 0;
    }

    /// <summary>
    /// What stands in the log of a gateway that is gone: acknowledged is a subset of it, it is a subset of sent, byte for byte, order per
    /// client is kept, and what follows the last whole commit was never acknowledged. Returns how much it holds.
    /// </summary>
    public LogCount JudgeLog() => JudgeLog(resent: false);

    /// <summary>The same when devices have sent again what was refused: it then stands behind what was not.</summary>
    public LogCount JudgeLogOfResent() => JudgeLog(resent: true);

    /// <summary>What a gateway has made of the log after it was started again: everything counted once, in total and for each device.</summary>
    public async Task JudgeCountsAsync(GatewayProcess gateway, LogCount recovered)
    {
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, recovered.Records);
        Assert.Equal((recovered.Records, recovered.Messages, recovered.Records - recovered.Messages), (ledger.Received, ledger.Stored, ledger.Duplicate));
        LedgerView[] devices = [.. (await gateway.JsonAsync("/api/v1/ledger")).List("devices").Select(LedgerView.Of)];
        Assert.Equal(recovered.Messages, devices.Sum(d => d.Stored));
        Assert.All(devices, d => Assert.Equal((d.Stored + d.Duplicate, 0), (d.Received, d.InFlight)));
    }

    /// <summary>
    /// The same, and then the devices send again what was not acknowledged, and after it everything is stored once, each flood is one case, and
    /// no reading is missing.
    /// </summary>
    public async Task JudgeGatewayAsync(GatewayProcess gateway, LogCount recovered)
    {
        await JudgeCountsAsync(gateway, recovered);
        foreach (DeviceLedger device in Devices)
        {
            await device.SendOpenAgainAsync(gateway.MqttPort);
        }

        await JudgeEndAsync(gateway);
    }

    /// <summary>That everything was sent and acknowledged is the ground for this: it is all there, once.</summary>
    public async Task JudgeEndAsync(GatewayProcess gateway)
    {
        await gateway.CatchUpAsync();
        int all = _messagesEach * Devices.Count;
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, all);
        Assert.Equal(all, ledger.Stored);
        Assert.Empty(ledger.Quarantined);
        foreach (JsonElement entry in (await gateway.JsonAsync("/api/v1/ledger")).List("devices"))
        {
            LedgerView device = LedgerView.Of(entry);
            Assert.Equal((_messagesEach, 0), (device.Stored, device.InFlight));
            Assert.Equal(device.Received, device.Stored + device.Duplicate + device.Rejected.Values.Sum());
        }

        JsonElement[] cases = (await gateway.JsonAsync("/api/v1/cases?limit=1000")).List("cases");
        Assert.Equal(Devices.Select(d => d.DeviceId), cases.Select(c => c.Text("deviceId")).Order(StringComparer.Ordinal));
        foreach (DeviceLedger device in Devices)
        {
            JsonElement[] series = (await gateway.JsonAsync($"/api/v1/series?device={device.DeviceId}&metric=water_level")).List("series");
            Assert.Equal(_messagesEach, Assert.Single(series).GetProperty("count").GetInt64());
        }
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private LogCount JudgeLog(bool resent)
    {
        Dictionary<string, List<long>> recovered = Devices.ToDictionary(d => d.DeviceId, _ => new List<long>());
        if (Directory.Exists(Log))
        {
            Assert.DoesNotContain(Verify().Findings, f => f.IsError);
            new LogExcerpt().Run(Log, (long _, in LogRecord record) =>
            {
                if (record.Flags.HasFlag(LogRecordFlags.Ingested)) // not what the gateway itself published
                {
                    DeviceLedger device = Device(Encoding.UTF8.GetString(record.ClientId));
                    long sequence = JsonDocument.Parse(record.Payload.ToArray()).RootElement.GetProperty("seq").GetInt64();
                    Assert.True(device.IsSent(sequence, record.Payload), $"{device.DeviceId} never sent this as {sequence}");
                    recovered[device.DeviceId].Add(sequence);
                }
            });
        }

        foreach (DeviceLedger device in Devices)
        {
            List<long> kept = recovered[device.DeviceId];
            Assert.Empty(device.Acknowledged.Except(kept));
            long[] firsts = [.. kept.Distinct()];
            Assert.True(resent || firsts.Order().SequenceEqual(firsts), $"{device.DeviceId}: {string.Join(' ', kept)}");
        }

        return new LogCount(recovered.Values.Sum(r => r.Count), recovered.Values.Sum(r => r.Distinct().Count()));
    }

    private LogVerifier Verify()
    {
        Directory.CreateDirectory(Log); // killed before it did
        LogVerifier verifier = new(Log);
        verifier.Run();
        return verifier;
    }

    private DeviceLedger Device(string id) => Devices.Single(d => d.DeviceId == id);
}
