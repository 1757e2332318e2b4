using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog;

/// <summary>Records gathered for the next commit, already in the form they have on disk. Used under the log's gate, then by the committer alone.</summary>
internal sealed class PendingBatch
{
    private const int SmallestBytes = 64 * 1024;
    private const int KeptBytes = 16 * 1024 * 1024;

    private byte[] _frame = new byte[SmallestBytes];

    /// <summary>Bytes of the frame so far, header included.</summary>
    public int LengthBytes { get; private set; } = LogBatch.HeaderLengthBytes;

    /// <summary>Records so far.</summary>
    public int RecordCount { get; private set; }

    /// <summary>Time of the latest record.</summary>
    public EventTime LastReceivedAt { get; private set; }

    /// <summary>Who waits for it, and for how many records each.</summary>
    public List<(CommitListener Listener, int Count)> Notices { get; } = [];

    /// <summary>Nothing to write and nobody to tell.</summary>
    public bool IsEmpty => RecordCount == 0 && Notices.Count == 0;

    /// <summary>The frame, to be sealed.</summary>
    public Span<byte> Frame => _frame.AsSpan(0, LengthBytes);

    /// <summary>Room for a record of <paramref name="lengthBytes"/>.</summary>
    public Span<byte> Add(int lengthBytes, EventTime receivedAt)
    {
        int needed = LengthBytes + lengthBytes;
        if (needed > _frame.Length)
        {
            Array.Resize(ref _frame, (int)Math.Max(needed, _frame.Length * 2L));
        }

        Span<byte> room = _frame.AsSpan(LengthBytes, lengthBytes);
        LengthBytes = needed;
        RecordCount++;
        LastReceivedAt = receivedAt;
        return room;
    }

    /// <summary>Counts one more record, or one acknowledgement without a record, for a listener.</summary>
    public void Notify(CommitListener listener, long batchNumber)
    {
        if (listener.LastBatchNumber == batchNumber)
        {
            (CommitListener same, int count) = Notices[listener.NoticeIndex];
            Notices[listener.NoticeIndex] = (same, count + 1);
            return;
        }

        listener.LastBatchNumber = batchNumber;
        listener.NoticeIndex = Notices.Count;
        Notices.Add((listener, 1));
    }

    /// <summary>Empties it and keeps its memory, but for that of an extraordinary commit.</summary>
    public void Clear()
    {
        if (_frame.Length > KeptBytes)
        {
            _frame = new byte[SmallestBytes];
        }

        LengthBytes = LogBatch.HeaderLengthBytes;
        RecordCount = 0;
        Notices.Clear();
    }
}
