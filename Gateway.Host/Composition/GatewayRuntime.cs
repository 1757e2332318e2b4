using System.Text;
using System.Text.Json;
using Gateway.Host.Access;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.People;
using Gateway.Host.Access.Tls;
using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Host.Ingest;
using Gateway.Host.Ingest.Commands;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Ingest.Sessions;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Notifications;
using Gateway.Host.Pipeline;
using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Payloads.Pseudonyms;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;

namespace Gateway.Host.Composition;

/// <summary>A start that cannot go on: one message for the person at the terminal, no stack trace.</summary>
internal sealed class StartUpException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The gateway without its listeners, wired in the order data flows: door, log, pipeline, stores. Disposing it drains what the log has
/// and makes a checkpoint.
/// </summary>
internal sealed class GatewayRuntime : IDisposable
{
    private readonly DataDirectory _data;

    private GatewayRuntime(GatewaySettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        GatewayOptions options = settings.Gateway;
        _data = DataDirectory.Open(options.Data);
        Settings = settings;
        Archive = new CityArchive(_data.Snapshots);
        ModeFile mode = new(_data.Mode);
        (CitySnapshot city, IReadOnlyList<Finding> findings) = LoadCity(options, mode);
        Archive.Save(city);

        SqliteCaseStore cases = SqliteCaseStore.Open(_data.CaseStore, progress: loggers.CreateLogger("Gateway.Cases").CaseStoreUpgraded);
        Cases = cases;
        Series = EmbeddedSeriesStore.Open(new SeriesStoreOptions { Directory = _data.Series, Retention = settings.Series.Retention, HeadLimitBytes = settings.Series.HeadLimitBytes }, loggers.CreateLogger("Gateway.Series"));
        GatewayClock? clock = null;
        Log = SegmentLog.Open(_data.Log, settings.Log, () => clock!.Now, loggers.CreateLogger("Gateway.Log"), Cases.Position(0).NextOffset);
        Clock = clock = MakeClock(options, _data, Cases, time, EventTime.Max(Log.Recovered.LastReceivedAt, Cases.Position(0).LogTime));
        Audit = new AuditKeeper(cases, new AuditFolder(_data.Root), () => clock.Now, loggers.CreateLogger<AuditKeeper>());

        City = new CityWatcher(CityDirectory(options), mode, city, findings, Archive, Log, time, loggers.CreateLogger<CityWatcher>());
        Credentials = CredentialStore.Open(CredentialStore.PathIn(options.Data), time, loggers.CreateLogger<CredentialStore>());
        Accounts = AccountStore.Open(AccountStore.PathIn(options.Data), loggers.CreateLogger("Gateway.People"));
        SignIn = new SignIn(Accounts, settings.People.Backoff, () => clock.Steady);
        Certificates = CertificateKeeper.Open(settings.Mqtt.Tls, time, loggers.CreateLogger<CertificateKeeper>());
        Admission = new Admission(settings.Mqtt, settings.IsDevelopment, Credentials, Clock, id => City.Latest.Definition.Devices.Find(id) is not null);
        Retained = new RetainedMessages(settings.Mqtt.RetainedLimit, settings.Mqtt.RetainedLimitBytes);
        Retained.Restore(Cases.LoadRetained(), Clock.Steady);
        Retained.Restore(Log, Cases.Position(0).NextOffset, Clock.Steady);
        Router = new MessageRouter(Clock);
        SessionJournal journal = new(Log, Clock);
        MqttBudgets budgets = new(settings.Mqtt);
        Sessions = new SessionRegistry(settings.Mqtt, Clock, Router, budgets, journal);
        SessionSnapshot? kept = SessionSnapshot.Load(_data.Sessions);
        new SessionRecovery(Log, Sessions, Router, Clock).Restore(kept);
        SessionKeeper = new SessionKeeper(_data.Sessions, Log, Sessions, journal, time, loggers.CreateLogger<SessionKeeper>());
        SessionKeeper.Begin(kept?.Offset ?? 0, kept is null or { Sessions.Count: 0 });
        Quota = new LogQuota(Log, () => Pipeline!.ProcessedOffset, settings.Log, _data.DiskSpace, time, loggers.CreateLogger<LogQuota>());
        Pseudonyms = new Pseudonymizer(_data.PseudonymKey(options.PseudonymKeyFile));
        Door = new IngestDoor(Log, Quota, Ledger, City, new TopicRules(settings.Mqtt.Access), Retained, journal, Pseudonyms);
        Log.Refused = Door.CountRefused;
        GatewayPublisher publisher = new(Log, Router, journal, Clock);
        Commands = new DeviceCommands(publisher, Router, Pseudonyms, Clock, time);
        Mqtt = new MqttServer(settings.Mqtt, Clock, Log, Door, Admission, Router, Retained, Sessions, journal, Commands, budgets);

        Ratings = new RatingTokens(_data.RatingKey());
        Outbox = new Outbox(settings.Webhooks, options.ExternalUrl, _data.Outbox, Cases, CaseEvents, publisher, time, loggers.CreateLogger("Gateway.Notifications"));
        Partition partition = new(Archive.Load, Ledger, Quarantine, Devices);
        Pipeline = new PipelineWorker(Log, Cases, Series, partition, settings.Pipeline, time, loggers.CreateLogger("Gateway.Pipeline"), _ =>
        {
            CaseEvents.Pulse();
            Audit.Pulse();
        });
        Evidence = new EvidenceSealer(EvidenceFolder, _data.Log, Log, settings.Log, Cases, Pipeline, Archive, CaseEvents, time, loggers.CreateLogger<EvidenceSealer>());
        Pipeline.OtherConsumer = () => Math.Min(SessionKeeper.NeededOffset, Evidence.NeededOffset());
        Ticker = new TickWorker(Log, Pipeline, Clock, time, loggers.CreateLogger<TickWorker>());
        Rehearsal = new Rehearsal(City, Clock, _data.Rehearsal, loggers.CreateLogger<Rehearsal>());
        ClockKeeper = new ClockKeeper(Log, Clock, time, loggers.CreateLogger<ClockKeeper>());
        // Last: a start that fails shall leave no token and say nothing but why.
        Setup = SetupToken.Open(SetupToken.PathIn(options.Data), Accounts, !settings.IsDevelopment, loggers.CreateLogger("Gateway.People"));
    }

