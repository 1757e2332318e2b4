using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>
/// The durable log on a real file: records of 150 bytes appended by one thread, which then waits for the commit that holds the last of
/// them. With one record the figure is that of a whole commit; with many it is what group commit leaves of it.
/// </summary>
[MemoryDiagnoser]
public class LogAppendBenchmarks
{
    private const int RecordLengthBytes = 150;
    private const long RetireAfterRecords = 1_000_000;

    private readonly Waiter _waiter = new();
    private readonly byte[] _clientId = Encoding.UTF8.GetBytes("SMK-000017");
    private readonly byte[] _topic = Encoding.UTF8.GetBytes(SmokeMessage.TopicOf("SMK-000017"));
    private readonly byte[] _frame = new byte[64 * 1024];
    private byte[] _payload = [];
    private string _directory = "";
    private SegmentLog _log = null!;
    private EventTime _now = new(1_769_504_400_000);
    private long _sinceRetired;

    [GlobalSetup]
    public void Setup()
    {
        _payload = new byte[RecordLengthBytes - LogRecord.HeaderLengthBytes - _clientId.Length - _topic.Length];
        new Random(1).NextBytes(_frame);
        _directory = Directory.CreateTempSubdirectory("log-bench-").FullName;
        _log = SegmentLog.Open(_directory, new IngestLogOptions { RetentionSizeBytes = 1 }, () => _now, NullLogger.Instance);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>One record, one fsync.</summary>
    [Benchmark]
    public void AppendOneAndWait() => AppendAndWait(1);

    /// <summary>A burst of 64, each counted.</summary>
    [Benchmark(OperationsPerInvoke = 64)]
    public void AppendOf64() => AppendAndWait(64);

    /// <summary>A burst of 4,096, each counted.</summary>
    [Benchmark(OperationsPerInvoke = 4096)]
    public void AppendOf4096() => AppendAndWait(4096);

    /// <summary>The checksum of one record's bytes.</summary>
    [Benchmark]
    public uint CrcOfRecord() => LogBatch.Crc32C(_frame.AsSpan(0, RecordLengthBytes));

    /// <summary>The checksum of a frame of 64 KiB.</summary>
    [Benchmark]
    public uint CrcOfFrame() => LogBatch.Crc32C(_frame);

    private void AppendAndWait(int records)
    {
        _now += TimeSpan.FromMilliseconds(1);
        _waiter.Expect(records);
        for (int i = 0; i < records; i++)
        {
            _log.Append(LogRecordKind.Message, LogRecordFlags.Qos1 | LogRecordFlags.Ingested, _clientId, _topic, default, _payload, _now, _waiter);
        }

        _waiter.Wait();
        if ((_sinceRetired += records) > RetireAfterRecords)
        {
            // The disk of whoever measures is not to fill up; once in a million records it does not show.
            _sinceRetired = 0;
            _log.Retire(_log.CommittedEndOffset, _now);
        }
    }

    private sealed class Waiter : CommitListener, IDisposable
    {
        private readonly ManualResetEventSlim _all = new();
        private int _missing;

        public void Expect(int records)
        {
            _all.Reset();
            Volatile.Write(ref _missing, records);
        }

        public void Wait() => _all.Wait();

        public override void OnCommitted(int count, bool durable)
        {
            if (!durable)
            {
                throw new IOException("the log could not be written, so there is nothing to measure");
            }

            if (Interlocked.Add(ref _missing, -count) == 0)
            {
                _all.Set();
            }
        }

        public void Dispose() => _all.Dispose();
    }
}
