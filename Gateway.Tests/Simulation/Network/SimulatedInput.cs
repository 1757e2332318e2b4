using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Tests.Simulation.Network;

/// <summary>
/// What a connection reads: each delivery is a piece of memory of its own. A reader that waits goes on, on the deliverer's thread, the
/// moment something comes, and has come to its next wait when the delivery returns.
/// </summary>
internal sealed class SimulatedInput : PipeReader
{
    private readonly List<byte[]> _pieces = [];
    private readonly ManualResetEventSlim _cancelled = new();
    private ReadOnlySequence<byte> _shown;
    private volatile TaskCompletionSource<ReadResult>? _waiting;
    private bool _isNew;
    private bool _isEnded;
    private bool _isReset;

    /// <summary>Whether the reader waits for bytes, and for nothing else.</summary>
    public bool IsWaiting => _waiting is not null;

    /// <summary>Brings bytes.</summary>
    public void Deliver(byte[] bytes)
    {
        _pieces.Add(bytes);
        _isNew = true;
        Wake(isCanceled: false);
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        _isEnded = true;
        Wake(isCanceled: false);
    }

    /// <summary>The network is gone.</summary>
    public void Reset()
    {
        _isReset = true;
        if (_waiting is { } waiting)
        {
            _waiting = null;
            waiting.SetException(new ConnectionResetException("reset by peer"));
        }
    }

    /// <summary>Waits until the gateway, on a thread of the pool, has cancelled the read of a connection that it closed, and passes it on.</summary>
    public void PassCancelOn()
    {
        SimulationFailure.Unless(_cancelled.Wait(TimeSpan.FromSeconds(20)), "a connection was closed and its reader not woken");
        Wake(isCanceled: true);
    }

    /// <inheritdoc />
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_isReset)
        {
            throw new ConnectionResetException("reset by peer");
        }

        if (_isNew || _isEnded)
        {
            return new ValueTask<ReadResult>(Result(isCanceled: false));
        }

        _waiting = new TaskCompletionSource<ReadResult>();
        return new ValueTask<ReadResult>(_waiting.Task);
    }

    /// <inheritdoc />
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long used = _shown.Slice(_shown.Start, consumed).Length;
        bool isAllExamined = _shown.Slice(examined).IsEmpty;
        while (used > 0)
        {
            byte[] first = _pieces[0];
            if (used >= first.Length)
            {
                used -= first.Length;
                _pieces.RemoveAt(0);
            }
            else
            {
                _pieces[0] = first[(int)used..];
                used = 0;
            }
        }

        _isNew = !isAllExamined;
    }

    /// <inheritdoc />
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc />
    public override void CancelPendingRead() => _cancelled.Set();

    /// <inheritdoc />
    public override void Complete(Exception? exception = null)
    {
    }

    /// <inheritdoc />
    public override bool TryRead(out ReadResult result) => throw new NotSupportedException("connections await");

    private void Wake(bool isCanceled)
    {
        if (_waiting is { } waiting)
        {
            _waiting = null;
            waiting.SetResult(Result(isCanceled));
        }
    }

    private ReadResult Result(bool isCanceled)
    {
        Piece? first = null, last = null;
        foreach (byte[] bytes in _pieces)
        {
            last = last is null ? first = new Piece(bytes) : last.Append(bytes);
        }

        _shown = first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
        return new ReadResult(_shown, isCanceled, _isEnded);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes) => Memory = bytes;

        public Piece Append(byte[] bytes)
        {
            Piece next = new(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
