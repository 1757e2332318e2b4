using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Host.Ingest.Transport;

/// <summary>
/// Kestrel's transport for plaintext MQTT on Linux. Kestrel's own one moves each message through a socket operation, a pipe and a buffer of
/// the connection, which costs more than the message; here a thread waits for many sockets, reads each into a buffer of its own and runs the
/// reader at once. TLS, WebSocket and HTTP stay with Kestrel's.
/// </summary>
internal sealed class EpollTransport(ILogger<EpollTransport> logger) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly List<EpollLoop> _loops = [];

    /// <summary>Threads that read: the committer and the pipeline want the other half of the machine.</summary>
    private static int LoopCount => Math.Clamp(Environment.ProcessorCount / 2, 1, 16);

    /// <inheritdoc />
    public bool CanBind(EndPoint endpoint) => endpoint is DirectEndPoint && OperatingSystem.IsLinux();

    /// <inheritdoc />
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true; // as Kestrel does
            }

            socket.Bind(endpoint);
            socket.Listen(EpollListener.Backlog);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse ? new AddressInUseException(e.Message, e) : e;
        }

        while (_loops.Count < LoopCount)
        {
            _loops.Add(new EpollLoop(_loops.Count));
        }

        return ValueTask.FromResult<IConnectionListener>(new EpollListener(socket, _loops, logger));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _loops.ForEach(static l => l.End()); // all at once: each takes a moment to notice
        _loops.ForEach(static l => l.Dispose());
    }
}
