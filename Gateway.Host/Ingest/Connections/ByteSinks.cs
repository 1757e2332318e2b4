using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Host.Ingest.Connections;

/// <summary>The ways out of a connection.</summary>
internal static class ByteSinks
{
    /// <summary>Straight into the socket where nothing lies between, as TLS and WebSocket do; else through the transport's pipe.</summary>
    public static IByteSink Of(ConnectionContext connection) =>
        connection.Features.Get<ITlsHandshakeFeature>() is null && connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            ? new SocketSink(socket)
            : new PipeSink(connection.Transport.Output);
}

/// <summary>
/// A socket, written to on the caller's thread. An acknowledgement is a few bytes that the kernel takes at once; a pipe with a sender
/// behind it costs more than the send itself.
/// </summary>
internal sealed class SocketSink : IByteSink
{
    private readonly Socket _socket;

    /// <summary>Takes a socket; its own sends return at once from here on, as its receives do already.</summary>
    public SocketSink(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    /// <inheritdoc />
    public bool IsWaiting => false;

    /// <inheritdoc />
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => 0,
                _ => -1,
            };
        }
        catch (ObjectDisposedException)
        {
            return -1; // closed on another thread in this very moment
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false)..];
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}

/// <summary>A transport's pipe: it takes everything at once and says afterwards that it is full.</summary>
internal sealed class PipeSink(PipeWriter pipe) : IByteSink
{
    private ValueTask<FlushResult> _flush;

    /// <inheritdoc />
    public bool IsWaiting { get; private set; }

    /// <inheritdoc />
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            pipe.Write(bytes);
            _flush = pipe.FlushAsync();
            IsWaiting = !_flush.IsCompletedSuccessfully;
            return IsWaiting || IsOpen(_flush.Result) ? bytes.Length : -1;
        }
        catch (Exception)
        {
            return -1; // whatever the transport's reason is; the reader loop gets the same and says it
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            bool open = !IsWaiting || IsOpen(await _flush.ConfigureAwait(false));
            IsWaiting = false;
            return open && (bytes.IsEmpty || IsOpen(await pipe.WriteAsync(bytes).ConfigureAwait(false)));
        }
        catch (Exception)
        {
            IsWaiting = false;
            return false; // as above
        }
    }

    private static bool IsOpen(FlushResult result) => !result.IsCompleted && !result.IsCanceled;
}
