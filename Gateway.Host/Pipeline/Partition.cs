using System.Buffers;
using System.Text;
using Gateway.Host.City;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Pipeline;

/// <summary>
/// Everything right of the log, as a deterministic function of its records: readings, alerts, cases, counts. It reads no clock and
/// writes nothing; the worker that drives it commits the effects. Not safe for threads.
/// </summary>
internal sealed class Partition
{
    private const int CheckpointVersion = 4, CheckpointWithoutSuppressed = 3, CheckpointWithoutAhead = 2;

    private readonly Func<string, CitySnapshot> _snapshots;
    private readonly MessageProcessor _messages;
    private readonly AlertHandover _handover;
    private readonly List<AlertTransition> _transitions = [];
    private readonly List<ActiveCity> _retired = [];
    private readonly MemoryStream _saved = new();
    private ActiveCity? _city;
    private CaseBook? _book;
    private StartedPayload _clock = new(1, false);
    private EventTime _nextAreaChange = EventTime.MaxValue, _nextOverlays = EventTime.MaxValue;
    private EventTime _lastRecordAt = EventTime.MinValue;
    private long _casesFrom;
    private IReadOnlyList<Case> _storedCases = [];
    private long _lastNumber;

    /// <summary>Creates an empty partition.</summary>
    /// <param name="snapshots">Finds a city snapshot by revision.</param>
    /// <param name="ledger">Takes the outcomes.</param>
    /// <param name="quarantine">Takes the messages that need attention.</param>
    /// <param name="devices">Takes when each device was last heard.</param>
    /// <param name="observer">Sees each alert transition, with the log offset that caused it, before its case does; may be null.</param>
    public Partition(Func<string, CitySnapshot> snapshots, Ledger ledger, Quarantine quarantine, DeviceBoard devices, Action<AlertTransition, long>? observer = null)
    {
        _snapshots = snapshots;
        Ledger = ledger;
        Quarantine = quarantine;
        Devices = devices;
        _messages = new MessageProcessor(ledger, quarantine);
        _handover = new AlertHandover(Effects, observer);
    }

    /// <summary>The counts.</summary>
    public Ledger Ledger { get; }

    /// <summary>The messages that need attention.</summary>
    public Quarantine Quarantine { get; }

    /// <summary>When each device was last heard.</summary>
    public DeviceBoard Devices { get; }

    /// <summary>What has not been committed yet.</summary>
    public FrameEffects Effects { get; } = new();

    /// <summary>The snapshot at work; null before the first snapshot record.</summary>
    public CitySnapshot? Snapshot => _city?.Snapshot;

    /// <summary>Time of the latest record.</summary>
    public EventTime LastRecordAt => _lastRecordAt;

    /// <summary>Unknown payload members since start.</summary>
    public long UnknownFields => _messages.UnknownFields;

    /// <summary>
    /// Readings of the records processed since <see cref="ClearReadings"/>, each batch with the register its device indexes belong to: when
    /// a snapshot took over in between, those of the one before come first.
    /// </summary>
    public IEnumerable<(DeviceRegister Register, ReadingBatch Batch)> Readings =>
        from city in _city is null ? _retired : _retired.Append(_city)
        from batch in city.Batches
        where batch.Count > 0
        select (city.Snapshot.Definition.Devices, batch);

    /// <summary>When something happens without a message; null when nothing is due.</summary>
    public EventTime? NextDue => Earlier(RulesDue, _book?.NextDue);

    // Timers of the rules, overlays that begin or end, or silences that end.
    private EventTime? RulesDue => Earlier(Earlier(_city?.Engine.NextDue, _handover.NextDue), _nextOverlays < EventTime.MaxValue ? _nextOverlays : null);

    /// <summary>Alerts that are pending or firing.</summary>
    public IReadOnlyList<ActiveAlert> ActiveAlerts() => [.. (_city?.Engine.ActiveAlerts() ?? []).Select(a => a with { SuppressedBy = _handover.SuppressorOf(a) })];

