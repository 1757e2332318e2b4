using System.Text;
using System.Text.Json;
using Gateway.Host.Access;
using Gateway.Host.Access.Credentials;
using Gateway.Host.City;
using Gateway.Host.Ingest;
using Gateway.Host.Ingest.Commands;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Ingest.Sessions;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Payloads.Pseudonyms;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Tests.Simulation.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Simulation;

/// <summary>
/// One process of the gateway: the parts of <see cref="Gateway.Host.Composition.GatewayRuntime"/>, wired in the same order, on a simulated
/// disk and simulated stores, without a thread or a timer.
/// </summary>
internal sealed class SimulatedGateway
{
    private readonly SimulationWorld _world;
    private readonly SessionJournal _journal;
    private readonly List<Task> _awaiting = [];
    private long _sessionOffset;

    /// <summary>Opens everything and writes that it has started, as the real one does.</summary>
    /// <exception cref="IOException">The disk does not let it.</exception>
    public SimulatedGateway(SimulationWorld world)
    {
        _world = world;
        SimulationSettings settings = world.Settings;
        Mount = new DiskMount(world.Disk, world.Faults, world.Trace);
        GatewayClock? clock = null;
        Log = SegmentLog.OpenStepped(Mount, "", settings.Log, () => clock!.Now, NullLogger.Instance, world.Cases.Position(0).NextOffset);
        Clock = clock = GatewayClock.Real(world.Time, EventTime.Max(Log.Recovered.LastReceivedAt, world.Cases.Position(0).LogTime));
        City = new CityWatcher("", new ModeFile(""), world.Folder, [], world.City.Archive, Log, world.Time, NullLogger<CityWatcher>.Instance);
        CredentialStore credentials = CredentialStore.Open(world.City.CredentialPath, world.Time, NullLogger<CredentialStore>.Instance);
        MqttOptions options = new();
        Admission admission = new(options, isDevelopment: true, credentials, Clock, id => City.Latest.Definition.Devices.Find(id) is not null);
        RetainedMessages retained = new(options.RetainedLimit, options.RetainedLimitBytes);
        retained.Restore(world.Cases.LoadRetained(), Clock.Steady);
        retained.Restore(Log, world.Cases.Position(0).NextOffset, Clock.Steady);
        MessageRouter router = new(Clock);
        _journal = new SessionJournal(Log, Clock);
        MqttBudgets budgets = new(options);
        Sessions = new SessionRegistry(options, Clock, router, budgets, _journal);
        SessionSnapshot? kept = world.SessionFile is { } file ? SessionSnapshot.Read(file) : null;
        new SessionRecovery(Log, Sessions, router, Clock).Restore(kept);
        _sessionOffset = kept?.Offset ?? 0;
        LogQuota quota = new(Log, () => Pipeline!.ProcessedOffset, settings.Log, () => (long.MaxValue, long.MaxValue), world.Time, NullLogger.Instance);
        Pseudonymizer pseudonyms = new(new byte[32]);
        IngestDoor door = new(Log, quota, Ledger, City, new TopicRules(options.Access), retained, _journal, pseudonyms);
        Log.Refused = records =>
        {
            door.CountRefused(records);
            world.NoteRefused(records);
        };
        GatewayPublisher publisher = new(Log, router, _journal, Clock);
        MqttServer server = new(options, Clock, Log, door, admission, router, retained, Sessions, _journal, new DeviceCommands(publisher, router, pseudonyms, Clock, world.Time), budgets);
        Handler = new MqttConnectionHandler(server, NullLogger<MqttConnectionHandler>.Instance);

        Partition = new Partition(world.City.Find, Ledger, new Quarantine(), new DeviceBoard());
        Pipeline = new PipelineWorker(Log, world.Cases, world.Series, Partition, settings.Pipeline, world.Time, NullLogger.Instance, Committed, Wait);
        Pipeline.OtherConsumer = () => _journal.IsAnyKept ? _sessionOffset : long.MaxValue;
        Ticker = new TickWorker(Log, Pipeline, Clock, world.Time, NullLogger<TickWorker>.Instance);
        ClockKeeper = new ClockKeeper(Log, Clock, world.Time, NullLogger<ClockKeeper>.Instance);
    }

    public DiskMount Mount { get; }

    public SegmentLog Log { get; }

    public GatewayClock Clock { get; }

    public CityWatcher City { get; }

    public SessionRegistry Sessions { get; }

    public MqttConnectionHandler Handler { get; }

    public Ledger Ledger { get; } = new();

    public Partition Partition { get; }

    public PipelineWorker Pipeline { get; }

    public TickWorker Ticker { get; }

    public ClockKeeper ClockKeeper { get; }

