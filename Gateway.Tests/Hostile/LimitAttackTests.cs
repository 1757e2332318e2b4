using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>Attacks on what all clients share: they are told 0x97, others go on, and what was taken is given back.</summary>
[Collection(HostileSuite.Name)]
public sealed class LimitAttackTests(NarrowHostileGateway gateway) : HostileTests(gateway), IClassFixture<NarrowHostileGateway>
{
    private const int QuotaExceeded = 0x97;

    [Fact]
    public Task Sessions_over_the_limit_are_refused_and_room_comes_back() => AttackAsync(async round =>
    {
        const int Flood = NarrowHostileGateway.SessionLimit * 5;
        int room = NarrowHostileGateway.SessionLimit - (int)await Gateway.MetricAsync("gateway_mqtt_sessions");
        List<Peer> accepted = [];
        int refused = 0;
        for (int i = 0; i < Flood; i++)
        {
            Peer peer = await OpenAsync(i % 2 == 0 ? V5 : V311);
            await peer.SendAsync(new ConnectOptions { ClientId = Client($"{round}-{i}") }.ToPacket(peer.Version));
            Received connAck = await peer.ReceiveAsync(PacketType.ConnAck);
            if (connAck.ReasonCode == 0)
            {
                accepted.Add(peer);
                continue;
            }

            Assert.Equal(peer.IsV5 ? QuotaExceeded : 3, connAck.ReasonCode);
            await peer.ReceiveEndAsync();
            peer.Dispose();
            refused++;
        }

        Assert.Equal((room, Flood - room), (accepted.Count, refused));
        await accepted[0].ReceiveNothingAsync();
        accepted.ForEach(p => p.Dispose());
    });

    [Fact]
    public Task Retained_messages_over_the_limit_are_refused_in_number_and_bytes() => AttackAsync(async round =>
    {
        using Peer publisher = await ConnectAsync($"retainer-{round}");
        for (int i = 0; i < NarrowHostileGateway.RetainedLimit * 2; i++)
        {
            await publisher.SendAsync(Packets.Publish(V5, Topic($"n/{i}"), "x", 1, 1, retain: true));
            await publisher.ReceiveAckAsync(PacketType.PubAck, 1, i < NarrowHostileGateway.RetainedLimit ? 0 : QuotaExceeded);
        }

        Assert.Equal(NarrowHostileGateway.RetainedLimit, await Gateway.MetricAsync("gateway_mqtt_retained"));
        await publisher.PublishAsync(Topic("n/0"), "replaced", 1, retain: true);
        for (int i = 0; i < NarrowHostileGateway.RetainedLimit; i++)
        {
            await publisher.PublishAsync(Topic($"n/{i}"), "", 1, retain: true);
        }

        byte[] large = new byte[300 * 1024];
        for (int i = 0; i < 5; i++)
        {
            await publisher.SendAsync(Packets.Publish(V5, Bytes.Text(Topic($"b/{i}")), large, 2, i + 1, retain: true));
            await publisher.ReceiveAckAsync(PacketType.PubRec, i + 1, i < 3 ? 0 : QuotaExceeded);
        }

        for (int i = 0; i < 3; i++)
        {
            await publisher.PublishAsync(Topic($"b/{i}"), "", 0, retain: true);
        }

        await publisher.ReceiveNothingAsync();
        Assert.Equal(0, await Gateway.MetricAsync("gateway_mqtt_retained"));
    });

    [Fact]
    public Task Packets_begun_and_not_finished_have_room_for_so_many() => AttackAsync(async round =>
    {
        const int Announced = 512 * 1024;
        const int Flood = 40;
        byte[] begun = [0x30, .. Bytes.Variable(Announced), .. new byte[30 * 1024]];
        int room = NarrowHostileGateway.PartialPacketLimitBytes / (Announced + 4);
        List<Peer> holding = [];
        for (int i = 0; i < Flood; i++)
        {
            Peer peer = await ConnectAsync($"begun-{i}");
            await peer.SendAsync(begun);
            holding.Add(peer);
            if (i >= room)
            {
                await peer.ReceiveCloseAsync(QuotaExceeded);
            }
            else
            {
                await BufferedAsync();
            }
        }

        using Peer other = await ConnectAsync($"other-{round}");
        await other.PublishAsync(Topic("small"), new string('x', 10_000), 1);
        holding.ForEach(p => p.Dispose());

        // What the first one holds is counted when the gateway has looked at it: a request on another connection comes after.
        async Task BufferedAsync()
        {
            using Peer next = await ConnectAsync("next");
            await next.ReceiveNothingAsync();
        }
    }, growthLimitBytes: 32 * MiB, peakLimitBytes: 64L * MiB);

