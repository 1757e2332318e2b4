using System.Globalization;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>Sessions with an expiry over a kill -9 and over a proper stop of the gateway.</summary>
public sealed class KeptSessionTests
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;
    private const string Reading = """{"ts":1769504400000,"seq":1,"smoke_density":0.01,"temperature":21,"battery":93,"rssi":-71}""";

    [Theory]
    [InlineData(V311, true)]
    [InlineData(V5, true)]
    [InlineData(V311, false)]
    [InlineData(V5, false)]
    public async Task What_was_acknowledged_to_the_publisher_reaches_an_offline_subscriber_after_a_restart(MqttProtocolVersion version, bool killed)
    {
        await using GatewayProcess gateway = await StartAsync();
        await using (MqttTestClient subscriber = await ConnectAsync(gateway, "kept", version, present: false))
        {
            Assert.Equal(ReasonCode.GrantedQos1, await subscriber.SubscribeAsync("kept/+", Qos.AtLeastOnce));
        }

        await using (MqttTestClient publisher = await MqttTestClient.ConnectAsync(gateway.MqttPort, "publisher"))
        {
            for (ushort id = 1; id <= 100; id++)
            {
                await publisher.PublishAsync("kept/topic", id.ToString(CultureInfo.InvariantCulture), id);
            }

            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(PacketType.PubAck, (await publisher.ReceiveAsync())!.Value.Header.Type);
            }
        }

        await RestartAsync(gateway, killed);
        await using MqttTestClient back = await ConnectAsync(gateway, "kept", version, present: true);
        List<string> payloads = [];
        for (int i = 0; i < 100; i++)
        {
            (string payload, ushort id, bool dup) = await ReceivePublishAsync(back);
            Assert.False(dup);
            payloads.Add(payload);
            await back.SendAsync(o => MqttPacketWriter.WritePubAck(o, id));
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(n => n.ToString(CultureInfo.InvariantCulture)), payloads);
        Assert.Empty(await back.PingAsync());
    }

    [Fact]
    public async Task Messages_in_flight_at_a_stop_come_again_under_their_identifiers_and_the_rest_once()
    {
        await using GatewayProcess gateway = await StartAsync();
        await using MqttTestClient subscriber = await ConnectAsync(gateway, "inflight", V5, present: false);
        await subscriber.SubscribeAsync("inflight/topic", Qos.ExactlyOnce);
        await using (MqttTestClient publisher = await MqttTestClient.ConnectAsync(gateway.MqttPort, "publisher"))
        {
            for (ushort id = 1; id <= 3; id++)
            {
                await PublishTwiceSafeAsync(publisher, "inflight/topic", $"m{id}", id);
            }
        }

        List<(string Payload, ushort Id, bool Dup)> first = [await ReceivePublishAsync(subscriber), await ReceivePublishAsync(subscriber), await ReceivePublishAsync(subscriber)];
        Assert.Equal(["m1", "m2", "m3"], first.Select(f => f.Payload));

        // The first is done, of the second only the PUBREC has gone, of the third nothing.
        await AckAsync(subscriber, PacketType.PubRec, first[0].Id);
        Assert.Equal(PacketType.PubRel, (await subscriber.ReceiveAsync())!.Value.Header.Type);
        await AckAsync(subscriber, PacketType.PubComp, first[0].Id);
        await AckAsync(subscriber, PacketType.PubRec, first[1].Id);
        Assert.Equal(PacketType.PubRel, (await subscriber.ReceiveAsync())!.Value.Header.Type);

        await RestartAsync(gateway, killed: false);
        await using MqttTestClient back = await ConnectAsync(gateway, "inflight", V5, present: true);
        (FixedHeader header, byte[] body) = (await back.ReceiveAsync())!.Value;
        Assert.Equal((PacketType.PubRel, first[1].Id), (header.Type, (ushort)((body[0] << 8) | body[1])));
        Assert.Equal(("m3", first[2].Id, true), await ReceivePublishAsync(back));
        Assert.Empty(await back.PingAsync());
    }

    [Fact]
    public async Task A_qos_2_message_sent_again_after_a_kill_is_stored_once_and_a_new_one_under_its_identifier_is_not_swallowed()
    {
        await using GatewayProcess gateway = await StartAsync();
        const string Topic = "city/v1/smoke/SMK-000001/telemetry";
        await using (MqttTestClient device = await ConnectAsync(gateway, "SMK-000001", V5, present: false))
        {
            Assert.Equal(PacketType.PubRec, await PublishQos2Async(device, Topic, Reading, 7, dup: false));
        }

        await RestartAsync(gateway, killed: true);
        await using (MqttTestClient device = await ConnectAsync(gateway, "SMK-000001", V5, present: true))
        {
            Assert.Equal(PacketType.PubRec, await PublishQos2Async(device, Topic, Reading, 7, dup: true));
            LedgerView once = await LedgerView.SettledAsync(gateway.Http, 1);
            Assert.Equal((1, 1, 0), (once.Received, once.Stored, once.Duplicate));
            await AckAsync(device, PacketType.PubRel, 7);
            Assert.Equal(PacketType.PubComp, (await device.ReceiveAsync())!.Value.Header.Type);
        }

        // It was released durably before PUBCOMP: what comes under 7 now is another message, though marked as sent before.
        await RestartAsync(gateway, killed: true);
        await using (MqttTestClient device = await ConnectAsync(gateway, "SMK-000001", V5, present: true))
        {
            string other = Reading.Replace("\"seq\":1", "\"seq\":2", StringComparison.Ordinal).Replace("04400000", "04401000", StringComparison.Ordinal);
            Assert.Equal(PacketType.PubRec, await PublishQos2Async(device, Topic, other, 7, dup: true));
        }

        LedgerView both = await LedgerView.SettledAsync(gateway.Http, 2);
        Assert.Equal(2, both.Stored);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscriptions_taken_back_and_sessions_that_ended_do_not_come_back(bool killed)
    {
        await using GatewayProcess gateway = await StartAsync();
        await using (MqttTestClient client = await ConnectAsync(gateway, "leaver", V5, present: false))
        {
            await client.SubscribeAsync("leaver/a", Qos.AtLeastOnce);
            await client.SubscribeAsync("leaver/b", Qos.AtLeastOnce);
            Assert.True(Gateway.Protocols.Mqtt.Topics.TopicFilter.TryParse("leaver/a", out Gateway.Protocols.Mqtt.Topics.TopicFilter filter));
            await client.SendAsync(o => MqttPacketWriter.Write(o, new UnsubscribePacket { PacketIdentifier = 9, Filters = [filter] }, V5));
            Assert.Equal(PacketType.UnsubAck, (await client.ReceiveAsync())!.Value.Header.Type);
        }

        // Takes its session along when it goes.
        await using (MqttTestClient client = await ConnectAsync(gateway, "ended", V5, present: false))
        {
            await client.SubscribeAsync("leaver/+", Qos.AtLeastOnce);
            await client.SendAsync(o => MqttPacketWriter.Write(o, new DisconnectPacket(ReasonCode.Success) { SessionExpiryIntervalSeconds = 0 }, V5));
            Assert.Null(await client.ReceiveAsync());
        }

        // Another's acknowledged message carries all of that to the disk.
        await using (MqttTestClient publisher = await MqttTestClient.ConnectAsync(gateway.MqttPort, "publisher"))
        {
            await publisher.PublishAsync("leaver/a", "a", 1);
            await publisher.PublishAsync("leaver/b", "b", 2);
            Assert.Equal(PacketType.PubAck, (await publisher.ReceiveAsync())!.Value.Header.Type);
            Assert.Equal(PacketType.PubAck, (await publisher.ReceiveAsync())!.Value.Header.Type);
        }

        await RestartAsync(gateway, killed);
        await using MqttTestClient back = await ConnectAsync(gateway, "leaver", V5, present: true);
        Assert.Equal("b", (await ReceivePublishAsync(back)).Payload);
        Assert.Empty(await back.PingAsync());
        await using MqttTestClient anew = await ConnectAsync(gateway, "ended", V5, present: false);
    }

    [Fact]
    public async Task A_damaged_session_file_is_named_at_start_with_what_to_do()
    {
        await using GatewayProcess gateway = await StartAsync();
        await using (MqttTestClient client = await ConnectAsync(gateway, "kept", V5, present: false))
        {
            await client.SubscribeAsync("a/b", Qos.AtLeastOnce);
        }

        await gateway.StopAsync();
        string path = Path.Combine(gateway.Data, "sessions.bin");
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(gateway.StartAgainAsync);
        Assert.Contains("sessions.bin: its checksum is wrong; move it away to start without the MQTT sessions", refused.Message, StringComparison.Ordinal);
    }

    private static Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = new Dictionary<string, string> { ["Gateway__Mqtt__Access"] = "open" } });

    private static async Task RestartAsync(GatewayProcess gateway, bool killed)
    {
        await (killed ? gateway.KillAsync() : gateway.StopAsync());
        await gateway.StartAgainAsync();
    }

    private static async Task<MqttTestClient> ConnectAsync(GatewayProcess gateway, string clientId, MqttProtocolVersion version, bool present)
    {
        ConnectProperties properties = version == V5 ? new ConnectProperties { SessionExpiryIntervalSeconds = 3600 } : ConnectProperties.None;
        ConnectPacket packet = new() { Version = version, ClientId = clientId, CleanStart = false, KeepAliveSeconds = 60, Properties = properties };
        (MqttTestClient client, ConnAckPacket answer) = await MqttTestClient.ConnectAsync(gateway.MqttPort, packet);
        Assert.Equal((ReasonCode.Success, present), (answer.ReasonCode, answer.SessionPresent));
        return client;
    }

    private static async Task<(string Payload, ushort Id, bool Dup)> ReceivePublishAsync(MqttTestClient client)
    {
        (FixedHeader header, byte[] body) = (await client.ReceiveAsync())!.Value;
        Assert.True(PublishPacket.TryParse(header, body, client.Context, out PublishPacket packet, out _));
        return (Encoding.UTF8.GetString(packet.Payload), packet.PacketIdentifier, packet.Dup);
    }

    private static Task<bool> AckAsync(MqttTestClient client, PacketType type, ushort id) => client.SendAsync(o => MqttPacketWriter.WriteAck(o, type, id));

    private static async Task<PacketType> PublishQos2Async(MqttTestClient client, string topic, string payload, ushort id, bool dup)
    {
        await client.SendAsync(o => MqttPacketWriter.WritePublish(o, client.Version, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(payload),
            Qos = Qos.ExactlyOnce,
            PacketIdentifier = id,
            Dup = dup,
        }));
        return (await client.ReceiveAsync())!.Value.Header.Type;
    }

    private static async Task PublishTwiceSafeAsync(MqttTestClient client, string topic, string payload, ushort id)
    {
        Assert.Equal(PacketType.PubRec, await PublishQos2Async(client, topic, payload, id, dup: false));
        await AckAsync(client, PacketType.PubRel, id);
        Assert.Equal(PacketType.PubComp, (await client.ReceiveAsync())!.Value.Header.Type);
    }
}
