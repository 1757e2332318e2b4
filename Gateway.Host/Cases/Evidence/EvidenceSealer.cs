using System.Text.Json;
using Gateway.Host.Api;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Host.Pipeline;
using Gateway.Host.Workers;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;

namespace Gateway.Host.Cases.Evidence;

/// <summary>
/// Follows the events of cases and, for each decision that opened a case or opened it again, puts away what it rests on: a file, whose hash then
/// goes through the log and becomes an event of the case. It works behind everything else, some decisions at a time; until it is through, the
/// log keeps what it needs. A crash between any two steps loses nothing: the file is made again, with the same bytes, and a case takes a
/// decision's seal once.
/// </summary>
internal sealed partial class EvidenceSealer : Worker
{
    /// <summary>Events that are looked at at once.</summary>
    internal const int EventLimit = 512;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMinutes(1);

    private readonly EvidenceFolder _folder;
    private readonly string _logFolder;
    private readonly SegmentLog _log;
    private readonly IngestLogOptions _options;
    private readonly ICaseStore _cases;
    private readonly PipelineWorker _pipeline;
    private readonly LogMarks _marks = new();
    private readonly CaseEventHub _hub;
    private readonly EvidenceMaker _maker;
    private readonly bool _isFirst;
    private EvidencePlace _place;
    private bool _hasLetGo;
    private bool _hasFailed;

    /// <summary>Takes up where the one before stood.</summary>
    /// <param name="folder">The bundles.</param>
    /// <param name="logFolder">The directory of the log.</param>
    /// <param name="log">The log.</param>
    /// <param name="options">The log's limits.</param>
    /// <param name="cases">The case store.</param>
    /// <param name="pipeline">Answers when a seal is in the case.</param>
    /// <param name="archive">The cities.</param>
    /// <param name="hub">Tells of new events.</param>
    /// <param name="time">For waits.</param>
    /// <param name="logger">Hears of failures.</param>
    /// <exception cref="InvalidDataException">The place is damaged; says what to do.</exception>
    public EvidenceSealer(
        EvidenceFolder folder, string logFolder, SegmentLog log, IngestLogOptions options, ICaseStore cases, PipelineWorker pipeline, CityArchive archive, CaseEventHub hub, TimeProvider time, ILogger logger)
        : base("evidence", time, logger)
    {
        (_folder, _logFolder, _log, _options, _cases, _pipeline, _hub) = (folder, logFolder, log, options, cases, pipeline, hub);
        long first = log.Segments.Select(s => s.FirstOffset).FirstOrDefault();
        EvidencePlace? place = EvidencePlace.Load(folder.Place);
        _isFirst = place is null;
        _place = place ?? new EvidencePlace { Since = first, Followed = first };
        foreach (LogMark mark in _place.Marks)
        {
            _marks.Add(mark);
        }

        Dictionary<string, CitySnapshot> known = new(StringComparer.Ordinal);
        CitySnapshot City(string revision)
        {
            if (!known.TryGetValue(revision, out CitySnapshot? city))
            {
                if (known.Count > 2)
                {
                    known.Clear(); // a whole city each: the one that held, and those of edits just before and after
                }

                city = known[revision] = pipeline.Snapshot is { } active && active.Revision == revision ? active : archive.Load(revision);
            }

            return city;
        }

        _maker = new EvidenceMaker(Scan, StartOf, _marks, City);
    }

    /// <summary>Global sequence of the last case event that needs no sealing any more.</summary>
    public long Cursor => Volatile.Read(ref _place).Cursor;