    /// <summary>In a replay under other rules: the command as it is meant there, where cases have other numbers.</summary>
    public Func<CaseCommand, CaseBook, CaseCommand>? CommandFor { get; init; }

    /// <summary>In a replay of one decision: the alerts that cases are told of; null for all.</summary>
    public Func<AlertTransition, bool>? Only { init => _handover.Only = value; }

    /// <summary>Finds cases that are over, which are not held here; null for none.</summary>
    public CaseLookups? Stored { get; set; }

    /// <summary>The rules at work; null before the first snapshot.</summary>
    public RuleEngine? Rules => _city?.Engine;

    /// <summary>Forgets the readings, once they are in the series store.</summary>
    public void ClearReadings()
    {
        _retired.Clear();
        foreach (ReadingBatch batch in _city?.Batches ?? [])
        {
            batch.Clear();
        }
    }

    /// <summary>Puts the outcomes of the processed messages into the ledger, once their effects can be seen.</summary>
    public void Settle() => _messages.Settle();

    /// <summary>
    /// Restores cases from the store. Records before <paramref name="committedOffset"/> already had their effect on cases: they rebuild
    /// rule state and change no case.
    /// </summary>
    /// <param name="stored">Open and reopenable cases.</param>
    /// <param name="lastNumber">Highest case number given.</param>
    /// <param name="committedOffset">First offset whose effect on cases is not stored yet.</param>
    /// <param name="appendsFrom">First offset this process appends: arrivals before it are counted as they are read.</param>
    public void Restore(IEnumerable<Case> stored, long lastNumber, long committedOffset, long appendsFrom)
    {
        _messages.CountsArrivalBefore = appendsFrom;
        _storedCases = [.. stored];
        _lastNumber = lastNumber;
        _casesFrom = committedOffset;
    }

    /// <summary>One record, in log order.</summary>
    public void Process(in LogRecord record, long offset)
    {
        if (record.Kind == LogRecordKind.GatewayStarted)
        {
            // Before time is advanced over the downtime: no device could be heard in it, so none may be found silent for it.
            ProcessStart(record, offset);
        }

        AdvanceTo(record.ReceivedAt, offset);
        _lastRecordAt = record.ReceivedAt;
        switch (record.Kind)
        {
            case LogRecordKind.Message:
                ProcessMessage(record, offset);
                break;
            case LogRecordKind.Snapshot:
                Activate(_snapshots(Encoding.ASCII.GetString(record.Payload)), record.ReceivedAt, offset);
                break;
            case LogRecordKind.CaseCommand:
                ProcessCommand(record, offset);
                break;
            case LogRecordKind.ClockCompared:
                _clock = StartedPayload.Of(record, offset);
                Retime();
                break;
            case LogRecordKind.Tick or LogRecordKind.GatewayStarted or LogRecordKind.Session:
                break;
            default:
                throw new InvalidDataException($"log record {offset} is of kind {(int)record.Kind}, which this version does not know: run the version that wrote it, or a newer one");
        }
    }

    /// <summary>Writes everything that cannot be rebuilt from cases alone, for a checkpoint at <paramref name="offset"/>.</summary>
    public byte[] Save(long offset)
    {
        ActiveCity city = _city ?? throw new InvalidOperationException("nothing to save before the first snapshot");
        _saved.SetLength(0); // its memory is kept: a city's streams make this tens of megabytes
        using BinaryWriter writer = new(_saved, Encoding.UTF8, leaveOpen: true);
        writer.Write(CheckpointVersion);
        writer.Write(offset);
        writer.Write(city.Snapshot.Revision);
        writer.Write(_clock.ClockSpeed);
        writer.Write(_clock.Exercise);
        writer.Write(_clock.AheadMilliseconds);
        writer.Write(_lastRecordAt.UnixMilliseconds);
        ArrayBufferWriter<byte> rules = new();
        city.Engine.SaveState(rules);
        writer.Write(rules.WrittenCount);
        writer.Write(rules.WrittenSpan);
        _messages.Save(writer);
        Ledger.Save(writer);
        Quarantine.Save(writer);
        Devices.Save(writer);
        _handover.Save(writer);
        writer.Flush();
        return _saved.ToArray();
    }

