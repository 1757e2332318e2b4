using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Host.Ingest.WebSockets;

/// <summary>
/// A WebSocket as a byte stream: binary frames in and out, packets anywhere across them (v5 section 6). A text frame ends it
/// [MQTT-6.0.0-1].
/// </summary>
internal sealed class WebSocketConnection : ConnectionContext, IDuplexPipe
{
    private const int ReceiveBytes = 4096;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly Pipe _received = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _sent = new(new PipeOptions(useSynchronizationContext: false));
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Takes an accepted WebSocket.</summary>
    public WebSocketConnection(WebSocket socket, string id, EndPoint? remote)
    {
        _socket = socket;
        ConnectionId = id;
        RemoteEndPoint = remote;
        Transport = this;
    }

    /// <inheritdoc />
    public override string ConnectionId { get; set; }

    /// <inheritdoc />
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc />
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <inheritdoc />
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc />
    public PipeReader Input => _received.Reader;

    /// <inheritdoc />
    public PipeWriter Output => _sent.Writer;

    /// <summary>Carries bytes both ways until <paramref name="handler"/> is done with the connection.</summary>
    public async Task RunAsync(Func<ConnectionContext, Task> handler)
    {
        Task receiving = ReceiveAsync();
        Task sending = SendAsync();
        await handler(this).ConfigureAwait(false);
        await Output.CompleteAsync().ConfigureAwait(false);
        await Task.WhenAny(sending, Task.Delay(CloseTimeout)).ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(receiving, sending).ConfigureAwait(false);
        await Input.CompleteAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _ended.Cancel();
        _socket.Abort();
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        _ended.Dispose();
        return base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(_received.Writer.GetMemory(ReceiveBytes), _ended.Token).ConfigureAwait(false);
                if (result.MessageType != WebSocketMessageType.Binary)
                {
                    break; // the close frame, or text, which is not MQTT
                }

                _received.Writer.Advance(result.Count);
                if ((await _received.Writer.FlushAsync(_ended.Token).ConfigureAwait(false)).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            error = new ConnectionResetException(e.Message, e); // as a socket tells its reader
        }

        await _received.Writer.CompleteAsync(error).ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                ReadResult read = await _sent.Reader.ReadAsync(_ended.Token).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    await _socket.SendAsync(piece, WebSocketMessageType.Binary, endOfMessage: true, _ended.Token).ConfigureAwait(false);
                }

                _sent.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            error = new ConnectionResetException(e.Message, e);
        }

        await _sent.Reader.CompleteAsync(error).ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        try
        {
            using CancellationTokenSource limit = new(CloseTimeout);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            _socket.Abort(); // it went first
        }
    }
}
