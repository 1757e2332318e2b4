using System.Buffers.Binary;
using Gateway.Host.IngestLog;

namespace Gateway.Tests.Host.IngestLog;

/// <summary>Bytes in a payload that look like a commit of the log never become one, wherever the machine dies.</summary>
public sealed class ForgedFrameTests : IDisposable
{
    private readonly LogFixture _fixture = new();
    private readonly LogFixture _attacker = new();

    [Fact]
    public void Frame_of_another_log_inside_a_torn_commit_is_not_taken_for_a_commit()
    {
        byte[] forged = FrameOfAnotherLog();
        using (SegmentLog log = _fixture.Open())
        {
            LogFixture.Append(log, "one");
            Assert.Equal(AppendResult.Accepted, log.Append(LogRecordKind.Message, LogRecordFlags.None, "evil"u8, "a/b"u8, default, [.. forged, .. new byte[100]], default, null));
            LogFixture.Append(log, "two");
        }

        byte[] whole = File.ReadAllBytes(_fixture.NewestSegment());
        int begin = whole.AsSpan().IndexOf(forged);
        Assert.True(begin > 0);
        for (int length = begin; length < begin + forged.Length + 100; length++)
        {
            File.WriteAllBytes(_fixture.NewestSegment(), whole[..length]);
            using SegmentLog log = _fixture.Open();
            Assert.Equal(["one"], LogFixture.ReadAll(log));
            Assert.Equal(1, log.CommittedEndOffset);
        }
    }

    [Fact]
    public void Frame_of_another_log_inside_a_damaged_commit_is_not_read_in_its_place()
    {
        byte[] forged = FrameOfAnotherLog();
        using SegmentLog log = _fixture.Open();
        LogFixture.Append(log, "one");
        LogFixture.Append(log, [.. "evil"u8, .. forged]);
        LogFixture.Append(log, "three");
        string path = _fixture.NewestSegment();
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = File.ReadAllBytes(path).AsSpan().IndexOf("evil"u8);
            file.WriteByte((byte)'E');
        }

        Assert.Equal(["one", "three"], LogFixture.ReadAll(log, out int damaged));
        Assert.True(damaged > 0);
    }

    [Fact]
    public void Segment_of_the_format_without_a_seed_is_refused_with_what_to_do()
    {
        byte[] header = new byte[LogSegment.HeaderLengthBytes];
        "CSGLOG\0\u0001"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), LogBatch.Crc32C(header.AsSpan(0, 28)));
        string path = Path.Combine(_fixture.Directory, LogSegment.FileName(0));
        File.WriteAllBytes(path, header);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => _fixture.Open().Dispose());
        Assert.Contains($"{path}: the log is in format 1, this gateway reads format 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_segment_has_a_seed_of_its_own_that_outlives_a_restart()
    {
        string filler = new('x', 600_000);
        ulong[] seeds;
        using (SegmentLog log = _fixture.Open())
        {
            for (int i = 0; i < 4; i++)
            {
                LogFixture.Append(log, filler);
            }

            seeds = [.. log.Segments.Select(s => s.Seed)];
        }

        Assert.Equal(4, seeds.Distinct().Count());
        using SegmentLog again = _fixture.Open();
        Assert.Equal(seeds, again.Segments.Select(s => s.Seed));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _fixture.Dispose();
        _attacker.Dispose();
    }

    /// <summary>The second commit of a log of the same shape: the offset fits, and so does every length.</summary>
    private byte[] FrameOfAnotherLog()
    {
        long begin;
        using (SegmentLog log = _attacker.Open())
        {
            LogFixture.Append(log, "one");
            begin = log.Segments[^1].CommittedLengthBytes;
            LogFixture.Append(log, "forged");
        }

        byte[] bytes = File.ReadAllBytes(_attacker.NewestSegment());
        return bytes[(int)begin..];
    }
}
