using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Host.Ingest.Transport;

/// <summary>Accepts connections and gives each to a loop.</summary>
internal sealed partial class EpollListener(Socket socket, IReadOnlyList<EpollLoop> loops, ILogger logger) : IConnectionListener
{
    /// <summary>Connections the kernel holds until they are accepted: a city's devices come back at once after a failure of the network.</summary>
    public const int Backlog = 4096;

    private static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(100);

    private int _next;

    /// <inheritdoc />
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <inheritdoc />
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Begin(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null; // no more are wanted
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Either the client has gone again, or there are no more descriptors: then the next one may be served when another has left.
                LogNotAccepted(logger, e.Message);
                if (e is not SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted })
                {
                    await Task.Delay(ShortagePause, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
    }

    /// <inheritdoc />
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => UnbindAsync();

    private DirectConnection Begin(Socket accepted)
    {
        try
        {
            accepted.NoDelay = true;
            DirectConnection connection = new(accepted, loops[_next++ % loops.Count]);
            connection.Begin();
            return connection;
        }
        catch
        {
            accepted.Dispose(); // it has gone again, or the kernel watches no more sockets
            throw;
        }
    }

    [LoggerMessage(EventId = 1303, Level = LogLevel.Debug, Message = "mqtt: a connection could not be accepted: {Reason}")]
    private static partial void LogNotAccepted(ILogger logger, string reason);
}
