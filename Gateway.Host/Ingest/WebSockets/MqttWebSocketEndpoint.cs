using System.Net;
using System.Net.WebSockets;

namespace Gateway.Host.Ingest.WebSockets;

/// <summary>MQTT over WebSocket at <c>/mqtt</c> of the HTTP listener, subprotocol <c>mqtt</c> [MQTT-6.0.0-3, -4].</summary>
internal static class MqttWebSocketEndpoint
{
    private const string Path = "/mqtt";
    private const string Subprotocol = "mqtt";

    /// <summary>Adds the path.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero }); // MQTT has its own
        app.MapGet(Path, AcceptAsync).ExcludeFromDescription();
    }

    private static async Task AcceptAsync(HttpContext context, MqttConnectionHandler handler, MqttServer server)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
        {
            await Results.Problem("this path takes MQTT over WebSocket: connect with subprotocol mqtt", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        if (!IsOwnOrigin(context, server.Options.WebSocketOrigins))
        {
            await Results.Problem("a page of another origin may not connect; name it in Gateway:Mqtt:WebSocketOrigins", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        IPEndPoint? remote = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(Subprotocol).ConfigureAwait(false);
        await using WebSocketConnection connection = new(socket, context.Connection.Id, remote);
        await connection.RunAsync(handler.OnConnectedAsync).ConfigureAwait(false);
    }

    /// <summary>
    /// Browsers let any page open a WebSocket to anywhere, this machine included, and say in Origin which page it is; what is no browser
    /// sends none.
    /// </summary>
    private static bool IsOwnOrigin(HttpContext context, IReadOnlyList<string> allowed)
    {
        string? origin = context.Request.Headers.Origin;
        return string.IsNullOrEmpty(origin)
            || string.Equals(origin, $"{context.Request.Scheme}://{context.Request.Host}", StringComparison.OrdinalIgnoreCase)
            || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }
}
