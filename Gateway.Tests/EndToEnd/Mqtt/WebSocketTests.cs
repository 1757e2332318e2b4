using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>MQTT over WebSocket where clients do not do what they should.</summary>
public sealed class WebSocketTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    private static readonly byte[] Connect = [0x10, 0x10, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 4, (byte)'w', (byte)'s', (byte)'-', (byte)'1'];

    private Uri Address => new($"ws://127.0.0.1:{gateway.Process.HttpPort}/mqtt");

    [Fact]
    public async Task Packets_may_be_cut_anywhere_by_frames()
    {
        using ClientWebSocket socket = await OpenAsync();
        foreach (byte one in Connect)
        {
            await socket.SendAsync(new[] { one }, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }

        byte[] answer = new byte[4];
        Assert.Equal(4, (await socket.ReceiveAsync(answer, CancellationToken.None)).Count);
        Assert.Equal([0x20, 2, 0, 0], answer);
    }

    [Fact]
    public async Task A_text_frame_ends_the_connection()
    {
        using ClientWebSocket socket = await OpenAsync();
        await socket.SendAsync(Connect, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[16], CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
    }

    [Fact]
    public async Task A_plain_request_is_told_what_the_path_takes()
    {
        using HttpResponseMessage answer = await gateway.Process.Http.GetAsync("/mqtt");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("subprotocol mqtt", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("", true)]
    public async Task A_page_of_another_origin_may_not_connect(string origin, bool may)
    {
        using ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        if (origin.Length > 0)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        if (may)
        {
            await socket.ConnectAsync(Address, CancellationToken.None);
            Assert.Equal("mqtt", socket.SubProtocol);
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address, CancellationToken.None));
            Assert.Equal(WebSocketState.Closed, socket.State);
        }
    }

    private async Task<ClientWebSocket> OpenAsync()
    {
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(Address, CancellationToken.None);
        return socket;
    }
}