    /// <summary>The configuration.</summary>
    public GatewaySettings Settings { get; }

    /// <summary>Snapshots by revision.</summary>
    public CityArchive Archive { get; }

    /// <summary>The gateway's clock.</summary>
    public GatewayClock Clock { get; }

    /// <summary>The city folder.</summary>
    public CityWatcher City { get; }

    /// <summary>The ingest log.</summary>
    public SegmentLog Log { get; }

    /// <summary>Keeps the log within its part of the disk.</summary>
    public LogQuota Quota { get; }

    /// <summary>Cases.</summary>
    public ICaseStore Cases { get; }

    /// <summary>Signs the history of cases now and then.</summary>
    public AuditKeeper Audit { get; }

    /// <summary>The sealed evidence of decisions.</summary>
    public EvidenceFolder EvidenceFolder => new(_data.Root);

    /// <summary>Puts away what decisions rest on.</summary>
    public EvidenceSealer Evidence { get; }

    /// <summary>Time series.</summary>
    public ISeriesStore Series { get; }

    /// <summary>The conservation ledger.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>Messages that need attention.</summary>
    public Quarantine Quarantine { get; } = new();

    /// <summary>When each device was last heard.</summary>
    public DeviceBoard Devices { get; } = new();

    /// <summary>Credentials of devices and tools.</summary>
    public CredentialStore Credentials { get; }

    /// <summary>Accounts of people.</summary>
    public AccountStore Accounts { get; }

    /// <summary>Checks passwords of people.</summary>
    public SignIn SignIn { get; }

    /// <summary>The way to the first account.</summary>
    public SetupToken Setup { get; }

    /// <summary>The certificate of the TLS listeners; null when there are none.</summary>
    public CertificateKeeper? Certificates { get; }

    /// <summary>Who may connect over MQTT.</summary>
    public Admission Admission { get; }

    /// <summary>Retained messages.</summary>
    public RetainedMessages Retained { get; }

    /// <summary>Subscribers.</summary>
    public MessageRouter Router { get; }

    /// <summary>Sessions and connections.</summary>
    public SessionRegistry Sessions { get; }

    /// <summary>Writes the sessions that outlive the process.</summary>
    public SessionKeeper SessionKeeper { get; }

    /// <summary>Makes the pseudonyms of what points at a person.</summary>
    public Pseudonymizer Pseudonyms { get; }

    /// <summary>Where messages come in.</summary>
    public IngestDoor Door { get; }

    /// <summary>Commands to devices.</summary>
    public DeviceCommands Commands { get; }

    /// <summary>What MQTT connections work with.</summary>
    public MqttServer Mqtt { get; }

    /// <summary>Everything right of the log.</summary>
    public PipelineWorker Pipeline { get; }

    /// <summary>Compares the clock with the system's.</summary>
    public ClockKeeper ClockKeeper { get; }

    /// <summary>The rehearsal of a case.</summary>
    public Rehearsal Rehearsal { get; }

    /// <summary>Writes ticks.</summary>
    public TickWorker Ticker { get; }

