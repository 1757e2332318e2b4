using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Tests.Simulation.Network;

/// <summary>What a connection writes: it is in the network once it is flushed. The network takes everything.</summary>
internal sealed class SimulatedOutput : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _unflushed = new();

    /// <summary>Bytes on their way to the client.</summary>
    public ByteStream Sent { get; } = new();

    /// <summary>Whether the network takes no more bytes.</summary>
    public bool IsGone { get; set; }

    /// <inheritdoc />
    public override void Advance(int bytes) => _unflushed.Advance(bytes);

    /// <inheritdoc />
    public override Memory<byte> GetMemory(int sizeHint = 0) => _unflushed.GetMemory(sizeHint);

    /// <inheritdoc />
    public override Span<byte> GetSpan(int sizeHint = 0) => _unflushed.GetSpan(sizeHint);

    /// <inheritdoc />
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!IsGone)
        {
            Sent.Add(_unflushed.WrittenSpan);
        }

        _unflushed.ResetWrittenCount();
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: IsGone));
    }

    /// <inheritdoc />
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc />
    public override void Complete(Exception? exception = null)
    {
    }
}