    /// <summary>Whether it has been asked to stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether a commit is under way.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>Whether the pipeline is at work.</summary>
    public bool IsTurning { get; private set; }

    /// <summary>Whether something waits for a commit that only one may wait for at a time.</summary>
    public bool IsAwaiting => _awaiting.Count > 0;

    /// <summary>Messages the ledger says are between the door and their outcome.</summary>
    public long InFlight => Ledger.Total.Accepted - Ledger.Total.RefusedByLog - Ledger.Total.Processed;

    /// <summary>Writes the first two records. False when the log does not take them: the real one ends then.</summary>
    public bool Begin()
    {
        CommitCompletion started = new(), snapshot = new();
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(StartedPayload.Of(Clock), PipelineJson.Default.StartedPayload);
        Log.Append(LogRecordKind.GatewayStarted, LogRecordFlags.None, default, default, default, payload, Clock.Now, started);
        Log.Append(LogRecordKind.Snapshot, LogRecordFlags.None, default, default, default, Encoding.ASCII.GetBytes(City.Latest.Revision), Clock.Now, snapshot);
        Commit();
        return started.Durable.Result && snapshot.Durable.Result;
    }

    /// <summary>One commit of the log.</summary>
    public void Commit()
    {
        IsCommitting = true;
        List<Task> due = [.. _awaiting];
        bool committed = Log.CommitPending();
        IsCommitting = false;
        if (committed)
        {
            // What awaited it goes on on a thread of the pool, and is through before anything else happens here.
            due.ForEach(t => t.GetAwaiter().GetResult());
            _awaiting.RemoveAll(due.Contains);
        }
    }

    /// <summary>One turn of the pipeline.</summary>
    public PipelineTurn Turn()
    {
        IsTurning = true;
        try
        {
            return Pipeline.Turn();
        }
        catch (Exception e) when (e is not (ProcessKilled or SimulationFailure or StoreUnavailableException))
        {
            throw new SimulationFailure($"the pipeline stopped at offset {Pipeline.ProcessedOffset}: {e}");
        }
        finally
        {
            IsTurning = false;
        }
    }

    /// <summary>The operator has edited the folder.</summary>
    public void Reload(CitySnapshot edited) => Await(City.TakeAsync(new CitySnapshotResult(edited, [])));

    /// <summary>The clock is compared with the system's.</summary>
    public void LookAtClock() => Await(ClockKeeper.LookAsync());

    /// <summary>Time passes in the log, if something is due.</summary>
    public bool Tick()
    {
        bool isDue = Ticker.IsDue;
        if (isDue)
        {
            Log.Append(LogRecordKind.Tick, LogRecordFlags.None, default, default, default, default, Clock.Now, listener: null);
        }

        return isDue;
    }

    /// <summary>The kept sessions are written to their file, as <see cref="SessionKeeper"/> does.</summary>
    public void SaveSessions()
    {
        if (_journal.IsAnyKept || IsStopping)
        {
            long offset = Log.AnnouncedEndOffset;
            byte[] bytes = new SessionSnapshot(offset, Sessions.Kept()).ToBytes();
            if (!_world.Faults.Strikes(Fault.SessionFile))
            {
                _world.SessionFile = bytes;
                _sessionOffset = offset;
            }
        }
    }

    /// <summary>Told to stop: connections are closed, the log takes no more; what is in it is still worked off.</summary>
    public void Stop()
    {
        IsStopping = true;
        Sessions.CloseAll();
    }

    /// <summary>The rest of a stop, when the connections are closed.</summary>
    public void Finish()
    {
        IsCommitting = true;
        Log.Close();
        SaveSessions();
        Pipeline.Dispose();
        try
        {
            while (Turn() != PipelineTurn.Finished)
            {
            }
        }
        catch (StoreUnavailableException)
        {
            _world.Trace.Add("gateway: stops with a store that is down"); // the next start processes it again
        }

        Log.Dispose();
    }

    private void Await(Task task)
    {
        if (!task.IsCompleted)
        {
            _awaiting.Add(task);
        }
    }

    private bool Wait(TimeSpan interval)
    {
        _world.Time.Pass(interval);
        _world.Faults.MayKill();
        _world.Meanwhile();
        return IsStopping;
    }

    /// <summary>Cases are shown to people: what they see must be in the store.</summary>
    private void Committed(IReadOnlyList<Case> cases)
    {
        foreach (Case shown in cases)
        {
            SimulationFailure.Unless(_world.Cases.Find(shown.CaseNo) is { } stored && stored.Sequence >= shown.Sequence, $"{shown.CaseNo} is shown before it is stored");
            _world.CaseNumbers.Add(shown.CaseNo);
        }

        _world.Trace.Add($"cases: {string.Join(' ', cases.Select(c => $"{c.CaseNo}#{c.Sequence}"))}");
    }
}