    /// <summary>
    /// First log offset that is still needed: what a decision that is not sealed rests on, and what one that comes now would. Beyond a
    /// quarter more than <see cref="IngestLogOptions.RetentionSizeBytes"/> the disk matters more, and nothing is held.
    /// </summary>
    public long NeededOffset()
    {
        if (_options.RetentionSizeBytes > 0 && _log.Segments.Sum(s => s.CommittedLengthBytes) > _options.RetentionSizeBytes / 4 * 5)
        {
            if (!_hasLetGo)
            {
                LogLetGo(Logger, _options.RetentionSizeBytes >> 20);
                _hasLetGo = true;
            }

            return long.MaxValue;
        }

        _hasLetGo = false;
        TimeSpan lookBack = _pipeline.Snapshot is { } city ? RuleReach.Longest(city.Rules) : RuleReach.ShortestLookBack;
        EventTime oldest;
        try
        {
            // Events are in the order of the log: no decision behind the cursor is older than the first event there.
            oldest = _cases.EventsAfter(Cursor, 1) is [var next] ? next.Event.At : _pipeline.LastRecordAt;
        }
        catch (CaseStoreException)
        {
            return 0; // what cannot be asked for may still be needed; the pipeline, which writes there, tells of it
        }

        return Math.Min(Volatile.Read(ref _place).Followed, StartOf(oldest - (lookBack < EvidenceMaker.LongestLookBack ? lookBack : EvidenceMaker.LongestLookBack)).Offset);
    }

