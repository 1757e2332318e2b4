using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Disk;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.IngestLog.Inspection;

public sealed class LogVerifierTests : IDisposable
{
    private readonly LogFixture _fixture = new();

    /// <inheritdoc />
    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Closed_log_is_sound_and_counted()
    {
        _fixture.Options.SegmentSizeBytes = 150;
        using (SegmentLog log = _fixture.Open())
        {
            for (int i = 0; i < 5; i++)
            {
                LogFixture.Append(log, $"message {i}", 1_000 + i);
            }
        }

        LogVerifier verifier = Verify();
        Assert.Empty(verifier.Findings);
        LogTotals totals = verifier.Totals;
        Assert.Equal((5, 5, 5), (totals.Segments, totals.Frames, totals.Records));
        Assert.Equal((0, 4), (totals.FirstOffset, totals.LastOffset));
        Assert.Equal((new EventTime(1_000), new EventTime(1_004)), (totals.FirstTime, totals.LastTime));
        Assert.Equal(Directory.GetFiles(_fixture.Directory).Sum(f => new FileInfo(f).Length) - (5 * LogSegment.HeaderLengthBytes), totals.Bytes);
    }

    [Fact]
    public void Any_flipped_byte_of_a_closed_log_is_found()
    {
        using (SegmentLog log = _fixture.Open())
        {
            LogFixture.Append(log, "one", 1);
            LogFixture.Append(log, "two", 2);
            LogFixture.Append(log, "three", 3);
        }

        string path = _fixture.NewestSegment();
        byte[] sound = File.ReadAllBytes(path);
        for (int i = 0; i < sound.Length; i++)
        {
            byte[] flipped = [.. sound];
            flipped[i] ^= 0x10;
            File.WriteAllBytes(path, flipped);
            LogVerifier verifier = Verify();
            Assert.True(verifier.Findings.Any(f => f.IsError), $"byte {i}");
            Assert.InRange(verifier.Findings[0].Position, 0, i);
        }
    }

    [Fact]
    public void Damage_names_its_place_and_the_lost_records()
    {
        using (SegmentLog log = _fixture.Open())
        {
            for (int i = 0; i < 4; i++)
            {
                LogFixture.Append(log, $"message {i}");
            }
        }

        string path = _fixture.NewestSegment();
        byte[] bytes = File.ReadAllBytes(path);
        int frame = (bytes.Length - LogSegment.HeaderLengthBytes) / 4;
        bytes[LogSegment.HeaderLengthBytes + frame + 40] ^= 1;
        bytes[LogSegment.HeaderLengthBytes + (2 * frame) + 40] ^= 1;
        File.WriteAllBytes(path, bytes);
        LogVerifier verifier = Verify();
        string name = Path.GetFileName(path);
        Assert.Equal(
            [
                $"{name}:1:{LogSegment.HeaderLengthBytes + frame}: error: {2 * frame} bytes are damaged; the gateway passes over them and reads on behind them; restore the file from a backup while the gateway is stopped",
                $"{name}:1:{LogSegment.HeaderLengthBytes + (3 * frame)}: error: records 1 to 2 are lost in the damage before this commit; restore the file from a backup while the gateway is stopped",
            ],
            verifier.Findings.Select(f => f.ToString()));
        Assert.Equal(2, verifier.Totals.Records);
    }

    [Fact]
    public void Missing_segment_is_found_by_its_offsets()
    {
        _fixture.Options.SegmentSizeBytes = 150;
        using (SegmentLog log = _fixture.Open())
        {
            for (int i = 0; i < 3; i++)
            {
                LogFixture.Append(log, $"message {i}");
            }
        }

        File.Delete(Path.Combine(_fixture.Directory, LogSegment.FileName(1)));
        LogFinding finding = Assert.Single(Verify().Findings);
        Assert.True(finding.IsError);
        Assert.StartsWith("records 1 to 1 are missing before this segment", finding.Message, StringComparison.Ordinal);
        Assert.Equal(LogSegment.FileName(2), finding.Segment);
    }

