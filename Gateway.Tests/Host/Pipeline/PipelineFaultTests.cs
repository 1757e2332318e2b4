using System.Globalization;
using System.Text;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Readings;
using Gateway.Tests.Host.IngestLog;
using Gateway.Tests.Host.Series;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>A log that fails under a running pipeline.</summary>
public sealed class PipelineFaultTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly CitySnapshot City = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;

    private readonly LogFixture _log = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SeriesFolder _series = new();
    private readonly RecordedLog _lines = new();
    private readonly Ledger _ledger = new();

    [Fact]
    public async Task Newest_commit_damaged_on_disk_is_passed_over_and_told()
    {
        using SegmentLog log = _log.Open();
        using SqliteCaseStore cases = SqliteCaseStore.Open(_folder.File("cases.db"));
        using EmbeddedSeriesStore series = _series.Open();
        Begin(log);
        Level(log, 1);
        Level(log, 2);
        Damage("\"seq\":2");
        using PipelineWorker worker = Worker(log, cases, series, new PipelineOptions { FramesPerCommit = 1 });
        worker.Start();
        await ProcessedAsync(worker, 3);
        Assert.Equal(1, worker.DamagedRegions);
        Assert.Contains(_lines.Lines, l => l.StartsWith("Error 1103 ", StringComparison.Ordinal));

        Level(log, 3);
        await ProcessedAsync(worker, 4);
        Assert.Equal(2, _ledger.Total[Outcome.Stored]);
        Assert.True(worker.IsHealthy);
    }

    [Fact]
    public async Task Segment_that_cannot_be_deleted_stops_nothing_and_is_told()
    {
        _log.Options.SegmentSizeBytes = 1024;
        _log.Options.RetentionSizeBytes = 1;
        using SegmentLog log = _log.Open();
        using SqliteCaseStore cases = SqliteCaseStore.Open(_folder.File("cases.db"));
        using EmbeddedSeriesStore series = _series.Open();
        Begin(log);
        for (int i = 1; i <= 20; i++)
        {
            Level(log, i);
        }

        // A directory in its place: what File.Delete cannot delete, whoever asks.
        string oldest = log.Segments[0].Path;
        File.Delete(oldest);
        Directory.CreateDirectory(oldest);
        int segments = log.Segments.Length;
        using PipelineWorker worker = Worker(log, cases, series, new PipelineOptions { CheckpointRecords = 1, FramesPerCommit = 1 });
        worker.Start();
        await ProcessedAsync(worker, 21);
        await ToldAsync("Error 1104 ");
        Assert.Equal(segments, log.Segments.Length);
        Level(log, 21);
        await ProcessedAsync(worker, 22);
        Assert.True(worker.IsHealthy);

        Directory.Delete(oldest);
        Level(log, 22);
        await ProcessedAsync(worker, 23);
        worker.Dispose();
        Assert.Single(log.Segments);
    }

    [Fact]
    public async Task Pipeline_that_cannot_go_on_says_where_and_why()
    {
        using SegmentLog log = _log.Open();
        using SqliteCaseStore cases = SqliteCaseStore.Open(_folder.File("cases.db"));
        using EmbeddedSeriesStore series = _series.Open();
        Begin(log);
        using PipelineWorker worker = Worker(log, cases, series, new PipelineOptions());
        worker.Start();
        await ProcessedAsync(worker, 1);
        Assert.Null(worker.Failure);
        Append(log, (LogRecordKind)99, "", "");
        await HoldsAsync(() => worker.Failure is not null, () => "no failure");
        Assert.False(worker.IsHealthy);
        Assert.StartsWith("at log offset 1: log record 1 is of kind 99", worker.Failure, StringComparison.Ordinal);
        await ToldAsync("Critical 1101 ");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
        _series.Dispose();
    }

    private PipelineWorker Worker(SegmentLog log, SqliteCaseStore cases, EmbeddedSeriesStore series, PipelineOptions options) =>
        new(log, cases, series, new Partition(_ => City, _ledger, new Quarantine(), new DeviceBoard()), options, TimeProvider.System, _lines, _ => { });

    private static void Begin(SegmentLog log) => Append(log, LogRecordKind.Snapshot, "", City.Revision);

    private static void Level(SegmentLog log, int sequence) =>
        Append(log, LogRecordKind.Message, "city/v1/flood/FLD-000001/telemetry", string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{sequence},\"water_level\":0.01}}"));

    private static void Append(SegmentLog log, LogRecordKind kind, string topic, string payload)
    {
        CommitCompletion durable = new();
        log.Append(kind, LogRecordFlags.Ingested, "FLD-000001"u8, Encoding.UTF8.GetBytes(topic), default, Encoding.UTF8.GetBytes(payload), new EventTime(1_769_504_400_000), durable);
        Assert.True(durable.Durable.GetAwaiter().GetResult());
    }

    private void Damage(string text)
    {
        string path = _log.NewestSegment();
        int at = File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = at;
        file.WriteByte((byte)'#');
    }

    private async Task ProcessedAsync(PipelineWorker worker, long offset) =>
        await HoldsAsync(() => worker.ProcessedOffset == offset, () => $"processed {worker.ProcessedOffset}, not {offset}");

    private async Task ToldAsync(string line) =>
        await HoldsAsync(() => _lines.Lines.Any(l => l.StartsWith(line, StringComparison.Ordinal)), () => $"not told: {line}");

    private async Task HoldsAsync(Func<bool> holds, Func<string> otherwise)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        long began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Limit, $"{otherwise()}\n{string.Join('\n', _lines.Lines)}");
            await timer.WaitForNextTickAsync();
        }
    }
}
