using System.Collections.Immutable;
using Gateway.Host.IngestLog.Disk;

namespace Gateway.Host.IngestLog;

/// <summary>
/// Puts sealed batches on disk, one write and one sync each, and knows the segments. Batches and retirement come from one caller each;
/// everything else may be read by anyone.
/// </summary>
internal sealed class LogCommitter : IDisposable
{
    private readonly ILogDisk _disk;
    private readonly string _directory;
    private readonly IngestLogOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _segmentsGate = new();
    private ImmutableArray<LogSegment> _segments;
    private LogSegment? _current;

    /// <summary>Goes on behind what recovery found, in a segment of its own.</summary>
    public LogCommitter(ILogDisk disk, string directory, IngestLogOptions options, ILogger logger, LogRecoveryResult recovered)
    {
        _disk = disk;
        _directory = directory;
        _options = options;
        _logger = logger;
        _segments = [.. recovered.Segments];
        NextOffset = recovered.NextOffset;
    }

    /// <summary>Offset of the next record to be written; read by the caller of <see cref="TryCommit"/> alone.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Whether the last commit succeeded.</summary>
    public bool IsHealthy { get; private set; } = true;

    /// <summary>Counters since start.</summary>
    public LogCounters Counters { get; } = new();

    /// <summary>All segments, oldest first.</summary>
    public ImmutableArray<LogSegment> Segments
    {
        get
        {
            lock (_segmentsGate)
            {
                return _segments;
            }
        }
    }

    /// <summary>Writes a batch and syncs it. False when it may not be durable: nobody must be told that it is.</summary>
    public bool TryCommit(PendingBatch batch)
    {
        try
        {
            long endOffset = NextOffset + batch.RecordCount;
            LogSegment segment = SegmentFor(batch.LengthBytes);
            LogBatch.Seal(batch.Frame, batch.RecordCount, NextOffset, batch.LastReceivedAt, segment.Seed);
            segment.Commit(batch.Frame, endOffset);
            NextOffset = endOffset;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whether the frame is on disk is unknown, so nobody is told it is, and the segment is never written again: a failed
            // fsync may have dropped its pages, and a second one would report success over the hole.
            Discard(_current);
            _current = null;
            Counters.Failed();
            if (IsHealthy)
            {
                IsHealthy = false;
                _logger.CommitFailed(e, batch.RecordCount);
            }

            return false;
        }

        Counters.Committed(batch.RecordCount, batch.LengthBytes);
        if (!IsHealthy)
        {
            IsHealthy = true;
            _logger.CommitsAgain(NextOffset);
        }

        return true;
    }

    /// <summary>Deletes the oldest segment.</summary>
    /// <exception cref="IOException">It cannot be deleted, and is still part of the log.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public void RemoveOldest()
    {
        // What was deleted before is gone for good first: were two to come back after a power loss, one might, and the log had a hole. Then
        // the file: when it cannot be deleted nothing has changed, and the next call tries again.
        LogSegment oldest = Segments[0];
        _disk.SyncDirectory(_directory);
        _disk.Delete(oldest.Path);
        lock (_segmentsGate)
        {
            _segments = _segments.RemoveAt(0);
        }

        _logger.SegmentRetired(oldest.Path, oldest.EndOffset);
        oldest.Dispose();
    }

    /// <summary>Gives back what was preallocated and closes all files.</summary>
    public void Dispose()
    {
        try
        {
            _current?.Truncate();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Every commit is durable; what was preallocated is given back at the next start.
            _logger.NotCut(e);
        }

        foreach (LogSegment segment in Segments)
        {
            segment.Dispose();
        }
    }

    /// <summary>
    /// Cuts what a commit that failed has left behind the last good one. Its publishers are told no: were it whole on the disk after all, and
    /// the process to die before it has begun another segment, the next start would find it and take it for good.
    /// </summary>
    private void Discard(LogSegment? poisoned)
    {
        try
        {
            poisoned?.Truncate();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.NotDiscarded(e); // the disk refuses this too; the next segment, once there is one, says where this one ended
        }
    }

    private LogSegment SegmentFor(int frameLengthBytes)
    {
        if (_current is { } current && (current.EndOffset == current.FirstOffset || current.CommittedLengthBytes + frameLengthBytes <= _options.SegmentSizeBytes))
        {
            return current;
        }

        _current?.Truncate();
        string path = Path.Combine(_directory, LogSegment.FileName(NextOffset));
        RemoveEmptyTwin(path);
        long size = Math.Max(_options.SegmentSizeBytes, LogSegment.HeaderLengthBytes + frameLengthBytes);
        _current = LogSegment.Create(_disk, _directory, NextOffset, size);
        lock (_segmentsGate)
        {
            _segments = _segments.Add(_current);
        }

        return _current;
    }

    /// <summary>A poisoned or restarted segment without a durable record has the name the next one needs: it goes, its inode with it.</summary>
    private void RemoveEmptyTwin(string path)
    {
        if (Segments is [.., { } last] && last.Path == path)
        {
            lock (_segmentsGate)
            {
                _segments = _segments.RemoveAt(_segments.Length - 1);
            }

            last.Dispose();
            _disk.Delete(path);
        }
    }
}
