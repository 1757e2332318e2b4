namespace Gateway.Host.Series.Embedded;

/// <summary>A piece of one series, ascending in time: a chunk of a block, or a copy of a head. Immutable.</summary>
internal readonly record struct SampleSegment
{
    /// <summary>A chunk of a block.</summary>
    public SampleSegment(BlockFile block, in ChunkEntry chunk)
    {
        FirstTime = chunk.FirstTime;
        LastTime = chunk.LastTime;
        Order = block.LastFlush;
        Block = block;
        Chunk = chunk;
    }

    /// <summary>A copy of a head; at least one sample.</summary>
    public SampleSegment(long order, long[] times, double[] values)
    {
        FirstTime = times[0];
        LastTime = times[^1];
        Order = order;
        Times = times;
        Values = values;
    }

    /// <summary>Unix milliseconds of the first sample.</summary>
    public long FirstTime { get; }

    /// <summary>Unix milliseconds of the last sample.</summary>
    public long LastTime { get; }

    /// <summary>Where two segments have the same time the one of the higher order was written later and wins.</summary>
    public long Order { get; }

    /// <summary>The block the chunk lies in; null for a head.</summary>
    public BlockFile? Block { get; }

    /// <summary>The chunk, when there is a block.</summary>
    public ChunkEntry Chunk { get; }

    /// <summary>The times, when there is no block.</summary>
    public long[]? Times { get; }

    /// <summary>The values, when there is no block.</summary>
    public double[]? Values { get; }
}
