namespace Gateway.Host.IngestLog.Inspection;

/// <summary>What <see cref="SegmentWalk"/> found at a place of a segment.</summary>
internal enum SegmentPlace
{
    /// <summary>An intact commit.</summary>
    Frame,

    /// <summary>Bytes that are none, with an intact commit behind them.</summary>
    Damage,

    /// <summary>No commit behind this place: zeros, nothing, or the bytes of one that is not whole.</summary>
    End,
}
