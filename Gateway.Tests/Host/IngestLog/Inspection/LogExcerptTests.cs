using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.IngestLog.Inspection;

public sealed class LogExcerptTests : IDisposable
{
    private readonly LogFixture _fixture = new();

    /// <inheritdoc />
    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(0, null, null, null, 0, "0 1 2 3 4 5 6 7 8 9", null)]
    [InlineData(3, 5L, null, null, 0, "3 4 5", null)]
    [InlineData(9, null, null, null, 0, "9", null)]
    [InlineData(10, null, null, null, 0, "", null)]
    [InlineData(0, null, "a/+", null, 0, "0 2 4 6 8", null)]
    [InlineData(0, null, null, "client-1", 0, "1 4 7", null)]
    [InlineData(0, null, "b/#", "client-1", 0, "1 7", null)]
    [InlineData(0, null, null, null, 4, "0 1 2 3", 4L)]
    [InlineData(0, null, "a/+", null, 5, "0 2 4 6 8", null)]
    public void Excerpt_has_what_was_asked_for(long from, long? to, string? topic, string? client, long limit, string offsets, long? next)
    {
        Write();
        LogExcerpt excerpt = new() { From = from, To = to, Topic = topic is null ? null : Filter(topic), ClientId = client, Limit = limit };
        List<string> payloads = [];
        List<long> shown = [];
        excerpt.Run(_fixture.Directory, (long offset, in LogRecord record) =>
        {
            shown.Add(offset);
            payloads.Add(Encoding.UTF8.GetString(record.Payload));
        });
        Assert.Equal(offsets, string.Join(' ', shown));
        Assert.Equal(shown.Select(o => $"payload {o}"), payloads);
        Assert.Equal((next, 0), (excerpt.Next, excerpt.Damaged));
    }

    [Fact]
    public void Excerpt_passes_over_damage_and_counts_it()
    {
        Write();
        string path = Directory.GetFiles(_fixture.Directory).Order(StringComparer.Ordinal).First();
        byte[] bytes = File.ReadAllBytes(path);
        bytes[LogSegment.HeaderLengthBytes + 50] ^= 1;
        File.WriteAllBytes(path, bytes);
        List<long> shown = [];
        LogExcerpt excerpt = new();
        excerpt.Run(_fixture.Directory, (long offset, in LogRecord _) => shown.Add(offset));
        Assert.Equal(1, excerpt.Damaged);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => (long)i), shown);
    }

    /// <summary>Ten records of one commit each, three clients, two topics, in some segments.</summary>
    private void Write()
    {
        _fixture.Options.SegmentSizeBytes = 400;
        using SegmentLog log = _fixture.Open();
        for (int i = 0; i < 10; i++)
        {
            CommitCompletion durable = new();
            log.Append(LogRecordKind.Message, LogRecordFlags.Qos1, Encoding.UTF8.GetBytes($"client-{i % 3}"), i % 2 == 0 ? "a/x"u8 : "b/x"u8, default, Encoding.UTF8.GetBytes($"payload {i}"), new EventTime(i), durable);
            Assert.True(durable.Durable.GetAwaiter().GetResult());
        }
    }

    private static TopicFilter Filter(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out TopicFilter filter));
        return filter;
    }
}
