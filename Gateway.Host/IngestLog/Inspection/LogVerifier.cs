using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog.Inspection;

/// <summary>
/// Goes through every byte of a log and says what is not as FORMAT.md has it. It reads only and takes no lock, so the log may be that of
/// a running gateway. What a kill or a failed write leaves behind is no fault: it was never acknowledged, and is noted.
/// </summary>
/// <param name="directory">The folder of segments.</param>
/// <param name="progress">Told how many bytes of how many have been read, after each commit and segment; null for nobody.</param>
internal sealed class LogVerifier(string directory, Action<long, long>? progress = null)
{
    private readonly List<LogFinding> _findings = [];
    private readonly HashSet<ulong> _seeds = [];
    private EventTime _lastTime = EventTime.MinValue;
    private long? _end;
    private long _readBefore;
    private long _allBytes;

    /// <summary>What there is.</summary>
    public LogTotals Totals { get; } = new();

    /// <summary>What it found, in the order of the log.</summary>
    public IReadOnlyList<LogFinding> Findings => _findings;

    /// <summary>Goes through the log, once.</summary>
    /// <exception cref="IOException">The directory, or a file, cannot be read.</exception>
    public void Run()
    {
        List<SegmentFile> files = SegmentFile.OpenAll(directory);
        try
        {
            _allBytes = files.Sum(f => RandomAccess.GetLength(f.File));
            for (int i = 0; i < files.Count; i++)
            {
                SegmentFile file = files[i];
                if (file.Header is { } header)
                {
                    Walk(file, header, files.Skip(i + 1).FirstOrDefault(f => f.Header is not null)?.Header?.FirstOffset);
                }
                else if (file.Fault.Length > 0)
                {
                    Add(file, _end ?? 0, 0, true, file.Fault, "a gateway does not start on it: restore the file from a backup, or move it away to go on without its records");
                }
                else
                {
                    Add(file, _end ?? 0, 0, false, "the file was created and never used", "the next start removes it");
                }

                _readBefore += RandomAccess.GetLength(file.File);
                progress?.Invoke(_readBefore, _allBytes);
            }
        }
        finally
        {
            files.ForEach(f => f.Dispose());
        }
    }

    private void Walk(SegmentFile file, LogSegment.Header header, long? nextFirst)
    {
        Totals.Segments++;
        CheckHeader(file, header);
        SegmentWalk walk = new(file.File, header.Seed);
        long lengthAtOpen = RandomAccess.GetLength(file.File);
        long expected = header.FirstOffset;
        bool damaged = false;
        bool leftover = false;
        while (true)
        {
            switch (walk.Next())
            {
                case SegmentPlace.Frame when walk.Header.FirstOffset >= nextFirst:
                    leftover = leftover || Leftover(file, walk, expected);
                    break;
                case SegmentPlace.Frame:
                    CheckOffsets(file, walk, expected, damaged, nextFirst);
                    CheckRecords(file, walk);
                    Totals.Add(walk.Header);
                    expected = walk.Header.EndOffset;
                    damaged = false;
                    break;
                case SegmentPlace.Damage when expected >= nextFirst:
                    leftover = leftover || Leftover(file, walk, expected);
                    break;
                case SegmentPlace.Damage:
                    damaged = true;
                    Add(file, expected, walk.At, true, $"{walk.LengthBytes} bytes are damaged", "the gateway passes over them and reads on behind them; restore the file from a backup while the gateway is stopped");
                    break;
                default:
                    _end = expected;
                    CheckEnd(file, walk, expected, nextFirst, leftover, lengthAtOpen);
                    return;
            }

            progress?.Invoke(_readBefore + walk.Position, _allBytes);
        }
    }

    private void CheckHeader(SegmentFile file, LogSegment.Header header)
    {
        if (file.Name != LogSegment.FileName(header.FirstOffset))
        {
            Add(file, header.FirstOffset, 0, true, $"the file's name is not its first offset {header.FirstOffset}", $"a gateway does not start on it: restore the name {LogSegment.FileName(header.FirstOffset)}");
        }

        if (!_seeds.Add(header.Seed))
        {
            Add(file, header.FirstOffset, 16, true, "the seed is that of an earlier segment: one of the two is a copy", "move the copy away");
        }

        if (_end < header.FirstOffset)
        {
            Add(file, _end.Value, 0, true, $"records {_end} to {header.FirstOffset - 1} are missing before this segment", "restore the segments that were moved away; if none was, the log was once found shorter than what had been processed, and these offsets were never used");
        }
    }

