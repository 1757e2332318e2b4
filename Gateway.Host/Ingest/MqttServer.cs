using System.Globalization;
using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Ingest.Commands;
using Gateway.Host.Ingest.Connections;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Ingest.Sessions;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Workers;
using Gateway.Protocols.Mqtt.Packets;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Host.Ingest;

/// <summary>What every MQTT connection works with.</summary>
internal sealed class MqttServer(MqttOptions options, GatewayClock clock, SegmentLog log, IngestDoor door, Admission admission, MessageRouter router, RetainedMessages retained, SessionRegistry sessions, SessionJournal journal, DeviceCommands commands, MqttBudgets budgets)
{
    /// <summary>Largest CONNECT taken from a stranger, bytes: two texts, a Will and properties fit well.</summary>
    public const int ConnectSizeLimitBytes = 256 * 1024;

    private long _refused;
    private long _slowed;

    /// <summary>Limits and access.</summary>
    public MqttOptions Options => options;

    /// <summary>The gateway's clock.</summary>
    public GatewayClock Clock => clock;

    /// <summary>The ingest log.</summary>
    public SegmentLog Log => log;

    /// <summary>Where messages come in.</summary>
    public IngestDoor Door => door;

    /// <summary>Takes messages to subscribers.</summary>
    public MessageRouter Router => router;

    /// <summary>Retained messages.</summary>
    public RetainedMessages Retained => retained;

    /// <summary>Sessions and connections.</summary>
    public SessionRegistry Sessions => sessions;

    /// <summary>Changes of sessions that outlive the process.</summary>
    public SessionJournal Journal => journal;

    /// <summary>Commands to devices, and their replies.</summary>
    public DeviceCommands Commands => commands;

    /// <summary>Memory that all clients together may take.</summary>
    public MqttBudgets Budgets => budgets;

    /// <summary>CONNECTs refused since start.</summary>
    public long RefusedConnects => Interlocked.Read(ref _refused);

    /// <summary>Times since start that a 3.1.1 client was read no further for a moment, because it is faster than it may be.</summary>
    public long SlowedClients => Interlocked.Read(ref _slowed);

    /// <summary>Counts a client that is read more slowly.</summary>
    public void Slowed() => Interlocked.Increment(ref _slowed);

    /// <summary>How connections ended, and what was refused.</summary>
    public MqttCounters Counters { get; } = new();

    /// <summary>Counts a refused CONNECT.</summary>
    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>Judges a CONNECT, its Will too.</summary>
    public async ValueTask<AdmissionVerdict> AdmitAsync(ConnectPacket packet, string clientId, ClientOrigin origin)
    {
        AdmissionVerdict verdict = await admission.AdmitAsync(packet, clientId, origin).ConfigureAwait(false);
        return verdict.Principal is { } principal && packet.Will is { } will && !door.Decide(principal, Encoding.UTF8.GetBytes(will.Topic)).IsAllowed
            ? AdmissionVerdict.Refuse(ReasonCode.NotAuthorized, "the will's topic is not one of this client's")
            : verdict;
    }

    /// <summary>The gateway's clock as CONNACK user properties, so that a simulator can keep the pace of an exercise.</summary>
    public IReadOnlyList<UserProperty> ClockProperties() => !clock.IsExercise ? [] :
    [
        new UserProperty("gateway-time", clock.Now.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)),
        new UserProperty("gateway-clock-speed", clock.Speed.ToString("R", CultureInfo.InvariantCulture)),
    ];
}

/// <summary>Kestrel's entry: one call a connection.</summary>
internal sealed partial class MqttConnectionHandler(MqttServer server, ILogger<MqttConnectionHandler> logger) : ConnectionHandler
{
    private static readonly TimeSpan LastWordTimeout = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        MqttConnection client = new(connection, server);
        if (!server.Sessions.TryAdd(client))
        {
            server.Counters.TurnedAway();
            return;
        }

        try
        {
            await client.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
        {
            LogLost(logger, new PlainText(client.Principal?.ClientId), e.Message); // the network went away: nothing of the gateway's is wrong
        }
        finally
        {
            client.Lost();
            server.Counters.Closed(client.Machine.CloseReason);
            if (server.Sessions.Remove(client) is { } will)
            {
                await client.PublishWillAsync(will).ConfigureAwait(false);
            }

            // A last word (CONNACK, DISCONNECT) gets a second to leave; a client that does not read gets no more than that.
            Task drained = client.Output.Drained();
            if (!drained.IsCompleted && await Task.WhenAny(drained, Task.Delay(LastWordTimeout)).ConfigureAwait(false) != drained)
            {
                client.Abort();
            }

            client.Output.Close();
        }
    }

    [LoggerMessage(EventId = 1301, Level = LogLevel.Debug, Message = "mqtt: connection of {ClientId} lost: {Reason}")]
    private static partial void LogLost(ILogger logger, PlainText clientId, string reason);
}

/// <summary>Looks after sessions and connections once a second.</summary>
internal sealed class SessionSweeper(SessionRegistry sessions, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SessionSweeper> logger) : Worker("sweeper", time, logger)
{
    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        // Before the listeners wait for their connections: those of devices would never end by themselves.
        using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.Register(sessions.CloseAll);
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1), Time);
        Task wills = Task.CompletedTask; // they wait for the log where it is slow; whoever is silent must go all the same
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            if (wills.IsCompleted)
            {
                await wills.ConfigureAwait(false);
            }

            if (sessions.Sweep() is { Count: > 0 } due)
            {
                wills = PublishAsync(wills, due);
            }
        }
    }

    private static async Task PublishAsync(Task before, IReadOnlyList<(MqttConnection Connection, Will Will)> due)
    {
        await before.ConfigureAwait(false);
        foreach ((MqttConnection connection, Will will) in due)
        {
            await connection.PublishWillAsync(will).ConfigureAwait(false);
        }
    }
}
