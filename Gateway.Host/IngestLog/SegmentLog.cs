using System.Collections.Immutable;
using System.Diagnostics;
using Gateway.Host.IngestLog.Disk;
using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog;

/// <summary>
/// The durable ingest log: many appenders, one committer thread that writes and fsyncs whatever has gathered (group
/// commit), many readers. A listener hears of its records only after the fsync that covers them.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    /// <summary>A batch of this size is worth its sync: it is not waited with.</summary>
    private const int GatherLimitBytes = 64 * 1024;

    private readonly IngestLogOptions _options;
    private readonly Func<EventTime> _now;
    private readonly LogCommitter _committer;
    private readonly object _gate = new();
    private readonly object _committedGate = new();
    private Thread? _thread;
    private PendingBatch _active = new();
    private PendingBatch _spare = new();
    private long _batchNumber;
    private bool _committerWaits;
    private bool _closing;
    private EventTime _lastReceivedAt;
    private TaskCompletionSource _space = NewSignal();
    private long _committedEndOffset;
    private long _announcedEndOffset;

    private SegmentLog(IngestLogOptions options, Func<EventTime> now, LogCommitter committer, LogRecoveryResult recovered)
    {
        _options = options;
        _now = now;
        _committer = committer;
        _committedEndOffset = _announcedEndOffset = recovered.NextOffset;
        _lastReceivedAt = recovered.LastReceivedAt;
        Recovered = recovered;
    }

    /// <summary>Hears of records that could not be made durable, on the committer thread.</summary>
    /// <param name="records">The records, as <see cref="LogRecord.TryRead"/> reads them.</param>
    public delegate void RefusedRecords(ReadOnlySpan<byte> records);

    /// <summary>Set once, before the first append.</summary>
    public RefusedRecords? Refused { get; set; }

    /// <summary>What was found at start.</summary>
    public LogRecoveryResult Recovered { get; }

    /// <summary>Counters since start.</summary>
    public LogCounters Counters => _committer.Counters;

    /// <summary>Whether the last commit succeeded; readiness shows it.</summary>
    public bool IsHealthy => _committer.IsHealthy;

    /// <summary>Offset behind the last durable record.</summary>
    public long CommittedEndOffset => Volatile.Read(ref _committedEndOffset);

    /// <summary>Offset behind the last durable record whose listener has heard of it.</summary>
    public long AnnouncedEndOffset => Volatile.Read(ref _announcedEndOffset);

    /// <summary>All segments, oldest first.</summary>
    public ImmutableArray<LogSegment> Segments => _committer.Segments;

    /// <summary>
    /// Null when there is room; otherwise a task that completes when the committer has taken the full commit over. Whoever appends asks
    /// first; an append itself is never refused for room, so a few that asked at the same instant go over the limit together.
    /// </summary>
    public Task? WaitForSpace()
    {
        if (Volatile.Read(ref _active).LengthBytes < _options.BatchLimitBytes)
        {
            return null;
        }

        lock (_gate)
        {
            return _active.LengthBytes < _options.BatchLimitBytes ? null : _space.Task;
        }
    }

    /// <summary>
    /// Opens or creates the log in <paramref name="directory"/>; a torn end is cut, what was acknowledged is there. A log that ends before
    /// <paramref name="consumedOffset"/> goes on there, behind a hole: its consumers would take new records at offsets they are past for
    /// records they have seen, and drop them. It does not refuse to start, since the records of the hole are gone either way and a gateway
    /// that stands still loses the next alarm too.
    /// </summary>
    /// <param name="directory">Where the segments are.</param>
    /// <param name="options">Limits.</param>
    /// <param name="now">The gateway's clock.</param>
    /// <param name="logger">Hears of damage.</param>
    /// <param name="consumedOffset">First offset that the stores behind the log have not worked off.</param>
    /// <exception cref="InvalidDataException">A file of the log is damaged beyond its tail; the message says which and what to do.</exception>
    public static SegmentLog Open(string directory, IngestLogOptions options, Func<EventTime> now, ILogger logger, long consumedOffset = 0)
    {
        SegmentLog log = OpenStepped(LogDisk.Instance, directory, options, now, logger, consumedOffset);
        log._thread = new Thread(log.RunCommitter) { IsBackground = true, Name = "log committer" };
        log._thread.Start();
        return log;
    }

    /// <summary>As <see cref="Open"/>, but without a thread: it commits when <see cref="CommitPending"/> is called, and when it is closed.</summary>
    public static SegmentLog OpenStepped(ILogDisk disk, string directory, IngestLogOptions options, Func<EventTime> now, ILogger logger, long consumedOffset = 0)
    {
        disk.CreateDirectory(directory);
        LogRecoveryResult recovered = LogRecovery.Recover(disk, directory);
        if (recovered.TornBytes > 0)
        {
            logger.TornTail(recovered.TornBytes, recovered.NextOffset);
        }

        if (recovered.DamagedRegions > 0)
        {
            logger.TailDamage(recovered.DamagedRegions);
        }

        if (recovered.Segments.Count > 0)
        {
            // The tail is cut for good, so that a later frame can never be read in its place; writing goes on in a new segment.
            recovered.Segments[^1].Settle(recovered.LastFramePosition);
        }

        // And the names: a segment that was deleted, and came back after a power loss, would say that the one before it ends where it begins.
        disk.SyncDirectory(directory);

        if (recovered.NextOffset < consumedOffset)
        {
            logger.Hole(directory, recovered.NextOffset, consumedOffset, consumedOffset - recovered.NextOffset);
            recovered = recovered with { NextOffset = consumedOffset };
        }

        return new SegmentLog(options, now, new LogCommitter(disk, directory, options, logger, recovered), recovered);
    }

    /// <summary>Adds a record to the next commit. Records get a time that never decreases.</summary>
    public AppendResult Append(LogRecordKind kind, LogRecordFlags flags, ReadOnlySpan<byte> clientId, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, EventTime receivedAt, CommitListener? listener, ushort packetIdentifier = 0)
    {
        int length = LogRecord.LengthBytes(clientId.Length, topic.Length, properties.Length, payload.Length);
        lock (_gate)
        {
            if (_closing)
            {
                return AppendResult.Closed;
            }

            _lastReceivedAt = EventTime.Max(_lastReceivedAt, receivedAt);
            LogRecord.Write(_active.Add(length, _lastReceivedAt), kind, flags, _lastReceivedAt, clientId, topic, properties, payload, packetIdentifier);
            if (listener is not null)
            {
                _active.Notify(listener, _batchNumber);
            }

            WakeCommitter();
            return AppendResult.Accepted;
        }
    }

    /// <summary>Tells the listener together with everything appended before, without a record of its own: keeps acknowledgements in order.</summary>
    public AppendResult AppendNotice(CommitListener listener)
    {
        lock (_gate)
        {
            if (_closing)
            {
                return AppendResult.Closed;
            }

            _active.Notify(listener, _batchNumber);
            WakeCommitter();
            return AppendResult.Accepted;
        }
    }

    /// <summary>Adds one record and waits until it is durable.</summary>
    /// <returns>False when it could not be written.</returns>
    public async Task<bool> AppendAsync(LogRecordKind kind, ReadOnlyMemory<byte> clientId, ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload)
    {
        if (WaitForSpace() is { } space)
        {
            await space.ConfigureAwait(false);
        }

        CommitCompletion completion = new();
        return Append(kind, LogRecordFlags.None, clientId.Span, topic.Span, default, payload.Span, _now(), completion) == AppendResult.Accepted
            && await completion.Durable.ConfigureAwait(false);
    }

    /// <summary>
    /// One commit: takes what has gathered, makes it durable and tells whoever waits. False when there was nothing. The committer's
    /// thread calls it, or, for a log without one, whoever drives it; one caller at a time.
    /// </summary>
    public bool CommitPending()
    {
        PendingBatch batch;
        TaskCompletionSource space;
        lock (_gate)
        {
            if (_active.IsEmpty)
            {
                if (_closing)
                {
                    _space.TrySetResult();
                }

                return false;
            }

            batch = _active;
            _active = _spare;
            _spare = batch;
            _batchNumber++;
            space = _space;
            _space = NewSignal();
        }

        space.TrySetResult();
        bool durable = batch.RecordCount == 0 || _committer.TryCommit(batch);
        if (!durable)
        {
            Refused?.Invoke(batch.Frame[LogBatch.HeaderLengthBytes..]);
        }
        else if (batch.RecordCount > 0)
        {
            Announce(_committer.NextOffset);
        }

        foreach ((CommitListener listener, int count) in batch.Notices)
        {
            listener.OnCommitted(count, durable);
        }

        Volatile.Write(ref _announcedEndOffset, _committer.NextOffset);
        batch.Clear();
        return true;
    }

    /// <summary>Blocks until records behind <paramref name="offset"/> are durable or the time is over.</summary>
    public bool WaitForCommit(long offset, TimeSpan timeout)
    {
        lock (_committedGate)
        {
            return CommittedEndOffset > offset || (Monitor.Wait(_committedGate, timeout) && CommittedEndOffset > offset);
        }
    }

    /// <summary>Wakes a <see cref="WaitForCommit"/> that has nothing to wait for any more.</summary>
    public void WakeReaders()
    {
        lock (_committedGate)
        {
            Monitor.PulseAll(_committedGate);
        }
    }

    /// <summary>Deletes the oldest segments that every consumer is past and that age or size retire.</summary>
    /// <param name="consumedOffset">Offset of the slowest consumer.</param>
    /// <param name="now">Log time.</param>
    /// <exception cref="IOException">A file cannot be read or deleted; the segments that were not deleted are still part of the log.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be deleted.</exception>
    public void Retire(long consumedOffset, EventTime now)
    {
        while (true)
        {
            ImmutableArray<LogSegment> segments = Segments;
            if (segments.Length < 2 || segments[0].EndOffset > consumedOffset)
            {
                return;
            }

            long sizeBytes = segments.Sum(s => s.CommittedLengthBytes);
            bool tooLarge = _options.RetentionSizeBytes > 0 && sizeBytes > _options.RetentionSizeBytes;
            bool tooOld = _options.RetentionAge > TimeSpan.Zero && LogReader.FirstTime(segments[1]) is { } next && now - next > _options.RetentionAge;
            if (!tooLarge && !tooOld)
            {
                return;
            }

            _committer.RemoveOldest();
        }
    }

    /// <summary>Takes no more records and commits what has gathered. It can still be read, so that whoever follows it can catch up.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        if (_thread is null)
        {
            RunCommitter();
        }

        _thread?.Join();
        WakeReaders();
    }

    /// <summary>Closes it and its files; nobody may read any more.</summary>
    public void Dispose()
    {
        Close();
        _committer.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void WakeCommitter()
    {
        if (_committerWaits)
        {
            _committerWaits = false;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>
    /// Commits as soon as there is something, but no two within the interval: at a moderate pace a sync and two wake-ups for each few
    /// messages would cost more than everything else. What comes after a pause, and a batch that has filled up, does not wait.
    /// </summary>
    private void RunCommitter()
    {
        long began = 0;
        do
        {
            lock (_gate)
            {
                while (_active.IsEmpty && !_closing)
                {
                    _committerWaits = true;
                    Monitor.Wait(_gate);
                }

                _committerWaits = false;
                if (!_closing && _active.LengthBytes < GatherLimitBytes && Stopwatch.GetElapsedTime(began) is var since && since < _options.CommitInterval)
                {
                    Monitor.Wait(_gate, _options.CommitInterval - since);
                }
            }

            began = Stopwatch.GetTimestamp();
        }
        while (CommitPending());
    }

    private void Announce(long endOffset)
    {
        lock (_committedGate)
        {
            Volatile.Write(ref _committedEndOffset, endOffset);
            Monitor.PulseAll(_committedGate);
        }
    }
}