    [Fact]
    public void Log_of_a_writer_at_work_is_always_sound_and_the_tail_is_said_to_be_written()
    {
        _fixture.Options.SegmentSizeBytes = 64 * 1024;
        using SegmentLog log = _fixture.Open();
        using CancellationTokenSource stop = new();
        Thread writer = new(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                LogFixture.Append(log, new string('x', 1 + (i * 37 % 5_000)));
            }
        });
        writer.Start();
        long records = 0;
        bool wasSaid = false;
        for (int looks = 0; looks < 200 || !wasSaid; looks++)
        {
            LogVerifier verifier = Verify();
            Assert.DoesNotContain(verifier.Findings, f => f.IsError);
            wasSaid |= verifier.Findings.Any(f => f.Message.StartsWith("the tail is still being written", StringComparison.Ordinal));
            Assert.True(verifier.Totals.Records >= records);
            records = verifier.Totals.Records;
        }

        stop.Cancel();
        writer.Join();
    }

    [Fact]
    public void Commit_that_was_half_written_by_a_killed_gateway_is_a_note_at_every_length()
    {
        byte[] frame;
        string path;
        using (LogSegment segment = LogSegment.Create(LogDisk.Instance, _fixture.Directory, 0, 4096))
        {
            segment.Commit(Frame(segment, 0, 5), 1);
            frame = Frame(segment, 1, 6);
            segment.Commit(frame, 2);
            path = segment.Path;
        }

        for (int missing = 1; missing < frame.Length; missing++)
        {
            using (FileStream file = new(path, FileMode.Open, FileAccess.Write))
            {
                file.SetLength(file.Length - 1);
            }

            LogFinding finding = Assert.Single(Verify().Findings);
            Assert.False(finding.IsError, finding.ToString());
            Assert.Equal(1, finding.Offset);
            Assert.Contains("not whole", finding.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Commit_that_the_disk_refused_is_a_note_and_not_counted()
    {
        using (LogSegment segment = LogSegment.Create(LogDisk.Instance, _fixture.Directory, 0, 4096))
        {
            segment.Commit(Frame(segment, 0, 5), 1);
            segment.Commit(Frame(segment, 1, 9), 2); // its fsync failed: the same offset is written again in the next segment
        }

        using (LogSegment segment = LogSegment.Create(LogDisk.Instance, _fixture.Directory, 1, 4096))
        {
            segment.Commit(Frame(segment, 1, 6), 2);
            segment.Truncate();
        }

        LogVerifier verifier = Verify();
        LogFinding finding = Assert.Single(verifier.Findings);
        Assert.False(finding.IsError);
        Assert.Contains("the disk refused", finding.Message, StringComparison.Ordinal);
        Assert.Equal(2, verifier.Totals.Records);
    }

    public static TheoryData<string, string> WrongFrames() => new()
    {
        { "time", "is before" },
        { "kind", "is of kind 99" },
        { "length", "lengths that do not fit" },
        { "more", "bytes follow" },
        { "commit time", "the commit's time" },
        { "gap", "records 1 to 2 are missing before this commit" },
        { "again", "begins at offset 0, which was already given" },
        { "seed", "the seed is that of an earlier segment" },
        { "name", "name is not its first offset 1" },
    };

    /// <summary>Frames with a right CRC that no gateway writes: the CRC alone does not make a log sound.</summary>
    [Theory]
    [MemberData(nameof(WrongFrames))]
    public void Frame_that_no_gateway_writes_is_found(string wrong, string message)
    {
        using (LogSegment segment = LogSegment.Create(LogDisk.Instance, _fixture.Directory, 0, 4096))
        {
            segment.Commit(Frame(segment, 0, 100), 1);
            byte[] frame = wrong switch
            {
                "time" => Frame(segment, 1, 99),
                "kind" => Frame(segment, 1, 101, kind: 99),
                "length" => Frame(segment, 1, 101, f => f[LogBatch.HeaderLengthBytes] = 200),
                "more" => Frame(segment, 1, 101, f => f[LogBatch.HeaderLengthBytes]--),
                "commit time" => Frame(segment, 1, 101, commitTime: 500),
                "gap" => Frame(segment, 3, 101),
                "again" => Frame(segment, 0, 101),
                _ => Frame(segment, 1, 101),
            };
            segment.Commit(frame, 2);
            segment.Truncate();
        }

        if (wrong == "seed")
        {
            File.Copy(Path.Combine(_fixture.Directory, LogSegment.FileName(0)), Path.Combine(_fixture.Directory, LogSegment.FileName(1)));
        }
        else if (wrong == "name")
        {
            LogSegment.Create(LogDisk.Instance, _fixture.Directory, 1, 4096).Dispose();
            File.Move(Path.Combine(_fixture.Directory, LogSegment.FileName(1)), Path.Combine(_fixture.Directory, LogSegment.FileName(7)));
        }

        Assert.Contains(Verify().Findings, f => f.IsError && f.Message.Contains(message, StringComparison.Ordinal));
    }

    private static byte[] Frame(LogSegment segment, long offset, long time, Action<byte[]>? change = null, byte kind = 1, long? commitTime = null)
    {
        byte[] frame = new byte[LogBatch.HeaderLengthBytes + LogRecord.LengthBytes(0, 3, 0, 20)];
        LogRecord.Write(frame.AsSpan(LogBatch.HeaderLengthBytes), (LogRecordKind)kind, LogRecordFlags.None, new EventTime(time), default, "a/b"u8, default, Encoding.ASCII.GetBytes("12345678901234567890"));
        change?.Invoke(frame);
        LogBatch.Seal(frame, 1, offset, new EventTime(commitTime ?? time), segment.Seed);
        return frame;
    }

    private LogVerifier Verify()
    {
        LogVerifier verifier = new(_fixture.Directory);
        verifier.Run();
        return verifier;
    }
}