    /// <summary>Restores what <see cref="Save"/> wrote; cases must have been restored before.</summary>
    /// <returns>The offset to go on from.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or of another version.</exception>
    public long Load(byte[] checkpoint)
    {
        using BinaryReader reader = new(new MemoryStream(checkpoint));
        int version = reader.ReadInt32();
        if (version is not (CheckpointVersion or CheckpointWithoutSuppressed or CheckpointWithoutAhead))
        {
            throw new InvalidDataException("the checkpoint was written by another version of the gateway");
        }

        long offset = reader.ReadInt64();
        CitySnapshot snapshot = _snapshots(reader.ReadString());
        _clock = new StartedPayload(reader.ReadDouble(), reader.ReadBoolean(), version == CheckpointWithoutAhead ? 0 : reader.ReadInt64());
        _lastRecordAt = new EventTime(reader.ReadInt64());
        byte[] rules = reader.ReadBytes(reader.ReadInt32());
        PutToWork(new ActiveCity(snapshot.At(_lastRecordAt), _clock), _lastRecordAt);
        if (_city!.Engine.LoadState(rules, _lastRecordAt, _transitions) is { Fault: not StateFault.None } load)
        {
            throw new InvalidDataException($"the rule state in the checkpoint cannot be read: {load.Fault}");
        }

        _transitions.Clear();
        _messages.Load(reader);
        Ledger.Load(reader);
        Quarantine.Load(reader);
        Devices.Load(reader);
        _handover.Activate(_city.Snapshot, null, _city.Engine.ActiveAlerts(), _lastRecordAt);
        if (version == CheckpointVersion)
        {
            _handover.Load(reader, _lastRecordAt);
        }

        return offset;
    }

    /// <summary>Works with a snapshot that no record names: the one that held before the first record there is.</summary>
    public void Begin(CitySnapshot snapshot, EventTime at) => Activate(snapshot, at, offset: 0);

    /// <summary>Lets time pass without a record.</summary>
    public void AdvanceTo(EventTime time, long offset)
    {
        bool rebuilding = offset < _casesFrom;
        if (time >= _nextAreaChange)
        {
            RenewSettings(time);
            _handover.Renew(time, rebuilding ? null : _book);
        }

        while ((rebuilding ? RulesDue : NextDue) is { } due && due <= time)
        {
            // Rules first: a case must know an alert cleared before its clock at the same instant is judged.
            _city!.Engine.Advance(due, _transitions);
            Drain(due, offset);
            _handover.Advance(due, rebuilding ? null : _book);
            if (due == _nextOverlays)
            {
                Activate(_city.Snapshot, due, offset, evenIfSame: true);
            }

            if (!rebuilding)
            {
                _book!.Advance(due, Effects.Cases);
            }
        }
    }

    private void ProcessMessage(in LogRecord record, long offset)
    {
        if (record.Has(LogRecordFlags.Retain) && offset >= _casesFrom)
        {
            string topic = Encoding.UTF8.GetString(record.Topic);
            byte qos = (byte)(record.Flags & (LogRecordFlags.Qos1 | LogRecordFlags.Qos2));
            byte[] properties = record.Has(LogRecordFlags.Version5) ? record.Properties.ToArray() : [];
            Effects.Retained[topic] = new RetainedChange(topic, qos, properties, record.Payload.ToArray());
        }

        if (!record.Has(LogRecordFlags.Ingested) || _messages.Process(record, offset) is not { } readings)
        {
            return;
        }

        ReadingBatch batch = readings.Route.Batch!;
        Device device = readings.Route.Device!;
        for (int row = readings.FirstRow; row < batch.Count; row++)
        {
            ref readonly ReadingBatch.Row key = ref batch[row];
            _city!.Engine.Evaluate(batch, row, _transitions);
            if (_transitions.Count > 0)
            {
                Drain(record.ReceivedAt, offset, ReadingText.Of(batch, row));
            }

            if (key.Quality != TimeQuality.Historical)
            {
                Devices.Heard(device, key.ObservedAt, record.ReceivedAt);
                if (offset >= _casesFrom)
                {
                    _book!.Observe(device.Id, key.ObservedAt, record.ReceivedAt, offset, Effects.Cases);
                }
            }
        }
    }

