using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>Sessions of the real gateway under clients that come back, take over, do not read, and leave in the middle.</summary>
public sealed class SessionTests(SessionGateway shared) : IClassFixture<SessionGateway>
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;

    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Takeovers_in_a_storm_leave_every_other_client_served()
    {
        await using MqttTestClient bystander = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "storm-bystander");
        using CancellationTokenSource over = new(TimeSpan.FromMinutes(1));
        Task storm = Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(async () =>
        {
            // Each tears down the connection of another while that one's messages wait for the disk.
            for (int i = 0; i < 60; i++)
            {
                ConnectPacket packet = new() { Version = n % 2 == 0 ? V311 : V5, ClientId = $"storm-{n % 4}", CleanStart = i % 2 == 0, KeepAliveSeconds = 60 };
                (MqttTestClient client, _) = await Connect(packet);
                await using (client)
                {
                    for (ushort id = 1; id <= 5; id++)
                    {
                        await client.PublishAsync("storm/topic", "x", id);
                    }
                }
            }
        })));
        while (!storm.IsCompleted)
        {
            await bystander.PingAsync().WaitAsync(over.Token);
        }

        await storm;
    }

    [Fact]
    public async Task A_session_without_expiry_ends_when_it_is_taken_over()
    {
        await using MqttTestClient first = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "no-expiry");
        Assert.Equal(ReasonCode.Success, await first.SubscribeAsync("no-expiry/topic"));
        (MqttTestClient second, ConnAckPacket answer) = await Connect(new ConnectPacket { Version = V311, ClientId = "no-expiry", CleanStart = false });
        await using (second)
        {
            Assert.False(answer.SessionPresent);
            await second.PublishAsync("no-expiry/topic", "not subscribed any more", 1);
            Assert.Equal(PacketType.PubAck, (await second.ReceiveAsync())!.Value.Header.Type);
            Assert.Empty(await second.PingAsync());
            Assert.Null(await first.ReceiveAsync());
        }
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_gone_a_second_after_it_is_taken_over()
    {
        await using MqttTestClient deaf = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "deaf");
        await deaf.SubscribeAsync("deaf/topic");
        await using MqttTestClient publisher = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "deaf-publisher");
        string large = new('x', 512 * 1024);
        for (ushort id = 1; id <= 40; id++)
        {
            await publisher.PublishAsync("deaf/topic", large, id);
            Assert.Equal(PacketType.PubAck, (await publisher.ReceiveAsync())!.Value.Header.Type);
        }

        int before = Sockets();
        await using MqttTestClient heir = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "deaf");
        await Eventually.BecomesAsync(async () => await heir.PingAsync() is null ? 0 : Sockets(), n => n <= before, "the deaf client's socket is closed though it reads nothing");
    }

    [Fact]
    public async Task A_client_that_ends_its_side_at_once_has_everything_taken_that_it_sent()
    {
        const int Messages = 30_000;
        LedgerView before = await LedgerView.SettledAsync(Gateway.Http, 0);
        await using (MqttTestClient client = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "SMK-000001"))
        {
            System.Buffers.ArrayBufferWriter<byte> output = new();
            for (int i = 0; i < Messages; i++)
            {
                MqttPacketWriter.WritePublish(output, V311, new PublishPacket
                {
                    Topic = "city/v1/smoke/SMK-000001/telemetry"u8,
                    Payload = Encoding.UTF8.GetBytes($$"""{"seq":{{i}},"smoke_density":0.01,"temperature":21,"battery":93,"rssi":-71}"""),
                    Qos = Qos.AtMostOnce,
                });
            }

            Assert.True(await client.SendAsync(output.WrittenMemory));
            client.FinishSending();
            Assert.Equal(0, await ReadToEndAsync(client));
        }

        LedgerView after = await LedgerView.SettledAsync(Gateway.Http, before.Received + Messages);
        Assert.Equal(before.Received + Messages, after.Received);
    }

    [Fact]
    public async Task One_subscription_to_thousands_of_retained_messages_brings_them_all_and_keeps_nothing_in_memory()
    {
        const int Topics = 5000; // more than wait in a queue, more than fit in the client's window
        await using MqttTestClient publisher = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "retainer");
        string text = new('r', 2000);
        for (int i = 0; i < Topics; i++)
        {
            int n = i;
            await publisher.SendAsync(o => MqttPacketWriter.WritePublish(o, V311, new PublishPacket
            {
                Topic = Encoding.UTF8.GetBytes($"many/{n}"),
                Payload = Encoding.UTF8.GetBytes(text),
                Qos = Qos.AtLeastOnce,
                PacketIdentifier = (ushort)(n + 1),
                Retain = true,
            }));
            Assert.Equal(PacketType.PubAck, (await publisher.ReceiveAsync())!.Value.Header.Type);
        }

        await using MqttTestClient subscriber = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "retained-reader");
        Assert.Equal(ReasonCode.GrantedQos1, await subscriber.SubscribeAsync("many/+", Qos.AtLeastOnce));
        HashSet<string> seen = [];
        for (int i = 0; i < Topics; i++)
        {
            (FixedHeader header, byte[] body) = (await subscriber.ReceiveAsync())!.Value;
            Assert.True(PublishPacket.TryParse(header, body, subscriber.Context, out PublishPacket packet, out _));
            Assert.True(packet.Retain);
            Assert.True(seen.Add(Encoding.UTF8.GetString(packet.Topic)), "a retained message came twice");
            ushort id = packet.PacketIdentifier;
            await subscriber.SendAsync(o => MqttPacketWriter.WritePubAck(o, id));
        }

        Assert.Empty(await subscriber.PingAsync());
    }

    [Fact]
    public async Task More_sessions_than_the_limit_are_refused_and_the_others_stay()
    {
        List<MqttTestClient> kept = [];
        try
        {
            ConnAckPacket last;
            do
            {
                (MqttTestClient client, last) = await Connect(new ConnectPacket { Version = V5, ClientId = $"limit-{kept.Count}" });
                kept.Add(client);
                Assert.InRange(kept.Count, 1, SessionGateway.SessionLimit + 1);
            }
            while (last.ReasonCode == ReasonCode.Success);
            Assert.Equal(ReasonCode.QuotaExceeded, last.ReasonCode);
            Assert.Null(await kept[^1].ReceiveAsync());
            Assert.Empty(await kept[0].PingAsync());
        }
        finally
        {
            foreach (MqttTestClient client in kept)
            {
                await client.DisposeAsync();
            }
        }

        await Eventually.BecomesAsync(ConnectionsAsync, n => n < SessionGateway.SessionLimit / 2, "the connections are gone");
    }

    [Fact]
    public async Task A_delayed_will_goes_out_at_once_when_its_session_ends_by_a_clean_start()
    {
        await using MqttTestClient watcher = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "will-watcher", V5);
        await watcher.SubscribeAsync("will/clean-start");
        Will will = new() { Topic = "will/clean-start", Payload = "gone"u8.ToArray(), DelayIntervalSeconds = 3600 };
        ConnectProperties properties = new() { SessionExpiryIntervalSeconds = 7200 };
        (MqttTestClient first, _) = await Connect(new ConnectPacket { Version = V5, ClientId = "will-owner", Will = will, Properties = properties });
        await using (first)
        {
            (MqttTestClient second, _) = await Connect(new ConnectPacket { Version = V5, ClientId = "will-owner", CleanStart = true });
            await using (second)
            {
                (FixedHeader header, byte[] body) = (await watcher.ReceiveAsync())!.Value;
                Assert.True(PublishPacket.TryParse(header, body, watcher.Context, out PublishPacket packet, out _));
                Assert.Equal("gone", Encoding.UTF8.GetString(packet.Payload));
            }
        }
    }

    [Fact]
    public async Task A_retained_will_keeps_its_properties_over_a_restart()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = new Dictionary<string, string> { ["Gateway__Mqtt__Access"] = "open" } });
        PublishProperties properties = new() { ContentType = "text/plain", UserProperties = [new UserProperty("why", "power")] };
        Will will = new() { Topic = "will/kept", Payload = "gone"u8.ToArray(), Retain = true, Qos = Qos.AtLeastOnce, Properties = properties };
        (MqttTestClient owner, _) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket { Version = V5, ClientId = "kept-will", Will = will });
        await owner.DisposeAsync();
        await Eventually.BecomesAsync(() => MetricAsync(gateway, "gateway_mqtt_retained"), n => n == 1, "the will is retained");
        await gateway.StopAsync();
        await gateway.StartAgainAsync();

        await using MqttTestClient reader = await MqttTestClient.ConnectAsync(gateway.MqttPort, "kept-will-reader", V5);
        await reader.SubscribeAsync("will/kept");
        (FixedHeader header, byte[] body) = Assert.Single(await reader.PingAsync());
        Assert.True(PublishPacket.TryParse(header, body, reader.Context, out PublishPacket packet, out _));
        PublishProperties read = PublishProperties.Read(packet.Properties);
        Assert.Equal("text/plain", read.ContentType);
        Assert.Equal("power", Assert.Single(read.UserProperties).Value);
    }

    private static async Task<int> MetricAsync(GatewayProcess gateway, string name)
    {
        string text = await gateway.Http.GetStringAsync("/metrics");
        return int.Parse(text.Split('\n').Single(l => l.StartsWith(name + ' ', StringComparison.Ordinal))[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Connections the gateway holds open, as the system counts them: state 01, established, at its port.</summary>
    private int Sockets() => File.ReadLines("/proc/net/tcp").Count(l => l.Contains($":{Gateway.MqttPort:X4} ", StringComparison.Ordinal) && l.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { } f && f[1].EndsWith($":{Gateway.MqttPort:X4}", StringComparison.Ordinal) && f[3] == "01");

    private static async Task<int> ReadToEndAsync(MqttTestClient client)
    {
        int packets = 0;
        while (await client.ReceiveAsync() is not null)
        {
            packets++;
        }

        return packets;
    }

    private Task<(MqttTestClient Client, ConnAckPacket Answer)> Connect(ConnectPacket packet) => MqttTestClient.ConnectAsync(Gateway.MqttPort, packet);

    private Task<int> ConnectionsAsync() => MetricAsync(Gateway, "gateway_mqtt_connections");
}
