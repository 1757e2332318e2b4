using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog.Inspection;

/// <summary>What a walk through a log has seen of it so far. Written by the walk alone.</summary>
internal sealed class LogTotals
{
    /// <summary>Segments walked through.</summary>
    public int Segments { get; set; }

    /// <summary>Intact commits.</summary>
    public long Frames { get; private set; }

    /// <summary>Records in them.</summary>
    public long Records { get; private set; }

    /// <summary>Their bytes, frames included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Offset of the first record; null when there is none.</summary>
    public long? FirstOffset { get; private set; }

    /// <summary>Offset of the last record.</summary>
    public long? LastOffset { get; private set; }

    /// <summary>Receive time of the first record.</summary>
    public EventTime? FirstTime { get; private set; }

    /// <summary>Receive time of the last record.</summary>
    public EventTime? LastTime { get; private set; }

    /// <summary>Counts an intact commit.</summary>
    public void Add(in LogBatch.Header header)
    {
        Frames++;
        Records += header.RecordCount;
        Bytes += header.FrameLengthBytes;
        FirstOffset ??= header.FirstOffset;
        LastOffset = header.EndOffset - 1;
    }

    /// <summary>Counts the time of a record.</summary>
    public void Add(EventTime time)
    {
        FirstTime ??= time;
        LastTime = time;
    }
}
