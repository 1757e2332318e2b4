using System.Diagnostics;
using System.Globalization;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// A city for a while: a steady stream, devices that come and go, breaches that open and clear. Nothing may pile up. Half a minute, or as many
/// minutes as <c>GATEWAY_SOAK_MINUTES</c> says.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class SoakTests
{
    private const int Steady = 40;
    private const int MessagesARound = 100;
    private const long GrowthLimitBytes = 48L << 20; // a leak of 200 bytes a message would be more
    private const int HandleGrowthLimit = 12;

    private static TimeSpan Duration =>
        double.TryParse(Environment.GetEnvironmentVariable("GATEWAY_SOAK_MINUTES"), CultureInfo.InvariantCulture, out double minutes) ? TimeSpan.FromMinutes(minutes) : TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Memory_and_handles_stay_flat_and_the_ledger_balances()
    {
        // Checkpoints, flushes and merges belong to it, and log files that come and go.
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Variables = new Dictionary<string, string>
            {
                ["Gateway__Pipeline__CheckpointRecords"] = "20000",
                ["Gateway__Log__SegmentSizeBytes"] = $"{1 << 20}",
                ["Gateway__Log__BacklogLimitBytes"] = $"{64 << 20}",
                ["Gateway__Log__RetentionSizeBytes"] = $"{8 << 20}",
            },
        });
        MqttTestClient[] clients = new MqttTestClient[Steady];
        for (int i = 0; i < Steady; i++)
        {
            clients[i] = await MqttTestClient.ConnectAsync(gateway.MqttPort, Device(i));
        }

        List<(long MemoryBytes, int Handles)> seen = [];
        long began = Stopwatch.GetTimestamp();
        int rounds = 0;
        while (Stopwatch.GetElapsedTime(began) < Duration)
        {
            int round = rounds++;
            await Task.WhenAll(clients.Select((c, i) => SendAsync(c, i, round)));
            await ComeAndGoAsync(gateway, round);
            if (Stopwatch.GetElapsedTime(began) > Duration / 4) // before that code is compiled and buffers find their size
            {
                seen.Add((await gateway.MetricAsync("process_resident_memory_bytes"), Directory.GetFiles($"/proc/{gateway.Id}/fd").Length));
            }
        }

        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, (long)Steady * rounds * MessagesARound);
        Assert.Equal(ledger.Received, ledger.Stored + ledger.Duplicate);
        int third = seen.Count / 3;
        long grown = seen[^third..].Min(s => s.MemoryBytes) - seen[..third].Max(s => s.MemoryBytes);
        int handles = seen[^third..].Min(s => s.Handles) - seen[..third].Max(s => s.Handles);
        string all = string.Join(' ', seen.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.MemoryBytes >> 20}/{s.Handles}")));
        Assert.True(grown < GrowthLimitBytes, $"MiB/handles: {all}");
        Assert.True(handles < HandleGrowthLimit, $"MiB/handles: {all}");
        foreach (MqttTestClient client in clients)
        {
            await client.DisposeAsync();
        }

        Assert.Equal(0, await gateway.StopAsync());
    }

    private static string Device(int i) => $"SMK-{i:D6}";

    private static async Task SendAsync(MqttTestClient client, int device, int round)
    {
        for (int i = 0; i < MessagesARound; i++)
        {
            // A burning house now and then: an alert and a case that the next readings add to.
            string density = device == 0 && i % 50 == 0 ? "0.9" : "0.01";
            string payload = string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{(round * MessagesARound) + i},\"smoke_density\":{density},\"temperature\":21.5,\"battery\":90}}");
            Assert.True(await client.PublishAsync($"city/v1/smoke/{Device(device)}/telemetry", payload, (ushort)(i + 1)));
        }

        for (int i = 0; i < MessagesARound; i++)
        {
            Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
        }
    }

    /// <summary>Devices that connect, say one thing and are gone, and a subscriber for as long.</summary>
    private static async Task ComeAndGoAsync(GatewayProcess gateway, int round)
    {
        for (int i = 0; i < 10; i++)
        {
            await using MqttTestClient passer = await MqttTestClient.ConnectAsync(gateway.MqttPort, $"passer-{round % 5}-{i}", i % 2 == 0 ? MqttProtocolVersion.V5 : MqttProtocolVersion.V311);
            await passer.SubscribeAsync("city/v1/cases/#");
            Assert.True(await passer.PublishAsync($"passers/{i}", "here", 1));
        }
    }
}
