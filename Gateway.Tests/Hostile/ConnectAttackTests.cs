using System.Diagnostics;
using System.Net.WebSockets;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Hostile;

/// <summary>Attacks by clients that do not get to the point: half-open, byte by byte, too large, cut off, nonsense.</summary>
[Collection(HostileSuite.Name)]
public sealed class ConnectAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    /// <summary>The CONNECT time of <see cref="HostileGateway"/>, a second for the sweep that looks, and as much again for a slow machine.</summary>
    private static readonly TimeSpan HalfOpenLimit = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan TricklePause = TimeSpan.FromMilliseconds(200);

    [Fact]
    public Task Half_open_connections_are_closed_without_a_word_and_others_get_in() => AttackAsync(async round =>
    {
        const int Flood = 1000;
        byte[] connect = new ConnectOptions { ClientId = Client("half") }.ToPacket(V5);
        List<FloodClient> halfOpen = [];
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Flood; i++)
        {
            FloodClient client = await FloodClient.OpenAsync(Port);
            halfOpen.Add(client);
            await client.SendAsync(connect.AsMemory(0, i % connect.Length));
        }

        using Peer other = await ConnectAsync($"other-{round}");
        await other.ReceiveNothingAsync();
        long last = Stopwatch.GetTimestamp();
        foreach (FloodClient client in halfOpen)
        {
            Assert.Empty(await client.ReadToEndAsync());
            client.Dispose();
        }

        Assert.True(Stopwatch.GetElapsedTime(last) < HalfOpenLimit, $"half-open connections stayed for {Stopwatch.GetElapsedTime(last)} (opened within {Stopwatch.GetElapsedTime(began, last)})");
    });

    [Fact]
    public async Task Connect_that_comes_byte_by_byte_has_no_more_time_than_any()
    {
        using FloodClient slow = await FloodClient.OpenAsync(Port);
        Task<byte[]> end = slow.ReadToEndAsync();
        int sent = await TrickleAsync(slow, new ConnectOptions { ClientId = new string('s', 100) }.ToPacket(V5), end);
        Assert.InRange(sent, 2, 40);
        Assert.Empty(await end);
    }

    [Fact]
    public async Task Packet_that_comes_byte_by_byte_is_silence_to_the_keep_alive()
    {
        using FloodClient slow = await FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = Client("trickle"), KeepAliveSeconds = 1 }.ToPacket(V5));
        Task<byte[]> end = slow.ReadToEndAsync();
        int sent = await TrickleAsync(slow, Packets.Publish(V5, Topic("slow"), new string('x', 500)), end);
        Assert.InRange(sent, 2, 60);
        Assert.Equal(0xE0, (await end)[0]);
        Assert.Equal(0x8D, (await end)[2]);
    }

    [Fact]
    public async Task Large_packet_on_a_slow_line_is_a_sign_of_life()
    {
        // 40 pieces of 2 KiB, twice as long as the keep alive allows for silence.
        using FloodClient slow = await FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = Client("slow-line"), KeepAliveSeconds = 1 }.ToPacket(V5));
        byte[] publish = Packets.Publish(V5, Bytes.Text(Topic("large")), new byte[80 * 1024], qos: 1, id: 9);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (int at = 0; at < publish.Length; at += 2048)
        {
            await slow.MustSendAsync(publish.AsMemory(at, Math.Min(2048, publish.Length - at)));
            await timer.WaitForNextTickAsync();
        }

        Assert.Equal([0x40, 2, 0, 9], await slow.TakePacketAsync());
    }

    [Theory]
    [InlineData(V5, 0x85)]
    [InlineData(V311, 2)]
    public async Task Client_ids_have_a_limit_and_an_empty_one_may_be_given(MqttProtocolVersion version, int tooLong)
    {
        foreach (int length in (int[])[129, 65_535])
        {
            using Peer refused = await OpenAsync(version);
            await refused.SendAsync(new ConnectOptions { ClientId = new string('c', length) }.ToPacket(version));
            await refused.ReceiveRefusalAsync(tooLong);
        }

        using Peer longest = await ConnectAsync(new ConnectOptions { ClientId = new string('c', 128) }, version);
        using Peer nameless = await OpenAsync(version);
        Received connAck = await nameless.ConnectAsync(new ConnectOptions { ClientId = "" });
        Assert.Equal(version == V5, connAck.Has(PropertyId.AssignedClientIdentifier));
    }

    [Fact]
    public Task Giant_packets_are_refused_by_their_first_bytes() => AttackAsync(async _ =>
    {
        byte[] length = [0xFF, 0xFF, 0xFF, 0x7F];
        foreach (int first in (int[])[0x10, 0x30, 0x32, 0x3D, 0x40, 0x62, 0x82, 0xA2, 0xC0, 0xE0])
        {
            using Peer peer = await ConnectAsync("giant");
            await peer.SendAsync([(byte)first, .. length]);
            await peer.ReceiveCloseAsync(0x95);
            using Peer old = await ConnectAsync("giant-old", V311);
            await old.SendAsync([(byte)first, .. length]);
            await old.ReceiveEndAsync();
            using Peer stranger = await OpenAsync();
            await stranger.SendAsync([(byte)first, .. length]);
            await stranger.ReceiveEndAsync();
        }

        // Not a CONNECT, and small enough to be one: not waited for.
        using Peer other = await OpenAsync();
        await other.SendAsync([0x30, .. Bytes.Variable(200 * 1024)]);
        await other.ReceiveEndAsync();
    });

    [Fact]
    public Task Connections_cut_at_every_byte_of_every_packet_leave_nothing_behind() => AttackAsync(async _ =>
    {
        const string Bound = "city/v1/flood/FLD-000009/telemetry";
        long subscriptions = await Gateway.MetricAsync("gateway_mqtt_subscriptions");
        long retained = await Gateway.MetricAsync("gateway_mqtt_retained");
        long records = (await Support.LedgerView.SettledAsync(Gateway.Process.Http, 0)).Received;
        byte[] connect = new ConnectOptions
        {
            ClientId = Client("cut"),
            UserName = "u",
            Password = "p",
            WillTopic = Topic("will"),
            WillPayload = "w",
            Properties = [Property.ReceiveMaximum(3)],
        }.ToPacket(V5);
        byte[] plain = new ConnectOptions { ClientId = Client("cut") }.ToPacket(V5);
        (byte[] Before, byte[] Packet)[] packets =
        [
            ([], connect),
            (plain, Packets.Publish(V5, Bound, "{\"water_level\":1}", 0, retain: true)),
            (plain, Packets.Publish(V5, Bound, "{\"water_level\":1}", 1, 7, retain: true, properties: [Property.TopicAlias(1), Property.User("a", "b")])),
            (plain, Packets.Publish(V5, Bound, "{\"water_level\":1}", 2, 8, retain: true)),
            (plain, Packets.Ack(PacketType.PubAck, 1)),
            (plain, Packets.Ack(PacketType.PubRec, 1)),
            (plain, Packets.Ack(PacketType.PubRel, 1)),
            (plain, Packets.Ack(PacketType.PubComp, 1)),
            (plain, Packets.Subscribe(V5, 5, [Property.SubscriptionIdentifier(200)], ("#", 2), ("a/+", 1))),
            (plain, Packets.Unsubscribe(V5, 6, "#", "a/+")),
            (plain, Packets.PingReq),
            (plain, Packets.Disconnect(4, Property.SessionExpiry(0))),
            (plain, Bytes.Packet(0xF0, [0x18, 0])),
        ];
        foreach ((byte[] before, byte[] packet) in packets)
        {
            for (int cut = 0; cut < packet.Length; cut++)
            {
                using FloodClient client = await FloodClient.OpenAsync(Port);
                await client.SendAsync(Bytes.Join(before, packet[..cut]));
                if (cut % 2 == 0)
                {
                    client.Cut();
                }
                else
                {
                    client.FinishSending();
                    await client.ReadToEndAsync();
                }
            }
        }

        await Support.Eventually.BecomesAsync(() => Gateway.MetricAsync("gateway_mqtt_subscriptions"), n => n == subscriptions, "no subscription stays");
        Assert.Equal(retained, await Gateway.MetricAsync("gateway_mqtt_retained"));
        Assert.Equal(records, (await Support.LedgerView.SettledAsync(Gateway.Process.Http, 0)).Received);
    });

    [Fact]
    public Task Nonsense_ends_the_connection_that_sends_it_and_nothing_else() => AttackAsync(async round =>
    {
        Random random = new(4711 + round);
        byte[] connect = new ConnectOptions { ClientId = Client("noise") }.ToPacket(V5);
        byte[] starts = [0x10, 0x30, 0x32, 0x34, 0x35, 0x40, 0x50, 0x62, 0x70, 0x82, 0xA2, 0xC0, 0xE0, 0xF0];
        for (int i = 0; i < 600; i++)
        {
            byte[] noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            if (i % 3 > 0)
            {
                // A packet with a true head, so that the noise gets further in.
                noise = Bytes.Packet(starts[random.Next(starts.Length)], noise);
            }

            using FloodClient client = await FloodClient.OpenAsync(Port);
            await client.SendAsync(i % 4 == 0 ? noise : Bytes.Join(connect, noise));
            client.FinishSending();
            await client.ReadToEndAsync();
        }
    });

    [Fact]
    public Task Frames_without_number_and_packets_larger_than_a_buffer_come_over_a_websocket() => AttackAsync(async round =>
    {
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Gateway.Process.HttpPort}/mqtt"), CancellationToken.None);
        List<byte> answers = [];
        await SendAsync(new ConnectOptions { ClientId = Client($"socket-{round}") }.ToPacket(V5));
        for (int i = 0; i < 20_000; i++)
        {
            await SendAsync([]);
        }

        for (int i = 1; i <= 10; i++)
        {
            await SendAsync(Packets.Publish(V5, Bytes.Text(Topic("socket")), new byte[1000 * 1024], qos: 1, id: i));
        }

        byte[] buffer = new byte[4096];
        while (answers is not [.., 0x40, 2, 0, 10])
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
            answers.AddRange(buffer.AsSpan(0, result.Count));
        }

        ValueTask SendAsync(byte[] frame) => socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
    }, growthLimitBytes: 64 * MiB);

    /// <summary>Sends a packet byte by byte until it is out or the gateway has closed; returns how many bytes went.</summary>
    private static async Task<int> TrickleAsync(FloodClient client, byte[] packet, Task end)
    {
        using PeriodicTimer timer = new(TricklePause);
        int sent = 0;
        while (sent < packet.Length && !end.IsCompleted && await client.SendAsync(packet.AsMemory(sent, 1)))
        {
            sent++;
            await timer.WaitForNextTickAsync();
        }

        return sent;
    }
}
