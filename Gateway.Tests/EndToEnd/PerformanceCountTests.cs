using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// What a message costs, in counts that do not depend on the machine or on who else is on it: bytes allocated, system calls. Times are
/// for Gateway.Benchmarks.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed partial class PerformanceCountTests
{
    private const int Devices = 20;
    private const int Window = 500;
    private const int Rounds = 10;
    private const double LimitBytes = 64;

    /// <summary>The device population whose rules, series and cases are at work; its readings breach nothing.</summary>
    private static string Payload(int message) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{message},\"smoke_density\":0.0{message % 5},\"temperature\":2{message % 10}.5,\"battery\":93}}");

    [Fact]
    public async Task Message_in_a_steady_stream_allocates_next_to_nothing()
    {
        // Checkpoints come often enough for some of them, and the blocks they write, to be a part of what is counted.
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = new Dictionary<string, string> { ["Gateway__Pipeline__CheckpointRecords"] = "50000" } });
        MqttTestClient[] clients = await ConnectAsync(gateway, Devices);
        List<double> each = [];
        for (int round = 0; round < Rounds; round++)
        {
            long before = await AllocatedAsync(gateway);
            long messages = await StreamAsync(gateway, clients, 10);
            each.Add((await AllocatedAsync(gateway) - before) / (double)messages);
        }

        // At first code is compiled and buffers find their size; later a round may still meet the merge of some blocks.
        double[] steady = [.. each.Skip(Rounds / 2).Order()];
        Assert.True(steady[steady.Length / 2] <= LimitBytes, $"bytes allocated a message, round by round: {string.Join(' ', each.Select(e => e.ToString("0", CultureInfo.InvariantCulture)))}");
        foreach (MqttTestClient client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [ComponentFact("strace")]
    public async Task Message_of_a_device_that_waits_for_its_acknowledgement_costs_one_receive_and_one_send()
    {
        const int rounds = 200;
        using TemporaryFolder folder = new();
        string counts = folder.File("calls");
        await using (GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Wrapper = ["strace", "-D", "-f", "-c", "-q", "-o", counts, "-e", "trace=recvfrom,recvmsg,sendto,sendmsg,fdatasync,pwrite64"] }))
        {
            MqttTestClient[] clients = await ConnectAsync(gateway, Devices);
            for (int i = 0; i < rounds; i++)
            {
                foreach ((int device, MqttTestClient client) in clients.Index())
                {
                    Assert.True(await client.PublishAsync(Topic(device), Payload(i), 1));
                }

                foreach (MqttTestClient client in clients)
                {
                    Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
                }
            }

            await LedgerView.SettledAsync(gateway.Http, rounds * Devices);
            Assert.Equal(0, await gateway.StopAsync());
        }

        string summary = await Eventually.BecomesAsync(() => Task.FromResult(File.Exists(counts) ? File.ReadAllText(counts) : ""), t => t.Contains("total", StringComparison.Ordinal), "strace has written its summary");
        Dictionary<string, long> calls = Summary().Matches(summary).ToDictionary(m => m.Groups["call"].Value, m => long.Parse(m.Groups["calls"].Value, CultureInfo.InvariantCulture));
        const int messages = rounds * Devices;
        const int others = 40 * Devices; // CONNECT, DISCONNECT, and the few requests over HTTP
        Assert.InRange(calls.GetValueOrDefault("recvfrom") + calls.GetValueOrDefault("recvmsg"), messages, messages + others);
        Assert.InRange(calls.GetValueOrDefault("sendto") + calls.GetValueOrDefault("sendmsg"), messages, messages + others);
        Assert.InRange(calls["fdatasync"], 1, messages);
    }

    private static string Topic(int device) => $"city/v1/smoke/SMK-{device:D6}/telemetry";

    private static async Task<MqttTestClient[]> ConnectAsync(GatewayProcess gateway, int count)
    {
        MqttTestClient[] clients = new MqttTestClient[count];
        for (int i = 0; i < count; i++)
        {
            clients[i] = await MqttTestClient.ConnectAsync(gateway.MqttPort, $"SMK-{i:D6}");
        }

        return clients;
    }

    /// <summary>Windows of messages from each client, each acknowledged before the next one, and worked off.</summary>
    private static async Task<long> StreamAsync(GatewayProcess gateway, MqttTestClient[] clients, int windows)
    {
        long before = await ReceivedAsync(gateway);
        long sent = 0;
        for (int window = 0; window < windows; window++)
        {
            await Task.WhenAll(clients.Select((client, device) => SendWindowAsync(client, device, (int)(before + sent))));
            sent += clients.Length * Window;
        }

        // Asked now and then only: each answer allocates as much as thousands of messages may.
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (await gateway.MetricAsync("gateway_pipeline_offset") < await gateway.MetricAsync("gateway_log_end_offset"))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        Assert.Equal(before + sent, await ReceivedAsync(gateway));
        return sent;
    }

    private static async Task SendWindowAsync(MqttTestClient client, int device, int first)
    {
        ArrayBufferWriter<byte> packets = new();
        byte[] topic = Encoding.UTF8.GetBytes(Topic(device));
        for (int i = 0; i < Window; i++)
        {
            MqttPacketWriter.WritePublish(packets, client.Version, new PublishPacket
            {
                Topic = topic,
                Payload = Encoding.UTF8.GetBytes(Payload(first + i)),
                Qos = Qos.AtLeastOnce,
                PacketIdentifier = (ushort)(i + 1),
            });
        }

        Assert.True(await client.SendAsync(packets.WrittenMemory));
        for (int i = 0; i < Window; i++)
        {
            Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
        }
    }

    private static async Task<long> ReceivedAsync(GatewayProcess gateway) =>
        LedgerView.Of(System.Text.Json.JsonDocument.Parse(await gateway.Http.GetStringAsync("/api/v1/ledger")).RootElement).Received;

    private static Task<long> AllocatedAsync(GatewayProcess gateway) => gateway.MetricAsync("gateway_gc_allocated_bytes_total");

    [GeneratedRegex(@"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(?<calls>\d+)\s+(?:\d+\s+)?(?<call>\w+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
