using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>Attacks with messages: the same again and again, identifiers in use, aliases, properties.</summary>
[Collection(HostileSuite.Name)]
public sealed class MessageAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    private const int AckBytes = 4;

    [Fact]
    public Task The_same_qos_2_identifier_a_million_times_stores_one_message() => AttackAsync(async round =>
    {
        const int Times = 1_000_000;
        const int Batch = 1000;
        LedgerView before = await LedgerView.SettledAsync(Gateway.Process.Http, 0);
        using FloodClient client = await FloodAsync($"million-{round}");
        byte[] publish = Packets.Publish(V5, "city/v1/flood/FLD-000011/telemetry", $"{{\"water_level\":0.{round},\"seq\":{round}}}", 2, 1);
        byte[] again = Packets.Publish(V5, "city/v1/flood/FLD-000011/telemetry", $"{{\"water_level\":0.{round},\"seq\":{round}}}", 2, 1, dup: true);
        Assert.Equal([0x50, 2, 0, 1], await client.RequestAsync(publish));
        byte[] batch = new byte[again.Length * Batch];
        for (int i = 0; i < Batch; i++)
        {
            again.CopyTo(batch, i * again.Length);
        }

        Task reading = Task.Run(() => client.SkipAsync((long)Times * AckBytes)); // it is stored, so each copy is answered
        for (int i = 0; i < Times / Batch; i++)
        {
            await client.MustSendAsync(batch);
        }

        await reading;
        Assert.Equal([0x70, 2, 0, 1], await client.RequestAsync(Packets.Ack(PacketType.PubRel, 1)));
        LedgerView after = await LedgerView.SettledAsync(Gateway.Process.Http, before.Received + 1);
        Assert.Equal((before.Received + 1, before.Stored + 1), (after.Received, after.Stored));
    });

    [Fact]
    public Task Identifiers_used_again_while_in_flight_are_acknowledged_once_for_each_message() => AttackAsync(async round =>
    {
        const int Messages = 500;
        using FloodClient client = await FloodAsync($"reuse-{round}");
        byte[] publish = Packets.Publish(V5, "city/v1/flood/FLD-000012/telemetry", "{\"water_level\":1}", 1, 9);
        await client.MustSendAsync(Bytes.Join([.. Enumerable.Repeat(publish, Messages)]));
        for (int i = 0; i < Messages; i++)
        {
            Assert.Equal([0x40, 2, 0, 9], await client.TakePacketAsync());
        }

        Assert.Equal([0xD0, 0], await client.RequestAsync(Packets.PingReq));
    });

    [Fact]
    public Task More_messages_under_way_than_announced_close_with_0x93() => AttackAsync(async _ =>
    {
        using Peer client = await ConnectAsync("receive-maximum");
        byte[] flood = Bytes.Join([.. Enumerable.Range(1, 1025).Select(id => Packets.Publish(V5, Topic("held"), "", 2, id))]);
        await client.SendAsync(flood);
        for (int id = 1; id <= 1024; id++)
        {
            Received packet = await client.ReceiveAsync();
            if (packet.Type == PacketType.Disconnect)
            {
                Assert.Equal(0x93, packet.ReasonCode);
                return;
            }

            Assert.Equal((PacketType.PubRec, id), (packet.Type, packet.PacketIdentifier));
        }

        await client.ReceiveCloseAsync(0x93);
    });

    [Fact]
    public Task Aliases_are_bounded_in_number_and_bytes_and_may_change_without_end() => AttackAsync(async round =>
    {
        using Peer over = await ConnectAsync("alias-over");
        await over.SendAsync(Packets.Publish(V5, "t", "", properties: [Property.TopicAlias(17)]));
        await over.ReceiveCloseAsync(0x94);
        using Peer unknown = await ConnectAsync("alias-unknown");
        await unknown.SendAsync(Packets.Publish(V5, "", "", properties: [Property.TopicAlias(16)]));
        await unknown.ReceiveCloseAsync(0x82);
        using Peer large = await ConnectAsync("alias-large");
        await large.SendAsync(Packets.Publish(V5, new string('a', 16 * 1024), "", properties: [Property.TopicAlias(1)]));
        await large.ReceiveNothingAsync();
        await large.SendAsync(Packets.Publish(V5, "b", "", properties: [Property.TopicAlias(2)]));
        await large.ReceiveCloseAsync(0x97);
        using FloodClient changing = await FloodAsync($"alias-changing-{round}");
        for (int batch = 0; batch < 20; batch++)
        {
            byte[] changes = Bytes.Join([.. Enumerable.Range(0, 1000).Select(i => Packets.Publish(V5, $"t/{batch}/{i}", "", properties: [Property.TopicAlias((i % 16) + 1)]))]);
            await changing.MustSendAsync(changes);
        }

        Assert.Equal([0xD0, 0], await changing.RequestAsync(Packets.PingReq));
    });

    [Fact]
    public Task User_properties_without_number_close_with_0x97() => AttackAsync(async _ =>
    {
        byte[] flood = Bytes.Join([.. Enumerable.Repeat(Property.User("", ""), 100_000)]);
        for (int i = 0; i < 20; i++)
        {
            using Peer publisher = await ConnectAsync("user-properties");
            await publisher.SendAsync(Bytes.Packet(0x30, Bytes.Text("t"), Bytes.Variable(flood.Length), flood));
            await publisher.ReceiveCloseAsync(0x97);
        }

        using Peer stranger = await OpenAsync();
        byte[] fitting = flood[..(40_000 * 5)];
        await stranger.SendAsync(Packets.Connect("MQTT", 5, 2, 60, [.. Bytes.Variable(fitting.Length), .. fitting, .. Bytes.Text("x")]));
        await stranger.ReceiveRefusalAsync(0x97);
        using Peer most = await ConnectAsync("user-properties-most");
        await most.SendAsync(Packets.Publish(V5, "t", "", properties: [.. Enumerable.Repeat(Property.User("n", "v"), 32)]));
        await most.ReceiveNothingAsync();
    });
}