    private void ProcessCommand(in LogRecord record, long offset)
    {
        if (offset < _casesFrom)
        {
            return; // its events, or its refusal, are already committed
        }

        if (PipelineJson.Read(record.Payload, PipelineJson.Default.CommandPayload) is not { } command)
        {
            throw new InvalidDataException($"log record {offset}: a case command that cannot be read");
        }

        Effects.Results.Add(command.CarryOut(_book!, CommandFor, record.ReceivedAt, offset, Effects.Cases));
    }

    private void ProcessStart(in LogRecord record, long offset)
    {
        StartedPayload clock = StartedPayload.Of(record, offset);
        bool sameClock = clock.ClockSpeed == _clock.ClockSpeed && clock.Exercise == _clock.Exercise;
        _clock = clock;
        Retime();
        if (_city is null)
        {
            return;
        }

        if (!sameClock)
        {
            Activate(_city.Snapshot, _lastRecordAt, offset, evenIfSame: true);
        }

        _city.Engine.GatewayStarted(record.ReceivedAt, record.ReceivedAt - _lastRecordAt);
    }

    /// <summary>The log's clock differs from the system's by another amount: device times are judged by both.</summary>
    private void Retime()
    {
        if (_city is not null)
        {
            _city.TimePolicy = _city.TimePolicy with { ClockAhead = _clock.Ahead };
        }
    }

    private void Activate(CitySnapshot snapshot, EventTime at, long offset, bool evenIfSame = false)
    {
        if (_city?.Snapshot.Revision == snapshot.Revision && !evenIfSame)
        {
            return;
        }

        ArrayBufferWriter<byte> state = new();
        ActiveCity? before = _city;
        before?.Engine.SaveState(state);
        if (before is not null)
        {
            _retired.Add(before);
        }

        PutToWork(new ActiveCity(snapshot.At(at), _clock), at);
        if (before is not null)
        {
            if (_city!.Engine.LoadState(state.WrittenSpan, at, _transitions) is { Fault: not StateFault.None } load)
            {
                throw new InvalidDataException($"rule state could not be carried over to snapshot {snapshot.Revision}: {load.Fault}");
            }

            _handover.Activate(_city.Snapshot, before.Snapshot, _city.Engine.ActiveAlerts(), at);
            Drain(at, offset);
            _handover.Renew(at, offset < _casesFrom ? null : _book);
        }
    }

    private static EventTime? Earlier(EventTime? left, EventTime? right) => left is null || right < left ? right ?? left : left;

    private void PutToWork(ActiveCity city, EventTime at)
    {
        _city = city;
        _messages.Activate(city);
        Devices.Activate(city.Snapshot.Definition.Devices);
        _nextOverlays = city.Snapshot.NextChange(at);
        RenewSettings(at);
    }

    private void RenewSettings(EventTime at)
    {
        CaseSettings settings = _city!.Snapshot.CaseSettingsAt(at, _clock.Exercise);
        _nextAreaChange = _city.NextAreaChange(at);
        _handover.Activate(_city.Snapshot, null, _city.Engine.ActiveAlerts(), at);
        if (_book is null)
        {
            _book = new CaseBook(settings, _lastNumber, _storedCases) { Stored = Stored?.Find, Reported = Stored?.OfReport };
            _storedCases = [];
        }
        else
        {
            _book.Settings = settings;
        }
    }

    private void Drain(EventTime now, long offset, string values = "")
    {
        _handover.Hand(_transitions, offset, values, now, offset < _casesFrom ? null : _book);
        _transitions.Clear();
    }
}
