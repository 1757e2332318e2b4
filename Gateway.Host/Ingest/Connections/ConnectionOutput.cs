using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// The one way bytes leave for a client. Its reader loop, the log's committer and other clients' publishes all write here, each under
/// the gate and each sent once, in the outermost scope; while the network does not take them bytes gather aside. Safe for threads.
/// </summary>
/// <param name="sink">The connection's way out.</param>
/// <param name="queues">What waits for all clients together; what has gathered aside counts.</param>
/// <param name="drained">Called, without the gate, when a client that did not read has taken everything again.</param>
internal sealed class ConnectionOutput(IByteSink sink, ByteBudget queues, Action drained)
{
    /// <summary>Bytes that may gather for a client that does not read before nothing more is delivered to it.</summary>
    public const int CongestionLimitBytes = 1024 * 1024;

    private const int BufferKeptBytes = 64 * 1024;

    /// <summary>What a thread keeps to write to: growing it anew for each large message would leave more garbage than it holds.</summary>
    private const int SpareKeptBytes = 2 * 1024 * 1024;

    /// <summary>What may gather for any client, however much has for all together.</summary>
    private const int GatheredFreeBytes = 16 * 1024;

    /// <summary>What a scope writes to: one a thread, since few connections have something to send at the same moment.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_spare;

    private readonly object _gate = new();
    private ArrayBufferWriter<byte>? _open; // of the scope that is open
    private ArrayBufferWriter<byte>? _aside; // most clients read what they are sent
    private TaskCompletionSource? _drained;
    private int _depth;
    private int _sendingBytes;
    private int _countedBytes;
    private bool _sending;
    private bool _closed;

    /// <summary>Whether the client is not reading what it is sent.</summary>
    public bool IsCongested
    {
        get
        {
            lock (_gate)
            {
                return Gathered > CongestionLimitBytes || (Gathered > GatheredFreeBytes && !queues.HasRoomFor(0));
            }
        }
    }

    /// <summary>Bytes the network has not taken; under the gate.</summary>
    private int Gathered => (_aside?.WrittenCount ?? 0) + _sendingBytes;

    /// <summary>Takes the gate; what is written is sent when the scope ends.</summary>
    public Scope Begin()
    {
        Monitor.Enter(_gate);
        _depth++;
        return new Scope(this);
    }

    /// <summary>Completes when the client has taken what had gathered; at once when nothing has.</summary>
    public Task Drained()
    {
        lock (_gate)
        {
            if (!_sending || _closed)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Nothing is sent any more; later writes go nowhere.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _drained?.TrySetResult();
            (_aside, _sendingBytes) = (null, 0);
            Count();
        }
    }

    /// <summary>Whoever waits for <see cref="Drained"/> waits no more: the connection is closing.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _drained?.TrySetResult();
            _drained = null;
        }
    }

    private ArrayBufferWriter<byte> Writer()
    {
        if (_open is null)
        {
            _open = t_spare ?? new ArrayBufferWriter<byte>(256);
            t_spare = null;
        }

        return _open;
    }

    private void End()
    {
        try
        {
            if (--_depth == 0 && _open is { } written)
            {
                _open = null;
                Send(written.WrittenSpan);
                written.ResetWrittenCount();
                t_spare = written.Capacity > SpareKeptBytes ? null : written;
            }
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (_closed || bytes.IsEmpty)
        {
            return;
        }

        if (!_sending)
        {
            int sent = sink.TrySend(bytes);
            if (sent < 0)
            {
                _closed = true; // the reader loop sees the same, says it and cleans up
                return;
            }

            if (sent == bytes.Length && !sink.IsWaiting)
            {
                return;
            }

            bytes = bytes[sent..];
        }

        if (!bytes.IsEmpty)
        {
            (_aside ??= new ArrayBufferWriter<byte>(bytes.Length)).Write(bytes);
            Count();
        }

        if (!_sending)
        {
            _sending = true;
            _ = SendAsideAsync();
        }
    }

    /// <summary>Counts what has gathered since it was counted last, or has gone; under the gate.</summary>
    private void Count()
    {
        int bytes = Gathered;
        if (bytes != _countedBytes)
        {
            queues.Take(bytes - _countedBytes);
            _countedBytes = bytes;
        }
    }

    /// <summary>Sends what gathers aside until nothing does.</summary>
    private async Task SendAsideAsync()
    {
        // Never on the thread that holds the gates of a session and its output: it may be the log's committer.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ArrayBufferWriter<byte>? sending = null;
        do
        {
            if (!await sink.SendAsync(sending?.WrittenMemory ?? default).ConfigureAwait(false))
            {
                Close();
            }
        }
        while (TakeAside(ref sending));
        if (!_closed)
        {
            drained();
        }
    }

    private bool TakeAside([NotNullWhen(true)] ref ArrayBufferWriter<byte>? sending)
    {
        lock (_gate)
        {
            if (_closed || _aside is null or { WrittenCount: 0 })
            {
                (_sending, _aside, _sendingBytes) = (false, null, 0);
                Count();
                _drained?.TrySetResult();
                _drained = null;
                return false;
            }

            ArrayBufferWriter<byte>? sent = sending;
            sending = _aside;
            _sendingBytes = sending.WrittenCount;
            sent?.ResetWrittenCount();
            _aside = sent is { Capacity: <= BufferKeptBytes } ? sent : null;
            Count();
            return true;
        }
    }

    /// <summary>The gate held; write, then dispose.</summary>
    internal readonly ref struct Scope(ConnectionOutput output)
    {
        /// <summary>Takes the bytes of whole packets.</summary>
        public IBufferWriter<byte> Writer => output.Writer();

        /// <summary>Sends what was written, if this is the outermost scope, and gives the gate back.</summary>
        public void Dispose() => output.End();
    }
}
