using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Host.Ingest.Transport;

/// <summary>A plaintext connection: what comes is read on the loop's thread, what goes is written to <see cref="Socket"/> by whoever has something to say.</summary>
internal sealed class DirectConnection : ConnectionContext, IDuplexPipe, IConnectionSocketFeature
{
    private readonly EpollLoop _loop;
    private readonly SocketInput _input;
    private readonly int _descriptor;
    private readonly FeatureCollection _features = new(4);
    private IDictionary<object, object?>? _items;
    private PipeWriter? _output;
    private string? _id;
    private long _key;
    private int _isClosed;

    /// <summary>Takes an accepted socket.</summary>
    public DirectConnection(Socket socket, EpollLoop loop)
    {
        Socket = socket;
        _loop = loop;
        socket.Blocking = false;
        _descriptor = (int)socket.Handle;
        _input = new SocketInput(socket);
        _features.Set<IConnectionSocketFeature>(this);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
    }

    /// <inheritdoc />
    public Socket Socket { get; }

    /// <inheritdoc />
    public override string ConnectionId
    {
        get => _id ??= _key.ToString(CultureInfo.InvariantCulture);
        set => _id = value;
    }

    /// <inheritdoc />
    public override IFeatureCollection Features => _features;

    /// <inheritdoc />
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <inheritdoc />
    public override IDuplexPipe Transport
    {
        get => this;
        set => throw new NotSupportedException("nothing lies between a plaintext connection and its socket");
    }

    /// <inheritdoc />
    PipeReader IDuplexPipe.Input => _input;

    /// <summary>For whoever insists on a pipe; the gateway writes to the socket.</summary>
    PipeWriter IDuplexPipe.Output => _output ??= PipeWriter.Create(new NetworkStream(Socket, ownsSocket: false));

    /// <summary>Begins to read.</summary>
    /// <exception cref="IOException">The kernel does not watch any more sockets.</exception>
    public void Begin() => _key = _loop.Watch(this, _descriptor);

    /// <summary>There is something to read, or the other side has gone; on the loop's thread.</summary>
    public void BecameReadable(bool hasEnded) => _input.BecameReadable(hasEnded);

    /// <inheritdoc />
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _input.End();
        Close();
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        Close();
        _input.Complete();
        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        _loop.Forget(_key, _descriptor);
        try
        {
            Socket.Shutdown(SocketShutdown.Both); // what was written still leaves
        }
        catch (SocketException)
        {
            // The other side was quicker: there is nobody to say goodbye to.
        }

        Socket.Dispose();
    }
}