    /// <summary>Seals what there is to seal.</summary>
    /// <exception cref="IOException">The log or the folder of bundles cannot be used.</exception>
    /// <exception cref="CaseStoreException">The case store cannot be read.</exception>
    public async Task SealAsync(CancellationToken stop)
    {
        await _pipeline.CaughtUp.WaitAsync(stop).ConfigureAwait(false); // a seal that is in the log and not yet in its case must not be made again
        Follow();
        while (_cases.EventsAfter(_place.Cursor, EventLimit) is { Count: > 0 } events)
        {
            DecisionToSeal[] decisions = [.. Open(events)];
            if (decisions.Length > 0)
            {
                Follow();
                foreach (EvidenceBundle bundle in _maker.Make(decisions, stop))
                {
                    await SealAsync(bundle, stop).ConfigureAwait(false);
                }
            }

            Stand(_place with { Cursor = events[^1].Sequence });
        }
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            Task news = _hub.Next;
            try
            {
                await SealAsync(stop).ConfigureAwait(false);
                _hasFailed = false;
                await Task.WhenAny(news, Task.Delay(FollowInterval, Time, stop)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CaseStoreException or InvalidDataException)
            {
                if (!_hasFailed)
                {
                    LogFailed(Logger, e.Message);
                }

                _hasFailed = true;
                await Task.Delay(RetryInterval, Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private IEnumerable<DecisionToSeal> Open(IReadOnlyList<SequencedEvent> events)
    {
        int passed = 0;
        foreach (IGrouping<string, CaseEvent> ofCase in events.Select(e => e.Event).Where(DecisionToSeal.Begins).GroupBy(e => e.CaseNo))
        {
            int done = _cases.Find(ofCase.Key)?.SealedDecision ?? 0;
            CaseEvent[] open = [.. ofCase.Where(e => e.Sequence > done && e.Offset >= _place.Since)];
            passed += ofCase.Count(e => e.Offset < _place.Since);
            IReadOnlyList<CaseEvent> history = open.Length > 0 ? _cases.History(ofCase.Key) : [];
            foreach (CaseEvent first in open)
            {
                if (Decision(history, first) is { } decision)
                {
                    yield return decision;
                }
            }
        }

        if (passed > 0 && _isFirst)
        {
            LogPassedOver(Logger, passed);
        }
    }

    /// <summary>Null, told, for a history that somebody has edited: it waits for a person, and the others do not wait for it.</summary>
    private DecisionToSeal? Decision(IReadOnlyList<CaseEvent> history, CaseEvent first)
    {
        try
        {
            return DecisionToSeal.Of(history, first.Sequence, _cases.History);
        }
        catch (InvalidOperationException e)
        {
            LogNotWhole(Logger, first.CaseNo, e.Message);
            return null;
        }
    }

    private async Task SealAsync(EvidenceBundle bundle, CancellationToken stop)
    {
        ReadOnlyMemory<byte> bytes = EvidenceFormat.Write(bundle);
        _folder.Put(bundle.CaseNo, bundle.Decision, bytes.Span);
        Guid id = Guid.NewGuid();
        Task<CommandResult> result = _pipeline.ResultOf(id);
        try
        {
            EvidenceSeal seal = new(bundle.CaseNo, bundle.Decision, EvidenceFolder.HashOf(bytes.Span), bytes.Length, bundle.Records.Count, bundle.Reproduces);
            byte[] payload = JsonSerializer.SerializeToUtf8Bytes(new CommandPayload(id, null) { Seal = seal }, PipelineJson.Default.CommandPayload);
            if (!await _log.AppendAsync(LogRecordKind.CaseCommand, default, default, payload).ConfigureAwait(false))
            {
                throw new IOException("the log cannot be written; see the message above");
            }

            await result.WaitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _pipeline.Abandon(id);
        }

        if (!bundle.Reproduces)
        {
            LogNotReproduced(Logger, bundle.CaseNo, bundle.Decision, bundle.Reason);
        }
    }

    /// <summary>Notes the marks of what has come in since.</summary>
    private void Follow()
    {
        long end = _log.CommittedEndOffset;
        if (end == _place.Followed)
        {
            return;
        }

        Scan(_place.Followed, end - 1, (long offset, in LogRecord record) =>
        {
            if (LogMarks.IsMark(record.Kind))
            {
                byte[] bytes = new byte[LogRecord.LengthBytes(record.ClientId.Length, record.Topic.Length, record.Properties.Length, record.Payload.Length)];
                LogRecord.Write(bytes, record.Kind, record.Flags, record.ReceivedAt, record.ClientId, record.Topic, record.Properties, record.Payload, record.PacketIdentifier);
                _marks.Add(new LogMark(offset, bytes));
            }
        });
        _marks.Forget(StartOf(EventTime.MinValue).First - EvidenceMaker.LongestLookBack);
        Stand(_place with { Followed = end });
    }

    private void Stand(EvidencePlace place)
    {
        place = place with { Marks = _marks.All };
        place.Save(_folder.Place);
        Volatile.Write(ref _place, place);
    }

    private void Scan(long from, long? to, LogExcerpt.Show show) => new LogExcerpt { From = from, To = to }.Run(_logFolder, show);

    /// <summary>The segment in which a time lies, and the time of the first record there is.</summary>
    private (long Offset, EventTime First) StartOf(EventTime time)
    {
        EventTime first = EventTime.MaxValue;
        long offset = 0;
        foreach (LogSegment segment in _log.Segments)
        {
            if (FirstTime(segment) is not { } begins || (first < EventTime.MaxValue && begins > time))
            {
                continue;
            }

            first = EventTime.Min(first, begins);
            offset = segment.FirstOffset;
        }

        return (offset, first);
    }

    /// <summary>Null too for a segment that the pipeline has retired since it was listed: it is no longer part of the log.</summary>
    private static EventTime? FirstTime(LogSegment segment)
    {
        try
        {
            return LogReader.FirstTime(segment);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    [LoggerMessage(EventId = 1901, Level = LogLevel.Error, Message = "evidence: a decision cannot be sealed: {Problem}; it is tried again, and the log keeps what is needed")]
    private static partial void LogFailed(ILogger logger, string problem);

    [LoggerMessage(EventId = 1902, Level = LogLevel.Warning, Message = "evidence: the log is a quarter larger than Gateway:Log:RetentionSizeBytes ({Limit} MiB) and is no longer kept for decisions that are not sealed yet; what they rest on may be lost")]
    private static partial void LogLetGo(ILogger logger, long limit);

    [LoggerMessage(EventId = 1903, Level = LogLevel.Warning, Message = "evidence: {CaseNo}, event {Decision}, was sealed with records that do not reproduce it: {Reason}")]
    private static partial void LogNotReproduced(ILogger logger, string caseNo, int decision, string reason);

    [LoggerMessage(EventId = 1905, Level = LogLevel.Error, Message = "evidence: {CaseNo} has a history that does not fold, and is not sealed: {Problem}; see audit verify")]
    private static partial void LogNotWhole(ILogger logger, string caseNo, string problem);

    [LoggerMessage(EventId = 1904, Level = LogLevel.Information, Message = "evidence: {Count} decisions are from before evidence was sealed, and their records are no longer in the log; they stay without")]
    private static partial void LogPassedOver(ILogger logger, int count);
}
