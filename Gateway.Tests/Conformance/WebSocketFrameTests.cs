using System.Net.WebSockets;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Conformance;

/// <summary>Section 6: MQTT over WebSocket.</summary>
public sealed class WebSocketFrameTests(ConformanceGateway gateway) : ConformanceTests(gateway.Port)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-6.0.0-2", "MQTT-6.0.0-4")]
    [Statement("5.0", "MQTT-6.0.0-2", "MQTT-6.0.0-4")]
    public async Task Packets_need_not_align_with_frames(MqttProtocolVersion version)
    {
        using ClientWebSocket socket = await OpenAsync("mqtt", "other");
        Assert.Equal("mqtt", socket.SubProtocol);
        byte[] all = Bytes.Join(new ConnectOptions { ClientId = Client("a") }.ToPacket(version), Packets.PingReq, Packets.PingReq);

        // A packet in pieces, the last of them with more packets behind it.
        foreach (byte[] frame in new[] { all[..1], all[1..9], all[9..] })
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }

        List<byte> answers = [];
        while (answers.Count < 4 || answers is not [.., 0xD0, 0x00, 0xD0, 0x00])
        {
            (WebSocketMessageType type, byte[] bytes) = await ReceiveAsync(socket);
            Assert.Equal(WebSocketMessageType.Binary, type);
            answers.AddRange(bytes);
        }

        Assert.Equal(PacketType.ConnAck, new Received(version, [.. answers.SkipLast(4)]).Type);
    }

    [Theory]
    [InlineData(V311)]
    [InlineData(V5)]
    [Statement("3.1.1", "MQTT-6.0.0-1")]
    [Statement("5.0", "MQTT-6.0.0-1")]
    public async Task Text_frame_closes(MqttProtocolVersion version)
    {
        using ClientWebSocket socket = await OpenAsync("mqtt");
        await socket.SendAsync(new ConnectOptions { ClientId = Client("a") }.ToPacket(version), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Binary, (await ReceiveAsync(socket)).Type);
        await socket.SendAsync(Packets.PingReq, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        (WebSocketMessageType type, byte[] bytes) = await ReceiveAsync(socket);
        Assert.True(type == WebSocketMessageType.Close, $"a close was due, this came: {Convert.ToHexString(bytes)}");
    }

    [Theory]
    [InlineData()]
    [InlineData("mqttv3.1")]
    [Statement("3.1.1", "MQTT-6.0.0-3")]
    [Statement("5.0", "MQTT-6.0.0-3")]
    public async Task Client_that_does_not_offer_the_sub_protocol_is_not_taken(params string[] offered) =>
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(offered));

    private static async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource limit = new(Deadline);
        byte[] buffer = new byte[1024];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, limit.Token);
        return (result.MessageType, buffer[..result.Count]);
    }

    private async Task<ClientWebSocket> OpenAsync(params string[] offered)
    {
        ClientWebSocket socket = new();
        foreach (string protocol in offered)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.HttpPort}/mqtt"), CancellationToken.None);
        return socket;
    }
}
