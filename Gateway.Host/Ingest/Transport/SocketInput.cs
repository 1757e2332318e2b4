using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Host.Ingest.Transport;

/// <summary>
/// What comes in on a socket, for one reader that does not wait between a result and <see cref="AdvanceTo(SequencePosition, SequencePosition)"/>:
/// the bytes of a result lie in a buffer of the thread until then. Only what the reader leaves is kept, so an idle connection has no buffer.
/// The kernel tells once that there is something to read; from then on the socket is asked until it has nothing.
/// </summary>
internal sealed class SocketInput(Socket socket) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int SharedBytes = 64 * 1024;
    private const int SmallestHeldBytes = 512;

    [ThreadStatic]
    private static byte[]? t_shared;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _waiting;
    private byte[]? _held; // what the reader has left, in front
    private int _heldBytes;
    private ReadOnlySequence<byte> _given;
    private bool _isWaiting;
    private bool _isReadable;
    private bool _hasHungUp;
    private bool _hasUnexamined;
    private bool _isCanceled;
    private bool _hasEnded;
    private SocketError _error;

    /// <summary>There is something to read. A reader that waits goes on at once, on this thread; it reads for itself, into a buffer of its thread.</summary>
    /// <param name="hasHungUp">Whether the other side has closed, so that the end must be looked for behind the last bytes.</param>
    public void BecameReadable(bool hasHungUp)
    {
        lock (_gate)
        {
            _isReadable = true;
            _hasHungUp |= hasHungUp;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _waiting.SetResult(true);
    }

    /// <summary>Nothing more comes.</summary>
    public void End() => Wake(() => _hasEnded = true);

    /// <inheritdoc />
    public override void CancelPendingRead() => Wake(() => _isCanceled = true);

    /// <inheritdoc />
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TryTake(out ReadResult result))
            {
                return new ValueTask<ReadResult>(result);
            }

            _isWaiting = true;
            _waiting.Reset();
            return new ValueTask<ReadResult>(this, _waiting.Version);
        }
    }

    /// <inheritdoc />
    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            return TryTake(out result);
        }
    }

    /// <inheritdoc />
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc />
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            _hasUnexamined = !_given.Slice(examined).IsEmpty;
            Hold(_given.Slice(consumed));
            _given = default;
        }
    }

    /// <inheritdoc />
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            _hasEnded = true;
            Hold(default);
        }
    }

    /// <inheritdoc />
    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _waiting.GetResult(token);
        TryRead(out ReadResult result); // nothing new, now and then: the kernel's word came after its bytes were read
        return result;
    }

    /// <inheritdoc />
    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _waiting.GetStatus(token);

    /// <inheritdoc />
    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    private void Wake(Action why)
    {
        lock (_gate)
        {
            why();
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _waiting.SetResult(true);
    }

    /// <summary>What can be told without waiting; under the gate.</summary>
    /// <exception cref="ConnectionResetException">The connection broke.</exception>
    private bool TryTake(out ReadResult result)
    {
        bool isCanceled = _isCanceled;
        bool received = !isCanceled && !_hasUnexamined && !_hasEnded && TryReceive();
        if (_error != SocketError.Success)
        {
            throw new ConnectionResetException(new SocketException((int)_error).Message);
        }

        bool has = received || isCanceled || _hasUnexamined || _hasEnded;
        if (!received)
        {
            // Also where there is nothing new: what the reader has left comes again, or it would be taken as used.
            _isCanceled = false;
            _given = Held();
        }

        result = new ReadResult(_given, isCanceled, _hasEnded);
        return has;
    }

    /// <summary>Reads once; false when there is nothing. Under the gate.</summary>
    private bool TryReceive()
    {
        while (_isReadable)
        {
            byte[] buffer = _heldBytes == 0 ? t_shared ??= new byte[SharedBytes] : Roomy();
            int room = buffer.Length - _heldBytes;
            int received;
            SocketError error;
            try
            {
                received = socket.Receive(buffer.AsSpan(_heldBytes), SocketFlags.None, out error);
            }
            catch (ObjectDisposedException)
            {
                (received, error) = (0, SocketError.OperationAborted); // aborted in this very moment
            }

            switch (error)
            {
                case SocketError.WouldBlock:
                    _isReadable = false;
                    return false;
                case SocketError.Interrupted:
                    continue;
                case SocketError.Success when received > 0:
                    // Less than there was room for: the socket is empty, and what comes next is told anew. An end behind it was told already.
                    _isReadable = received == room || _hasHungUp;
                    _given = new ReadOnlySequence<byte>(buffer, 0, _heldBytes + received);
                    return true;
                default:
                    (_hasEnded, _error) = (true, error);
                    _given = Held();
                    return true;
            }
        }

        return false;
    }

    private ReadOnlySequence<byte> Held() => _held is null ? default : new ReadOnlySequence<byte>(_held, 0, _heldBytes);

    /// <summary>The held bytes with room behind them.</summary>
    private byte[] Roomy()
    {
        if (_heldBytes < _held!.Length)
        {
            return _held;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(_held.Length * 2);
        _held.AsSpan(0, _heldBytes).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_held);
        return _held = larger;
    }

    /// <summary>Keeps what the reader has left.</summary>
    private void Hold(in ReadOnlySequence<byte> left)
    {
        if (left.IsEmpty)
        {
            if (_held is { } empty)
            {
                ArrayPool<byte>.Shared.Return(empty);
            }

            (_held, _heldBytes) = (null, 0);
            return;
        }

        // One piece, always: given from one array. It may be the one that is held already.
        ReadOnlySpan<byte> bytes = left.FirstSpan;
        byte[] to = _held ?? ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, SmallestHeldBytes));
        if (to.Length < bytes.Length)
        {
            throw new InvalidOperationException("more is left than was given");
        }

        bytes.CopyTo(to);
        (_held, _heldBytes) = (to, bytes.Length);
    }
}