    [Fact]
    public Task Subscriptions_with_giant_filters_have_room_for_so_many() => AttackAsync(async round =>
    {
        int granted = 0;
        List<Peer> peers = [];
        for (int s = 0; s < 10; s++)
        {
            Peer peer = await ConnectAsync($"filters-{s}");
            peers.Add(peer);
            for (int f = 0; f < 10; f++)
            {
                await peer.SendAsync(Packets.Subscribe(V5, 1, (new string((char)('a' + f), 60_000), 1)));
                int code = Assert.Single((await peer.ReceiveAckAsync(PacketType.SubAck, 1)).ReasonCodes);
                granted += code == 1 ? 1 : 0;
                Assert.True(code is 1 or QuotaExceeded, $"0x{code:X2}");
            }
        }

        Assert.Equal(NarrowHostileGateway.SessionLimitBytes / ((4 * 60_000) + 256), granted);
        using Peer other = await ConnectAsync($"other-{round}");
        Assert.Equal([QuotaExceeded], await CodeAsync(other, new string('z', 60_000)));
        Assert.Equal([0], await CodeAsync(other, Topic("short")));
        peers.ForEach(p => p.Dispose());
    });

    [Fact]
    public Task Wills_have_room_for_so_many_bytes() => AttackAsync(async round =>
    {
        List<Peer> peers = [];
        int refused = 0;
        for (int i = 0; i < 100; i++)
        {
            Peer peer = await OpenAsync();
            peers.Add(peer);
            await peer.SendAsync(new ConnectOptions { ClientId = Client($"will-{i}"), WillTopic = new string('w', 30_000), WillPayload = new string('p', 16_000) }.ToPacket(V5));
            Received connAck = await peer.ReceiveAsync(PacketType.ConnAck);
            refused += connAck.ReasonCode == QuotaExceeded ? 1 : 0;
            Assert.True(connAck.ReasonCode is 0 or QuotaExceeded);
        }

        Assert.Equal(100 - (NarrowHostileGateway.SessionLimitBytes / (60_000 + 16_000 + 256)), refused);
        using Peer small = await ConnectAsync(new ConnectOptions { ClientId = Client($"small-{round}"), WillTopic = Topic("w"), WillPayload = "gone" });
        await small.LeaveAsync();
        peers.ForEach(p => p.Dispose());
    });

    [Theory]
    [InlineData(V5)]
    [InlineData(V311)]
    public Task Identifiers_of_qos_2_that_are_never_released_have_an_end(MqttProtocolVersion version) => AttackAsync(async _ =>
    {
        // 3.1.1 knows no Receive Maximum: one client may hold every identifier there is, all of them together may not.
        List<FloodClient> clients = [];
        int closed = 0;
        byte[] flood = Bytes.Join([.. Enumerable.Range(1, version == V5 ? 1024 : 30_000).Select(id => Packets.Publish(version, Bytes.Text("q"), [], 2, id))]);
        for (int i = 0; i < (version == V5 ? 40 : 2); i++)
        {
            FloodClient client = await FloodAsync($"held-{i}", version);
            clients.Add(client);
            await client.SendAsync(flood);
            await client.SendAsync(Packets.PingReq);
            closed += await client.SkipToPingRespAsync() ? 0 : 1; // the gateway has looked at all of it before the next client comes
        }

        clients.ForEach(c => c.Dispose());
        Assert.InRange(closed, 1, clients.Count - 1);
    });

    [Fact]
    public Task Deaf_subscribers_share_one_bound_whatever_their_number() => AttackAsync(async round =>
    {
        const int Deaf = 80;
        List<FloodClient> deaf = [];
        for (int i = 0; i < Deaf; i++)
        {
            FloodClient subscriber = await FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = Client($"deaf-{i}") }.ToPacket(V5), receiveBufferBytes: 4096);
            deaf.Add(subscriber);
            await subscriber.RequestAsync(Packets.Subscribe(V5, 1, (Topic("deaf"), i % 2)));
        }

        using Peer publisher = await ConnectAsync($"publisher-{round}");
        string payload = new('x', 100 * 1024);
        for (int m = 0; m < 80; m++)
        {
            await publisher.PublishAsync(Topic("deaf"), payload, 1);
        }

        Assert.InRange(await Gateway.MetricAsync("gateway_mqtt_queued_bytes"), 1, NarrowHostileGateway.QueueLimitBytes + (Deaf * 120 * 1024));
        deaf.ForEach(d => d.Cut());
        await Eventually.BecomesAsync(() => Gateway.MetricAsync("gateway_mqtt_queued_bytes"), n => n == 0, "what waited is given back");
    }, growthLimitBytes: 64 * MiB, peakLimitBytes: 250L * MiB);

    private static async Task<byte[]> CodeAsync(Peer peer, string filter)
    {
        await peer.SendAsync(Packets.Subscribe(V5, 1, (filter, 0)));
        return (await peer.ReceiveAckAsync(PacketType.SubAck, 1)).ReasonCodes;
    }
}
