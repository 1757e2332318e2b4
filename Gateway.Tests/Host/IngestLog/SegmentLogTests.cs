using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.IngestLog;

public sealed class SegmentLogTests : IDisposable
{
    private readonly LogFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Log_closed_and_opened_holds_what_was_acknowledged_in_order()
    {
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => $"message {i}")];
        using (SegmentLog log = _fixture.Open())
        {
            Assert.All(texts, text => Assert.True(LogFixture.Append(log, text)));
        }

        using SegmentLog again = _fixture.Open();
        Assert.Equal(texts, LogFixture.ReadAll(again));
        Assert.Equal(500, again.CommittedEndOffset);
    }

    [Fact]
    public void Log_rolls_segments_and_reads_from_any_offset()
    {
        string filler = new('x', 10_000);
        using SegmentLog log = _fixture.Open();
        for (int i = 0; i < 300; i++)
        {
            LogFixture.Append(log, $"{i} {filler}");
        }

        Assert.True(log.Segments.Length >= 3);
        foreach (int from in (int[])[0, 1, 99, 150, 299, 300])
        {
            List<string> read = LogFixture.ReadAll(log, from);
            Assert.Equal(300 - from, read.Count);
            Assert.True(from == 300 || read[0].StartsWith($"{from} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Log_torn_at_every_byte_of_the_last_two_commits_keeps_every_whole_commit()
    {
        long before;
        using (SegmentLog log = _fixture.Open())
        {
            LogFixture.Append(log, "one");
            before = log.Segments[^1].CommittedLengthBytes;
            LogFixture.Append(log, "two");
            LogFixture.Append(log, "three");
        }

        byte[] whole = File.ReadAllBytes(_fixture.NewestSegment());
        long frame = (whole.Length - before) / 2 - 1; // "two" is two bytes shorter than "three"
        for (long length = before; length <= whole.Length; length++)
        {
            RestoreSingleSegment(whole.AsSpan(0, (int)length));
            using SegmentLog log = _fixture.Open();
            int expected = length == whole.Length ? 3 : length >= before + frame ? 2 : 1;
            Assert.Equal(((string[])["one", "two", "three"])[..expected], LogFixture.ReadAll(log));
            Assert.True(LogFixture.Append(log, "after"));
            Assert.Equal("after", LogFixture.ReadAll(log)[^1]);
        }
    }

    [Fact]
    public void Log_with_any_byte_of_a_middle_commit_flipped_keeps_the_commits_around_it()
    {
        long start, end;
        using (SegmentLog log = _fixture.Open())
        {
            LogFixture.Append(log, "one");
            start = log.Segments[^1].CommittedLengthBytes;
            LogFixture.Append(log, "two");
            end = log.Segments[^1].CommittedLengthBytes;
            LogFixture.Append(log, "three");
        }

        byte[] whole = File.ReadAllBytes(_fixture.NewestSegment());
        for (long at = start; at < end; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x40;
            RestoreSingleSegment(damaged);
            using SegmentLog log = _fixture.Open();
            Assert.Equal(1, log.Recovered.DamagedRegions);
            Assert.Equal(["one", "three"], LogFixture.ReadAll(log, out int regions));
            Assert.True(regions > 0);
            Assert.Equal(3, log.CommittedEndOffset);
        }
    }

    [Fact]
    public void Log_missing_a_middle_segment_reads_on_behind_the_hole_and_reports_it()
    {
        string filler = new('x', 200_000);
        using (SegmentLog log = _fixture.Open())
        {
            for (int i = 0; i < 20; i++)
            {
                LogFixture.Append(log, $"{i} {filler}");
            }
        }

        string[] segments = [.. Directory.GetFiles(_fixture.Directory).Order(StringComparer.Ordinal)];
        Assert.True(segments.Length >= 4);
        File.Delete(segments[1]);
        using SegmentLog again = _fixture.Open();
        List<string> read = LogFixture.ReadAll(again, out int damaged);
        Assert.True(damaged > 0);
        Assert.StartsWith("0 ", read[0], StringComparison.Ordinal);
        Assert.StartsWith("19 ", read[^1], StringComparison.Ordinal);
        Assert.InRange(read.Count, 10, 17);
    }

    [Fact]
    public void Segment_created_and_never_written_is_removed_at_start()
    {
        using (SegmentLog log = _fixture.Open())
        {
            LogFixture.Append(log, "one");
        }

        File.WriteAllBytes(Path.Combine(_fixture.Directory, LogSegment.FileName(1)), new byte[4096]);
        using SegmentLog again = _fixture.Open();
        Assert.Equal(["one"], LogFixture.ReadAll(again));
        Assert.True(LogFixture.Append(again, "two"));
    }

    [Fact]
    public void Segment_with_a_damaged_header_is_refused_by_name()
    {
        using (SegmentLog log = _fixture.Open())
        {
            LogFixture.Append(log, "one");
        }

        string path = _fixture.NewestSegment();
        byte[] bytes = File.ReadAllBytes(path);
        bytes[9] ^= 1;
        File.WriteAllBytes(path, bytes);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => _fixture.Open().Dispose());
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_never_decrease_along_the_log()
    {
        using SegmentLog log = _fixture.Open();
        foreach (long time in (long[])[100, 50, 200, 10])
        {
            LogFixture.Append(log, "x", time);
        }

        LogReader reader = new(log, 0);
        List<long> times = [];
        while (reader.TryReadFrame(out _, out ReadOnlySpan<byte> records, out _))
        {
            Assert.True(LogRecord.TryRead(records, out LogRecord record, out _));
            times.Add(record.ReceivedAt.UnixMilliseconds);
        }

        Assert.Equal([100, 100, 200, 200], times);
    }

    [Fact]
    public void Listener_is_told_of_its_records_in_the_order_of_appending_and_once_a_commit()
    {
        using SegmentLog log = _fixture.Open();
        Counting listener = new();
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(AppendResult.Accepted, log.Append(LogRecordKind.Message, LogRecordFlags.Qos1, "c"u8, "t"u8, default, "p"u8, new EventTime(0), listener));
        }

        Assert.True(LogFixture.Append(log, "last"));
        Assert.Equal(1000, listener.Durable);
        Assert.True(listener.Calls <= log.Counters.Commits);
    }

    [Fact]
    public async Task Appenders_wait_while_the_next_commit_is_full_and_go_on_when_it_is_taken()
    {
        _fixture.Options.BatchLimitBytes = 64 * 1024;
        using SegmentLog log = _fixture.Open();
        byte[] payload = new byte[40 * 1024];
        int waits = 0;
        for (int i = 0; i < 200; i++)
        {
            if (log.WaitForSpace() is { } space)
            {
                waits++;
                await space;
            }

            Assert.Equal(AppendResult.Accepted, log.Append(LogRecordKind.Message, LogRecordFlags.None, "c"u8, "t"u8, default, payload, new EventTime(0), null));
        }

        Assert.True(LogFixture.Append(log, "end"));
        Assert.Equal(201, log.CommittedEndOffset);
        Assert.True(waits > 0);
    }

    [Fact]
    public void Segments_that_are_consumed_and_too_many_bytes_are_retired_oldest_first()
    {
        _fixture.Options.RetentionSizeBytes = 2 * 1024 * 1024;
        string filler = new('x', 100_000);
        using SegmentLog log = _fixture.Open();
        for (int i = 0; i < 60; i++)
        {
            LogFixture.Append(log, $"{i} {filler}");
        }

        int before = log.Segments.Length;
        log.Retire(consumedOffset: 5, new EventTime(0));
        Assert.Equal(before, log.Segments.Length);
        log.Retire(log.CommittedEndOffset, new EventTime(0));
        Assert.InRange(log.Segments.Length, 1, 3);
        Assert.StartsWith("59 ", LogFixture.ReadAll(log, log.Segments[0].FirstOffset)[^1], StringComparison.Ordinal);
    }

    private void RestoreSingleSegment(ReadOnlySpan<byte> bytes)
    {
        foreach (string file in Directory.GetFiles(_fixture.Directory))
        {
            File.Delete(file);
        }

        File.WriteAllBytes(Path.Combine(_fixture.Directory, LogSegment.FileName(0)), bytes.ToArray());
    }

    private sealed class Counting : CommitListener
    {
        public int Durable { get; private set; }

        public int Calls { get; private set; }

        public override void OnCommitted(int count, bool durable)
        {
            Assert.True(durable);
            Durable += count;
            Calls++;
        }
    }
}
