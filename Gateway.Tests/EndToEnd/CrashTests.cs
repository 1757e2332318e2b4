using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.EndToEnd;

/// <summary>The promise of the gateway under kill -9: what was acknowledged is on disk, nothing counts twice, no case is lost or filed twice.</summary>
public sealed class CrashTests
{
    private const int Devices = 8;
    private const int Window = 200;

    [Theory]
    [InlineData(500)]
    [InlineData(6000)]
    public async Task Gateway_killed_in_the_middle_of_a_load_has_every_acknowledged_message_and_each_case_once(int killAfterAcknowledgements)
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        long begin = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 20_000;
        Sender[] senders = [.. Enumerable.Range(0, Devices).Select(i => new Sender($"FLD-{i:D6}", begin))];
        int acknowledged = 0;
        TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] runs = [.. senders.Select(s => s.RunAsync(gateway.MqttPort, 20_000, () =>
        {
            if (Interlocked.Increment(ref acknowledged) == killAfterAcknowledgements)
            {
                enough.SetResult();
            }
        }))];
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await gateway.KillAsync();
        await Task.WhenAll(runs);

        Dictionary<string, List<long>> recovered = ReadLog(Path.Combine(gateway.Data, "log"));
        foreach (Sender sender in senders)
        {
            List<long> inLog = recovered.GetValueOrDefault(sender.DeviceId) ?? [];
            Assert.Empty(sender.Acknowledged.Except(inLog));
            Assert.Empty(inLog.Except(Enumerable.Range(1, sender.Sent).Select(i => (long)i)));
            Assert.Equal(inLog.Order(), inLog);
        }

        await gateway.StartAgainAsync();
        foreach (Sender sender in senders)
        {
            await sender.ResendAsync(gateway.MqttPort);
        }

        // Everything sent is stored exactly once now; what had reached the log and was sent again is a duplicate.
        int sent = senders.Sum(s => s.Sent);
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, sent);
        Assert.Equal(sent, ledger.Stored);
        Assert.Equal(ledger.Received - sent, ledger.Duplicate);
        await AssertEachCaseOnceAsync(gateway);
        Assert.Equal(0, await gateway.StopAsync());
        Assert.NotEqual((0, 0), ReplayedLog.AssertEqualToWhatHappened(gateway.Data));
    }

    [Fact]
    public async Task Gateway_stopped_with_sigterm_acknowledges_nothing_it_has_not_kept_and_exits_0()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        Sender sender = new("FLD-000009", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 20_000);
        TaskCompletionSource some = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int acknowledged = 0;
        Task run = sender.RunAsync(gateway.MqttPort, 20_000, () =>
        {
            if (++acknowledged == 300)
            {
                some.SetResult();
            }
        });
        await some.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await gateway.StopAsync());
        await run;
        List<long> inLog = ReadLog(Path.Combine(gateway.Data, "log"))["FLD-000009"];
        Assert.Empty(sender.Acknowledged.Except(inLog));

        await gateway.StartAgainAsync();
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, inLog.Count);
        Assert.Equal(inLog.Count, ledger.Stored);
    }

    private static async Task AssertEachCaseOnceAsync(GatewayProcess gateway)
    {
        JsonElement[] cases = [.. JsonDocument.Parse(await gateway.Http.GetStringAsync("/api/v1/cases?limit=1000")).RootElement.GetProperty("cases").EnumerateArray()];
        Assert.NotEmpty(cases);
        string[] keys = [.. cases.Select(c => c.GetProperty("key").GetString()!)];
        Assert.Equal(keys.Distinct(), keys);
        Assert.All(cases, c => Assert.Equal("Dispatched", c.GetProperty("status").GetString()));
    }

    private static Dictionary<string, List<long>> ReadLog(string directory)
    {
        Dictionary<string, List<long>> found = [];
        string copy = Directory.CreateTempSubdirectory("csg-read-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(directory))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            using SegmentLog log = SegmentLog.Open(copy, new IngestLogOptions(), () => default(EventTime), NullLogger.Instance);
            LogReader reader = new(log, 0);
            while (reader.TryReadFrame(out _, out ReadOnlySpan<byte> records, out _))
            {
                while (LogRecord.TryRead(records, out LogRecord record, out int length))
                {
                    if (record.Kind == LogRecordKind.Message)
                    {
                        long seq = JsonDocument.Parse(record.Payload.ToArray()).RootElement.GetProperty("seq").GetInt64();
                        string device = Encoding.UTF8.GetString(record.ClientId);
                        (found.TryGetValue(device, out List<long>? list) ? list : found[device] = []).Add(seq);
                    }

                    records = records[length..];
                }
            }

            Assert.Equal(0, reader.DamagedRegions);
            return found;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>One device: a window of unacknowledged messages, one breach in a hundred.</summary>
    private sealed class Sender(string deviceId, long begin)
    {
        private readonly ConcurrentDictionary<long, bool> _acknowledged = new();

        public string DeviceId => deviceId;

        public int Sent { get; private set; }

        public IEnumerable<long> Acknowledged => _acknowledged.Keys;

        public async Task RunAsync(int port, int count, Action onAcknowledged)
        {
            await using MqttTestClient client = await MqttTestClient.ConnectAsync(port, deviceId);
            using SemaphoreSlim window = new(Window);
            Task reading = ReadAsync(client, window, onAcknowledged);
            while (Sent < count && !reading.IsCompleted)
            {
                if (!await window.WaitAsync(TimeSpan.FromSeconds(1)))
                {
                    continue;
                }

                Sent++;
                if (!await client.PublishAsync(Topic, Payload(Sent), (ushort)Sent))
                {
                    break;
                }
            }

            await reading;
        }

        public async Task ResendAsync(int port)
        {
            await using MqttTestClient client = await MqttTestClient.ConnectAsync(port, deviceId);
            foreach (long seq in Enumerable.Range(1, Sent).Select(i => (long)i).Where(seq => !_acknowledged.ContainsKey(seq)).Order())
            {
                Assert.True(await client.PublishAsync(Topic, Payload(seq), (ushort)seq, dup: true));
                (FixedHeader header, _) = await client.ReceiveAsync() ?? throw new InvalidOperationException("closed while sending again");
                Assert.Equal(PacketType.PubAck, header.Type);
            }
        }

        private string Topic => $"city/v1/flood/{deviceId}/telemetry";

        private string Payload(long seq) => string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{begin + seq},\"seq\":{seq},\"water_level\":{(seq % 100 == 50 ? 9.5 : 0.05)}}}");

        private async Task ReadAsync(MqttTestClient client, SemaphoreSlim window, Action onAcknowledged)
        {
            while (await client.ReceiveAsync() is { } packet)
            {
                if (packet.Header.Type == PacketType.PubAck)
                {
                    _acknowledged.TryAdd((packet.Body[0] << 8) | packet.Body[1], true);
                    window.Release();
                    onAcknowledged();
                }
            }
        }
    }
}
