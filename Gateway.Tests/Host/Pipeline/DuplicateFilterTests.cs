using System.Text;
using Gateway.Host.Pipeline;

namespace Gateway.Tests.Host.Pipeline;

public sealed class DuplicateFilterTests
{
    private readonly DuplicateFilter _filter = new();

    private bool Judge(long? time, long seq, string payload, bool dup = false, int stream = 0, long at = 0) =>
        _filter.IsDuplicate(stream, time, seq, Encoding.UTF8.GetBytes(payload), dup, at);

    [Fact]
    public void Same_time_and_seq_is_a_duplicate_whatever_the_payload()
    {
        Assert.False(Judge(1000, 7, "a"));
        Assert.True(Judge(1000, 7, "a"));
        Assert.True(Judge(1000, 7, "b"));
    }

    [Fact]
    public void Same_time_without_seq_is_a_duplicate_only_with_the_same_payload()
    {
        Assert.False(Judge(1000, -1, "door_forced"));
        Assert.False(Judge(1000, -1, "door_opened"));
        Assert.True(Judge(1000, -1, "door_forced"));
    }

    [Fact]
    public void Seq_that_starts_again_after_a_reboot_is_no_duplicate()
    {
        Assert.False(Judge(1000, 1, "x"));
        Assert.False(Judge(2000, 1, "x"));
    }

    [Theory]
    [InlineData(-1, false, false)] // an ordinary repeated value
    [InlineData(-1, true, true)] // the same payload marked DUP
    [InlineData(5, false, true)] // the same seq and payload
    public void Without_a_device_time_it_takes_more_than_an_equal_payload(long seq, bool dup, bool expected)
    {
        Assert.False(Judge(null, seq, "{\"water_level\":0.4}"));
        Assert.Equal(expected, Judge(null, seq, "{\"water_level\":0.4}", dup));
    }

    [Fact]
    public void Dup_flag_alone_proves_nothing()
    {
        Assert.False(Judge(1000, 1, "x", dup: true));
        Assert.False(Judge(null, -1, "y", dup: true));
    }

    [Fact]
    public void Streams_do_not_know_each_other()
    {
        Assert.False(Judge(1000, 1, "x", stream: 0));
        Assert.False(Judge(1000, 1, "x", stream: 1));
    }

    [Fact]
    public void Fast_stream_recognises_everything_a_client_may_have_unacknowledged()
    {
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(Judge(1000 + i, i, "x", at: i));
        }

        for (int i = 0; i < 1000; i++)
        {
            Assert.True(Judge(1000 + i, i, "x", at: 1000));
        }
    }

    [Fact]
    public void Memory_survives_a_checkpoint()
    {
        for (int i = 0; i < 20; i++)
        {
            Judge(1000 + i, i, "x", stream: 3, at: i);
        }

        using MemoryStream bytes = new();
        _filter.Save(3, new BinaryWriter(bytes));
        _filter.Clear();
        bytes.Position = 0;
        _filter.Load(5, new BinaryReader(bytes));
        Assert.True(Judge(1010, 10, "x", stream: 5));
        Assert.False(Judge(1020, 20, "x", stream: 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Filter_saved_and_loaded_judges_every_later_message_as_the_one_that_went_on(int seed)
    {
        Random random = new(seed);
        DuplicateFilter lives = new();
        DuplicateFilter restored = new();
        long now = 1_000_000;
        for (int i = 0; i < 4_000; i++)
        {
            // Bursts that grow the window, then a slow stream that comes back to what the burst sent.
            now += i % 400 < 200 ? random.Next(50) : random.Next(60_000);
            long? time = random.Next(3) == 0 ? null : 1_000_000 - random.Next(300);
            byte[] payload = [(byte)random.Next(200)];
            long sequence = random.Next(100);
            Assert.Equal(
                lives.IsDuplicate(0, time, sequence, payload, false, now),
                restored.IsDuplicate(0, time, sequence, payload, false, now));
            if (random.Next(40) == 0)
            {
                using MemoryStream bytes = new();
                restored.Save(0, new BinaryWriter(bytes));
                bytes.Position = 0;
                restored = new DuplicateFilter();
                restored.Load(0, new BinaryReader(bytes));
            }
        }
    }
}