    /// <summary>Tells streams of new case events.</summary>
    public CaseEventHub CaseEvents { get; } = new();

    /// <summary>Tokens to rate a closed case with.</summary>
    public RatingTokens Ratings { get; }

    /// <summary>Sends case events to webhooks.</summary>
    public Outbox Outbox { get; }

    /// <summary>Opens everything and sets the pipeline going.</summary>
    /// <exception cref="StartUpException">Something stands in the way; the message says what and what to do.</exception>
    public static GatewayRuntime Start(GatewaySettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            GatewayRuntime runtime = new(settings, time, loggers);
            runtime.Begin();
            return runtime;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or CaseStoreException or IOException or UnauthorizedAccessException)
        {
            throw new StartUpException(e.Message, e);
        }
    }

    /// <summary>The city folder that options name.</summary>
    public static string CityDirectory(GatewayOptions options) => options.City.Length > 0 ? options.City : CityFolder.SamplePath;

    /// <inheritdoc />
    public void Dispose()
    {
        Log.Close();
        Evidence.Dispose();
        SessionKeeper.Finish();
        SessionKeeper.Dispose();
        Pipeline.Dispose(); // reads to the end of the log, so the log's files stay open until then
        Log.Dispose();
        Series.Dispose();
        Audit.Dispose();
        Outbox.Dispose();
        Cases.Dispose();
        _data.Dispose();
    }

    // What is real and an exercise never lie in one directory: a breach that is played would join the case of a fire, and close it.
    private static GatewayClock MakeClock(GatewayOptions options, DataDirectory data, ICaseStore cases, TimeProvider time, EventTime last)
    {
        if (last > default(EventTime) && !data.IsExercise && cases.List(new CaseFilter(), 1, null).Cases is [{ Facts.Exercise: true }, ..])
        {
            data.MarkExercise(true); // of a version that made no mark
        }

        if (options.ClockStart is null && options.ClockSpeed == 1)
        {
            if (data.IsExercise && last > default(EventTime))
            {
                throw new StartUpException($"the data directory {data.Root} is an exercise's ({Path.GetFileName(data.Exercise)}): nothing in it is real. Give another with --data DIR, or go on with the exercise with --clock-start or --clock-speed");
            }

            data.MarkExercise(false); // an exercise whose first start came to nothing
            return GatewayClock.Real(time, last);
        }

        if (options.ClockSpeed is not (>= 1 and <= 100_000))
        {
            throw new StartUpException("--clock-speed is from 1 to 100000");
        }

        // Who goes on with an exercise and names no time goes on where it ended.
        EventTime start = EventTime.From(time.GetUtcNow());
        start = data.IsExercise ? EventTime.Max(start, last) : start;
        if (options.ClockStart is { } text && !EventTime.TryParse(text, out start))
        {
            throw new StartUpException($"--clock-start is a time like 2026-01-13T00:00:00Z, not {text}");
        }

        if (last > default(EventTime) && !data.IsExercise)
        {
            throw new StartUpException($"--clock-start and --clock-speed are for exercises, and the data directory {data.Root} holds what really happened: an exercise has a data directory of its own, give one with --data DIR");
        }

        if (start < last)
        {
            throw new StartUpException($"--clock-start {start} is before {last}, where the log of this data directory ends: begin the exercise anew in another, give one with --data DIR");
        }

        data.MarkExercise(true);
        return GatewayClock.Exercise(time, start, options.ClockSpeed);
    }

    private (CitySnapshot City, IReadOnlyList<Finding> Findings) LoadCity(GatewayOptions options, ModeFile mode)
    {
        CitySnapshotResult result = CitySnapshot.Read(CityDirectory(options), mode.Read());
        if (result.Snapshot is { } snapshot)
        {
            return (snapshot, result.Findings);
        }

        StringBuilder text = new($"the city folder {CityDirectory(options)} has errors; nothing was started. Mend them and look again with: check\n");
        foreach (Finding finding in result.Findings)
        {
            text.Append(finding).Append('\n');
        }

        throw new StartUpException(text.ToString().TrimEnd());
    }

    private void Begin()
    {
        byte[] started = JsonSerializer.SerializeToUtf8Bytes(StartedPayload.Of(Clock), PipelineJson.Default.StartedPayload);
        byte[] revision = Encoding.ASCII.GetBytes(City.Latest.Revision);
        Task<bool> first = Log.AppendAsync(LogRecordKind.GatewayStarted, default, default, started);
        Task<bool> second = Log.AppendAsync(LogRecordKind.Snapshot, default, default, revision);
        if (!first.GetAwaiter().GetResult() || !second.GetAwaiter().GetResult())
        {
            throw new StartUpException($"the log in {_data.Log} cannot be written; see the message above");
        }

        Pipeline.Start();
    }
}
