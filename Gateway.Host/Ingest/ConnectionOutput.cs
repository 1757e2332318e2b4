using System.Buffers;
using System.IO.Pipelines;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Host.Ingest;

/// <summary>
/// The one way bytes leave for a client. Its reader loop, the log's committer and other clients' publishes all write here, each under
/// the gate and each flushed once; while a flush is under way bytes gather aside. Safe for threads.
/// </summary>
/// <param name="pipe">The connection's output.</param>
/// <param name="queues">What waits for all clients together; what has gathered aside counts.</param>
/// <param name="drained">Called, without the gate, when a client that did not read has taken everything again.</param>
internal sealed class ConnectionOutput(PipeWriter pipe, ByteBudget queues, Action drained)
{
    /// <summary>Bytes that may gather for a client that does not read before nothing more is delivered to it.</summary>
    public const int CongestionLimitBytes = 1024 * 1024;

    private const int AsideKeptBytes = 16 * 1024;

    private readonly object _gate = new();
    private ArrayBufferWriter<byte>? _aside; // most clients read what they are sent
    private TaskCompletionSource? _drained;
    private bool _flushing;
    private bool _closed;
    private int _countedBytes;

    /// <summary>Whether the client is not reading what it is sent.</summary>
    public bool IsCongested
    {
        get
        {
            lock (_gate)
            {
                return _aside?.WrittenCount > CongestionLimitBytes || (_aside?.WrittenCount > AsideKeptBytes && !queues.HasRoomFor(0));
            }
        }
    }

    /// <summary>Takes the gate; what is written is sent when the scope ends.</summary>
    public Scope Begin()
    {
        Monitor.Enter(_gate);
        return new Scope(this);
    }

    /// <summary>Completes when the client has taken what had gathered; at once when nothing has.</summary>
    public Task Drained()
    {
        lock (_gate)
        {
            if (!_flushing || _closed)
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
            _aside = null;
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

    private void End()
    {
        try
        {
            if (!_closed && !_flushing)
            {
                Flush();
            }

            Count();
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    private void Flush()
    {
        while (true)
        {
            ValueTask<FlushResult> flush = StartFlush();
            if (!flush.IsCompletedSuccessfully)
            {
                _flushing = true;
                _ = ContinueAsync(flush);
                return;
            }

            if (flush.Result.IsCompleted || flush.Result.IsCanceled)
            {
                _closed = true;
                return;
            }

            if (_aside is null or { WrittenCount: 0 })
            {
                return;
            }

            WriteAside(_aside);
        }
    }

    /// <summary>Counts what has gathered aside since it was counted last, or has gone; under the gate.</summary>
    private void Count()
    {
        int bytes = _aside?.WrittenCount ?? 0;
        if (bytes != _countedBytes)
        {
            queues.Take(bytes - _countedBytes);
            _countedBytes = bytes;
        }
    }

    private void WriteAside(ArrayBufferWriter<byte> aside)
    {
        pipe.Write(aside.WrittenSpan);
        aside.ResetWrittenCount();
        _aside = aside.Capacity > AsideKeptBytes ? null : aside;
    }

    /// <summary>A flush that fails at once is a flush that fails: whoever writes here is often not the connection's own thread.</summary>
    private ValueTask<FlushResult> StartFlush()
    {
        try
        {
            return pipe.FlushAsync();
        }
        catch (Exception e)
        {
            return ValueTask.FromException<FlushResult>(e);
        }
    }

    private async Task ContinueAsync(ValueTask<FlushResult> flush)
    {
        bool ended;
        try
        {
            FlushResult result = await flush.ConfigureAwait(false);
            ended = result.IsCompleted || result.IsCanceled;
        }
        catch (Exception)
        {
            // Whatever the transport's reason is, nothing can be written any more. The connection's reader loop sees the same reason,
            // says it in the log and cleans up.
            ended = true;
        }

        bool all;
        lock (_gate)
        {
            _flushing = false;
            _closed |= ended;
            if (!_closed && _aside is { WrittenCount: > 0 })
            {
                WriteAside(_aside);
                Flush();
            }

            Count();
            if (!_flushing)
            {
                _drained?.TrySetResult();
                _drained = null;
            }

            all = !_flushing && !_closed;
        }

        if (all)
        {
            drained();
        }
    }

    /// <summary>The gate held; write, then dispose.</summary>
    internal readonly ref struct Scope(ConnectionOutput output)
    {
        /// <summary>Takes the bytes of whole packets.</summary>
        public IBufferWriter<byte> Writer =>
            output._closed ? Discard.Instance : output._flushing ? output._aside ??= new ArrayBufferWriter<byte>(256) : output.Pipe;

        /// <summary>Sends what was written and gives the gate back.</summary>
        public void Dispose() => output.End();
    }

    private PipeWriter Pipe => pipe;

    private sealed class Discard : IBufferWriter<byte>
    {
        [ThreadStatic]
        private static byte[]? t_scratch;

        public static Discard Instance { get; } = new();

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => Scratch(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => Scratch(sizeHint);

        private static byte[] Scratch(int sizeHint)
        {
            if (t_scratch is null || t_scratch.Length < sizeHint)
            {
                t_scratch = new byte[Math.Max(sizeHint, 4096)];
            }

            return t_scratch;
        }
    }
}
