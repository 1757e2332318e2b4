using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Host.Series;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Pipeline;

/// <summary>
/// Drives a partition along the log on a thread of its own and commits its effects: case events with the log offset in one transaction,
/// readings to the series store, now and then a checkpoint. Effects are shown to nobody before they are committed.
/// </summary>
internal sealed class PipelineWorker : IDisposable
{
    /// <summary>The one partition there is so far.</summary>
    private const int PartitionNumber = 0;

    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SegmentLog _log;
    private readonly ICaseStore _cases;
    private readonly ISeriesStore _series;
    private readonly Partition _partition;
    private readonly PipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly LogReader _reader;
    private readonly StorePatience _patience;
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<CommandResult>> _waiting = new();
    private readonly Action<IReadOnlyList<Case>> _committed;
    private ImmutableArray<ActiveAlert> _alerts = [];
    private CitySnapshot? _snapshot;
    private string? _failure;
    private long _transitions;
    private long _processedOffset;
    private long _nextDue = long.MaxValue;
    private long _lastRecordAt;
    private long _checkpointTimestamp;
    private long _checkpointOffset;
    private long _rebuildsTo;

    /// <summary>
    /// Restores the partition from its checkpoint and the case store; <see cref="Start"/> sets it going. Whenever cases have changed, and
    /// are durable, <paramref name="committed"/> gets them as they stand then. Whoever drives it by <see cref="Turn"/> instead says with
    /// <paramref name="wait"/> how it waits for a store, and whether it stops; null for the thread's way.
    /// </summary>
    public PipelineWorker(SegmentLog log, ICaseStore cases, ISeriesStore series, Partition partition, PipelineOptions options, TimeProvider time, ILogger logger, Action<IReadOnlyList<Case>> committed, Func<TimeSpan, bool>? wait = null)
    {
        _log = log;
        _cases = cases;
        _series = series;
        _partition = partition;
        _options = options;
        _time = time;
        _logger = logger;
        _committed = committed;
        _patience = new StorePatience(wait ?? _stop.Wait, logger);
        _partition.Stored = new CaseLookups(cases.Find, CaseOfReport);
        _checkpointOffset = Restore();
        _processedOffset = _checkpointOffset;
        _reader = new LogReader(log, _checkpointOffset);
        _checkpointTimestamp = time.GetTimestamp();
        _thread = new Thread(Run) { Name = "pipeline", IsBackground = true };
    }

    /// <summary>Offset from which somebody beside the pipeline needs the log; set once, before <see cref="Start"/>.</summary>
    public Func<long>? OtherConsumer { get; set; }

    /// <summary>Offset behind the last record whose effects are committed.</summary>
    public long ProcessedOffset => Volatile.Read(ref _processedOffset);

    /// <summary>Offset the last checkpoint was made at.</summary>
    public long CheckpointOffset => Volatile.Read(ref _checkpointOffset);

    /// <summary>Changes of alerts since start.</summary>
    public long Transitions => Interlocked.Read(ref _transitions);

    /// <summary>Pending and firing alerts, as of the last commit.</summary>
    public ImmutableArray<ActiveAlert> Alerts
    {
        get
        {
            lock (_waiting)
            {
                return _alerts;
            }
        }
    }

    /// <summary>The snapshot at work; null before the first snapshot record.</summary>
    public CitySnapshot? Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>When something happens without a message; <see cref="EventTime.MaxValue"/> for never.</summary>
    public EventTime NextDue => Volatile.Read(ref _nextDue) is var due && due == long.MaxValue ? EventTime.MaxValue : new EventTime(due);

    /// <summary>Log time of the last processed record.</summary>
    public EventTime LastRecordAt => new(Volatile.Read(ref _lastRecordAt));

    /// <summary>Members of payloads that no profile names, since start.</summary>
    public long UnknownFields => _partition.UnknownFields;

    /// <summary>Whether the thread works; false after a failure that it logged.</summary>
    public bool IsHealthy => Failure is null;

    /// <summary>What ended the thread; null while it works. Only a restart mends it.</summary>
    public string? Failure
    {
        get => Volatile.Read(ref _failure);
        private set => Volatile.Write(ref _failure, value);
    }