    private void CheckOffsets(SegmentFile file, SegmentWalk walk, long expected, bool damaged, long? nextFirst)
    {
        LogBatch.Header header = walk.Header;
        if (header.FirstOffset > expected)
        {
            string missing = header.FirstOffset == expected + 1 ? $"record {expected} is" : $"records {expected} to {header.FirstOffset - 1} are";
            Add(file, expected, walk.At, true, $"{missing} {(damaged ? "lost in the damage before this commit" : "missing before this commit")}", "restore the file from a backup while the gateway is stopped");
        }
        else if (header.FirstOffset < expected)
        {
            Add(file, expected, walk.At, true, $"the commit begins at offset {header.FirstOffset}, which was already given", "keep the file and report it: no gateway writes this");
        }

        if (header.EndOffset > nextFirst)
        {
            Add(file, header.FirstOffset, walk.At, true, $"the commit ends at offset {header.EndOffset}, the next segment begins at {nextFirst}", "keep both files and report it: no gateway writes this");
        }
    }

    private void CheckRecords(SegmentFile file, SegmentWalk walk)
    {
        LogBatch.Header header = walk.Header;
        ReadOnlySpan<byte> records = walk.Records;
        long position = walk.At + LogBatch.HeaderLengthBytes;
        for (int i = 0; i < header.RecordCount; i++)
        {
            long offset = header.FirstOffset + i;
            if (!LogRecord.TryRead(records, out LogRecord record, out int length))
            {
                Add(file, offset, position, true, "the record has lengths that do not fit its commit", "keep the file and report it: the pipeline stops here");
                return;
            }

            if (!Enum.IsDefined(record.Kind))
            {
                Add(file, offset, position, true, $"the record is of kind {(int)record.Kind}, which this version does not know", "use the version that wrote it, or a newer one");
            }

            if (record.ReceivedAt < _lastTime)
            {
                Add(file, offset, position, true, $"its time {record.ReceivedAt} is before {_lastTime} of a record before it", "keep the file and report it: timers run on these times");
            }

            _lastTime = EventTime.Max(_lastTime, record.ReceivedAt);
            Totals.Add(record.ReceivedAt);
            records = records[length..];
            position += length;
        }

        if (records.Length > 0)
        {
            Add(file, header.EndOffset, position, true, $"{records.Length} bytes follow the commit's last record", "keep the file and report it: no gateway writes this");
        }

        if (header.CommittedAt != _lastTime)
        {
            Add(file, header.FirstOffset, walk.At, true, $"the commit's time {header.CommittedAt} is not that of its last record", "keep the file and report it: no gateway writes this");
        }
    }

    private void CheckEnd(SegmentFile file, SegmentWalk walk, long expected, long? nextFirst, bool leftover, long lengthAtOpen)
    {
        if (nextFirst is { } next)
        {
            if (expected < next && walk.LengthBytes > 0)
            {
                Add(file, expected, walk.At, true, $"{walk.LengthBytes} bytes are damaged at the end, and records {expected} to {next - 1} are lost in them", "restore the file from a backup while the gateway is stopped");
                _end = next;
            }
            else if (walk.LengthBytes > 0 && !leftover)
            {
                Leftover(file, walk, expected);
            }

            return;
        }

        if (walk.LengthBytes > 0 && !walk.IsUnfinished(expected))
        {
            Add(file, expected, walk.At, true, $"the last {walk.LengthBytes} bytes are damaged, or torn by a failure of the power", "the next start cuts them; restore the file from a backup before if the gateway had been stopped");
        }
        else if (walk.LengthBytes > 0)
        {
            Add(file, expected, walk.At, false, $"the tail is still being written, or a gateway was killed in it: {walk.LengthBytes} bytes of a commit that is not whole", "it was not acknowledged, and the next start cuts it");
        }
        else if (walk.At > lengthAtOpen)
        {
            Add(file, expected, walk.At, false, $"the tail is still being written: {walk.At - lengthAtOpen} bytes came while the log was read", "records that came later were not checked");
        }
    }

    private bool Leftover(SegmentFile file, SegmentWalk walk, long expected)
    {
        Add(file, expected, walk.At, false, "what a commit left behind that the disk refused", "its publishers were told, and its offsets were given again in the next segment");
        return true;
    }

    private void Add(SegmentFile file, long offset, long position, bool isError, string message, string fix) =>
        _findings.Add(new LogFinding(file.Name, offset, position, isError, message, fix));
}
