using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Host.IngestLog;

/// <summary>A log in a folder of its own, with messages that name themselves.</summary>
internal sealed class LogFixture : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("csg-log-").FullName;

    public IngestLogOptions Options { get; } = new() { SegmentSizeBytes = 1024 * 1024 };

    public SegmentLog Open() => SegmentLog.Open(Directory, Options, () => new EventTime(0), NullLogger.Instance);

    /// <summary>Appends one message and waits for the disk; one commit a call.</summary>
    public static bool Append(SegmentLog log, string text, long time = 0) => Append(log, Encoding.UTF8.GetBytes(text), time);

    /// <summary>The same with any bytes.</summary>
    public static bool Append(SegmentLog log, byte[] payload, long time = 0)
    {
        CommitCompletion completion = new();
        AppendResult result = log.Append(LogRecordKind.Message, LogRecordFlags.Qos1, "client"u8, "a/b"u8, default, payload, new EventTime(time), completion);
        Assert.Equal(AppendResult.Accepted, result);
        return completion.Durable.GetAwaiter().GetResult();
    }

    public static List<string> ReadAll(SegmentLog log, long from = 0) => ReadAll(log, out _, from);

    public static List<string> ReadAll(SegmentLog log, out int damagedRegions, long from = 0)
    {
        LogReader reader = new(log, from);
        List<string> texts = [];
        while (reader.TryReadFrame(out LogBatch.Header header, out ReadOnlySpan<byte> records, out int skip))
        {
            int index = 0;
            while (records.Length > 0)
            {
                Assert.True(LogRecord.TryRead(records, out LogRecord record, out int length));
                if (index++ >= skip)
                {
                    texts.Add(Encoding.UTF8.GetString(record.Payload));
                }

                records = records[length..];
            }

            Assert.Equal(header.RecordCount, index);
        }

        damagedRegions = reader.DamagedRegions;
        return texts;
    }

    public string NewestSegment() => System.IO.Directory.GetFiles(Directory, "*.seg").Order(StringComparer.Ordinal).Last();

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
