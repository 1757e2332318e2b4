using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Hostile;

/// <summary>Bytes that are no text, wherever MQTT has a text, and topics of 65,000 levels.</summary>
[Collection(HostileSuite.Name)]
public sealed class TextAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    private const int Malformed = 0x81;

    private static readonly string Slashes = new('/', 65_000);

    /// <summary>NUL, surrogates, overlong forms, beyond Unicode, cut off, and bytes that never occur.</summary>
    private static readonly byte[][] BadTexts =
    [
        [0x61, 0x00, 0x62], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0xAF],
        [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0x80], [0x61, 0xE2, 0x82], [0xFE], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ];

    [Fact]
    public Task Text_that_is_none_is_refused_in_every_place_of_a_connected_client() => AttackAsync(async _ =>
    {
        foreach (byte[] bad in BadTexts)
        {
            byte[] text = Bytes.Binary(bad);
            byte[] good = Bytes.Text("a");
            byte[] userName = [(byte)PropertyId.UserProperty, .. text, .. good];
            byte[] userValue = [(byte)PropertyId.UserProperty, .. good, .. text];
            byte[][] packets =
            [
                Packets.Publish(V5, text, []),
                Packets.Publish(V5, text, [], qos: 2, id: 1, properties: [Property.TopicAlias(1)]),
                Packets.Publish(V5, good, [], properties: [userName]),
                Packets.Publish(V5, good, [], properties: [userValue]),
                Packets.Publish(V5, good, [], properties: [[(byte)PropertyId.ContentType, .. text]]),
                Packets.Publish(V5, good, [], properties: [[(byte)PropertyId.ResponseTopic, .. text]]),
                Bytes.Packet(0x82, Bytes.Two(1), Property.Section(), text, [0]),
                Bytes.Packet(0x82, Bytes.Two(1), Property.Section(userName), good, [0]),
                Bytes.Packet(0x82, Bytes.Two(1), Property.Section(), Bytes.Binary([.. "$share/"u8, .. bad, .. "/a"u8]), [0]),
                Bytes.Packet(0xA2, Bytes.Two(1), Property.Section(), good, text),
                Bytes.Packet(0x40, Bytes.Two(1), [0], Property.Section([(byte)PropertyId.ReasonString, .. text])),
                Bytes.Packet(0x62, Bytes.Two(1), [0], Property.Section(userValue)),
                Bytes.Packet(0xE0, [0], Property.Section([(byte)PropertyId.ReasonString, .. text])),
            ];
            foreach (byte[] packet in packets)
            {
                using Peer peer = await ConnectAsync("text");
                await peer.SendAsync(packet);
                await peer.ReceiveCloseAsync(Malformed);
            }

            foreach (byte[] packet in (byte[][])[Packets.Publish(V311, text, [], 1, 1), Bytes.Packet(0x82, Bytes.Two(1), text, [0]), Bytes.Packet(0xA2, Bytes.Two(1), text)])
            {
                using Peer peer = await ConnectAsync("text", V311);
                await peer.SendAsync(packet);
                await peer.ReceiveEndAsync();
            }
        }
    });

    [Fact]
    public Task Text_that_is_none_is_refused_in_every_place_of_connect() => AttackAsync(async _ =>
    {
        foreach (byte[] bad in BadTexts)
        {
            byte[] text = Bytes.Binary(bad);
            byte[] good = Bytes.Text("a");
            byte[] none = Property.Section();
            (int Flags, byte[] Body)[] connects =
            [
                (2, [.. none, .. text]),
                (2, [.. Property.Section([(byte)PropertyId.UserProperty, .. text, .. good]), .. good]),
                (2, [.. Property.Section([(byte)PropertyId.UserProperty, .. good, .. text]), .. good]),
                (2, [.. Property.Section([(byte)PropertyId.AuthenticationMethod, .. text]), .. good]),
                (6, [.. none, .. good, .. none, .. text, .. good]),
                (6, [.. none, .. good, .. Property.Section([(byte)PropertyId.ContentType, .. text]), .. good, .. good]),
                (6, [.. none, .. good, .. Property.Section([(byte)PropertyId.ResponseTopic, .. text]), .. good, .. good]),
                (6, [.. none, .. good, .. Property.Section([(byte)PropertyId.UserProperty, .. text, .. good]), .. good, .. good]),
                (0x82, [.. none, .. good, .. text]),
            ];
            foreach ((int flags, byte[] rest) in connects)
            {
                using Peer peer = await OpenAsync();
                await peer.SendAsync(Packets.Connect("MQTT", 5, flags, 60, rest));
                await peer.ReceiveRefusalAsync(Malformed);
            }

            // 3.1.1 has no return code for it.
            foreach ((int flags, byte[] rest) in ((int, byte[])[])[(2, text), (6, [.. good, .. text, .. good]), (0x82, [.. good, .. text])])
            {
                using Peer peer = await OpenAsync(V311);
                await peer.SendAsync(Packets.Connect("MQTT", 4, flags, 60, rest));
                await peer.ReceiveEndAsync();
            }
        }
    });

    [Fact]
    public Task Topics_of_65000_levels_are_refused_as_topics_and_as_filters() => AttackAsync(async round =>
    {
        using Peer publisher = await ConnectAsync("slashes");
        await publisher.SendAsync(Packets.Publish(V5, Slashes, "m", 1, 1));
        await publisher.ReceiveCloseAsync(0x90);
        using Peer old = await ConnectAsync("slashes-old", V311);
        await old.SendAsync(Packets.Publish(V311, Slashes, "m", 1, 1));
        await old.ReceiveEndAsync();
        using Peer dying = await OpenAsync();
        await dying.SendAsync(new ConnectOptions { ClientId = Client("slashes-will"), WillTopic = Slashes }.ToPacket(V5));
        await dying.ReceiveRefusalAsync(0x90);

        string pluses = string.Concat(Enumerable.Repeat("+/", 32_000)) + "#";
        using Peer subscriber = await ConnectAsync($"slashes-{round}");
        for (int i = 0; i < 40; i++)
        {
            await subscriber.SendAsync(Packets.Subscribe(V5, 1, (Slashes, 0), (pluses, 0), ("$share/g/" + pluses, 0), (Topic("fine"), 0)));
            Assert.Equal([0x8F, 0x8F, 0x8F, 0], (await subscriber.ReceiveAckAsync(PacketType.SubAck, 1)).ReasonCodes);
            await subscriber.SendAsync(Packets.Unsubscribe(V5, 2, Slashes, pluses));
            Assert.Equal([0x11, 0x11], (await subscriber.ReceiveAckAsync(PacketType.UnsubAck, 2)).ReasonCodes);
        }

        using Peer oldSubscriber = await ConnectAsync($"slashes-old-{round}", V311);
        await oldSubscriber.SendAsync(Packets.Subscribe(V311, 1, (Slashes, 0)));
        Assert.Equal([0x80], (await oldSubscriber.ReceiveAckAsync(PacketType.SubAck, 1)).ReasonCodes);
    });
}