    /// <summary>What keeps the pipeline waiting; null when nothing does.</summary>
    public string? StoreFailure => _patience.Failure;

    /// <summary>Damaged regions of the log it met.</summary>
    public long DamagedRegions => _reader.DamagedRegions;

    /// <summary>Completes when the pipeline has caught up with the log for the first time.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Some commits of the log, their effects, and a checkpoint when one is due. The thread calls it; without <see cref="Start"/> whoever
    /// drives the worker does.
    /// </summary>
    /// <exception cref="StoreUnavailableException">A store took nothing until the gateway stopped.</exception>
    internal PipelineTurn Turn()
    {
        bool progressed = ProcessFrames();
        if (_stop.IsSet && ProcessedOffset >= _log.CommittedEndOffset)
        {
            Checkpoint();
            return PipelineTurn.Finished;
        }

        if (DueForCheckpoint())
        {
            Checkpoint();
        }

        return progressed ? PipelineTurn.Progressed : PipelineTurn.CaughtUp;
    }

    /// <summary>Completes with the answer to a command once its record is processed and its events are durable.</summary>
    public Task<CommandResult> ResultOf(Guid id) =>
        _waiting.GetOrAdd(id, static _ => new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Forgets a command nobody waits for any more.</summary>
    public void Abandon(Guid id) => _waiting.TryRemove(id, out _);

    /// <summary>Processes what is in the log, makes a checkpoint and ends. The log must take no more records.</summary>
    public void Dispose()
    {
        _stop.Set();
        _log.WakeReaders();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    private long Restore()
    {
        CaseStorePosition position = _cases.Position(PartitionNumber);
        _partition.Restore(_cases.LoadOpen(PartitionNumber), position.LastNumber, position.NextOffset, _log.Recovered.NextOffset);
        _rebuildsTo = position.NextOffset;
        long from = 0;
        if (_cases.LoadCheckpoint(PartitionNumber) is { } checkpoint)
        {
            from = _partition.Load(checkpoint.State);
        }

        _alerts = [.. _partition.ActiveAlerts()];
        Volatile.Write(ref _snapshot, _partition.Snapshot);
        return from;
    }

    private void Run()
    {
        try
        {
            while (Turn() is var turn && turn != PipelineTurn.Finished)
            {
                if (turn == PipelineTurn.CaughtUp && !_stop.IsSet)
                {
                    _caughtUp.TrySetResult();
                    _log.WaitForCommit(ProcessedOffset, _options.CheckpointInterval);
                }
            }
        }
        catch (StoreUnavailableException e)
        {
            _logger.StoreFailed(e, "at the end");
        }
        catch (Exception e)
        {
            // Whatever it is, going on would make cases out of a state that is not the log's. Intake continues; readiness and the
            // log say that a person is needed; a restart resumes from the last commit.
            Failure = $"at log offset {ProcessedOffset}: {e.Message}";
            _logger.PipelineStopped(e, ProcessedOffset);
        }
    }

    private string? CaseOfReport(string source, string externalId, EventTime since)
    {
        string? caseNo = null;
        _patience.Write("case store", () => caseNo = _cases.CaseOfReport(source, externalId, since)); // without the answer the report may be counted twice
        return caseNo;
    }

    private bool ProcessFrames()
    {
        int damagedRegions = _reader.DamagedRegions;
        long lostRecords = _reader.LostRecords;
        int frames = 0;
        while (frames < _options.FramesPerCommit && _patience.TryRead(_reader, out LogBatch.Header header, out ReadOnlySpan<byte> records, out int skip))
        {
            frames++;
            ProcessFrame(header, records, skip);
        }

        if (_reader.DamagedRegions > damagedRegions)
        {
            _logger.DamagePassedOver(_reader.LostRecords - lostRecords, _reader.NextOffset);
        }

        if (_reader.NextOffset == ProcessedOffset)
        {
            return false;
        }

        CommitEffects(); // also when there was nothing but damage: what lies behind it must not wait for it
        return true;
    }

    private void ProcessFrame(in LogBatch.Header header, ReadOnlySpan<byte> records, int skip)
    {
        for (int i = 0; i < header.RecordCount; i++)
        {
            if (!LogRecord.TryRead(records, out LogRecord record, out int length))
            {
                throw new InvalidDataException($"log record {header.FirstOffset + i} has lengths that do not fit its batch");
            }

            if (i >= skip)
            {
                _partition.Process(record, header.FirstOffset + i);
            }

            records = records[length..];
        }

        foreach ((DeviceRegister register, ReadingBatch batch) in _partition.Readings)
        {
            _patience.Write("series store", () => _series.Append(batch, 0, batch.Count, register));
        }

        _partition.ClearReadings();
    }

    private void CommitEffects()
    {
        long offset = _reader.NextOffset;
        if (_partition.Effects.MustCommit)
        {
            CommitToStore(offset, checkpoint: null);
        }

        Publish(offset);
    }

    private void Publish(long offset)
    {
        FrameEffects effects = _partition.Effects;
        Interlocked.Add(ref _transitions, effects.Transitions);
        if (effects.Transitions > 0 || _snapshot != _partition.Snapshot)
        {
            ImmutableArray<ActiveAlert> alerts = [.. _partition.ActiveAlerts()];
            lock (_waiting)
            {
                _alerts = alerts;
            }
        }

        Volatile.Write(ref _snapshot, _partition.Snapshot);
        Volatile.Write(ref _lastRecordAt, _partition.LastRecordAt.UnixMilliseconds);
        Volatile.Write(ref _nextDue, _partition.NextDue?.UnixMilliseconds ?? long.MaxValue);
        Volatile.Write(ref _processedOffset, offset);
        _partition.Settle();
        if (effects.Cases.Events.Count > 0)
        {
            _committed([.. effects.Cases.Cases]);
        }

        foreach (CommandResult result in effects.Results)
        {
            if (_waiting.TryRemove(result.Id, out TaskCompletionSource<CommandResult>? waiting))
            {
                waiting.SetResult(result);
            }
        }

        effects.Clear();
    }

    private void CommitToStore(long offset, RuleCheckpoint? checkpoint)
    {
        FrameEffects effects = _partition.Effects;
        CaseCommit commit = new()
        {
            Partition = PartitionNumber,
            NextOffset = offset,
            LogTime = _partition.LastRecordAt,
            Events = effects.Cases.Events,
            Cases = effects.Cases.Cases,
            Checkpoint = checkpoint,
            Shadow = [.. effects.Shadow],
            Retained = effects.Retained.Count == 0 ? null : effects.Retained.ToDictionary(r => r.Key, r => RetainedRecord.Encode(r.Value), StringComparer.Ordinal),
        };
        _patience.Write("case store", () => _cases.Commit(commit));
    }

    private bool DueForCheckpoint() =>
        ProcessedOffset > _checkpointOffset
        && (ProcessedOffset - _checkpointOffset >= _options.CheckpointRecords || _time.GetElapsedTime(_checkpointTimestamp) >= _options.CheckpointInterval);

    private void Checkpoint()
    {
        _checkpointTimestamp = _time.GetTimestamp();
        if (_partition.Snapshot is null || ProcessedOffset == _checkpointOffset || ProcessedOffset < _rebuildsTo)
        {
            // The last: the store is past this offset and would not take the checkpoint, so the log behind it is still needed.
            return;
        }

        // Readings first: the checkpoint says that nothing before it needs to be processed again.
        long offset = ProcessedOffset;
        _patience.Write("series store", _series.Flush);
        CommitToStore(offset, new RuleCheckpoint(offset, _partition.Save(offset)));
        Volatile.Write(ref _checkpointOffset, offset);
        Retire(offset);
    }

    /// <summary>Room on the disk is not worth a stop: what cannot be deleted now is tried again at the next checkpoint.</summary>
    private void Retire(long offset)
    {
        try
        {
            _log.Retire(Math.Min(offset, OtherConsumer?.Invoke() ?? offset), _partition.LastRecordAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.RetireFailed(e);
        }
    }
}
