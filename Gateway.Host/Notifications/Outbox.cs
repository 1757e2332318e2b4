using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Workers;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>Everybody who follows the case events with a place of their own: the receivers over HTTP, and the MQTT topics.</summary>
internal sealed class Outbox : BackgroundService, IWorker
{
    private readonly OutboxStore _store;
    private readonly ICaseStore _cases;

    /// <summary>Takes up where each receiver stands.</summary>
    /// <param name="receivers">As configured, validated.</param>
    /// <param name="externalUrl">How people reach the gateway; empty when nobody said.</param>
    /// <param name="path">The file of their places.</param>
    /// <param name="cases">The case store: what goes out.</param>
    /// <param name="hub">Tells of new events.</param>
    /// <param name="publisher">Publishes on the MQTT topics.</param>
    /// <param name="time">For waits, timeouts and dates.</param>
    /// <param name="logger">Hears of failures.</param>
    /// <exception cref="CaseStoreException">The stores cannot be used.</exception>
    public Outbox(IReadOnlyList<WebhookOptions> receivers, string externalUrl, string path, ICaseStore cases, CaseEventHub hub, GatewayPublisher publisher, TimeProvider time, ILogger logger)
    {
        _cases = cases;
        _store = OutboxStore.Open(path);
        Topics = new CaseTopics(cases, _store, publisher, hub, time, logger);
        Dispatchers = [.. receivers.Select(r => new WebhookDispatcher(r, externalUrl, cases, hub, _store, time, logger, Random.Shared.NextDouble))];
        Runs = [.. Dispatchers.Select(d => new WorkerRun($"webhook {d.Options.Name}", d.RunAsync, time, logger)), new WorkerRun("case topics", Topics.RunAsync, time, logger)];
    }

    /// <summary>The MQTT topics.</summary>
    public CaseTopics Topics { get; }

    /// <summary>One for each receiver.</summary>
    public IReadOnlyList<WebhookDispatcher> Dispatchers { get; }

    /// <inheritdoc />
    public IReadOnlyList<WorkerRun> Runs { get; }

    /// <summary>Global sequence of the latest event.</summary>
    public long LastSequence => _cases.Health().LastSequence;

    /// <summary>The receiver of a name; null for none.</summary>
    public WebhookDispatcher? Find(string name) => Dispatchers.FirstOrDefault(d => string.Equals(d.Options.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A receiver's dead letters, newest first.</summary>
    /// <exception cref="CaseStoreException">They cannot be read.</exception>
    public IReadOnlyList<DeadLetter> Letters(WebhookDispatcher receiver, int limit) => _store.Letters(receiver.Options.Name, limit);

    /// <summary>How many of a receiver's dead letters are kept.</summary>
    /// <exception cref="CaseStoreException">They cannot be read.</exception>
    public long CountLetters(WebhookDispatcher receiver) => _store.CountLetters(receiver.Options.Name);

    /// <summary>Asks for a dead letter to be sent again; false when there is none of this number.</summary>
    /// <exception cref="CaseStoreException">They cannot be read.</exception>
    public bool Retry(WebhookDispatcher receiver, long id)
    {
        if (_store.Letter(receiver.Options.Name, id) is null)
        {
            return false;
        }

        receiver.Retry(id);
        return true;
    }

    /// <summary>How far a receiver is behind, in events and in time of the gateway's clock.</summary>
    public static (long Events, TimeSpan Time) Lag(WebhookStatus status, long lastSequence, EventTime now)
    {
        long events = Math.Max(0, lastSequence - status.Cursor);
        return (events, events > 0 && status.OldestWaiting is { } oldest && now > oldest ? now - oldest : TimeSpan.Zero);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        foreach (WebhookDispatcher dispatcher in Dispatchers)
        {
            dispatcher.Dispose();
        }

        _store.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> runs = [.. Runs.Select(run => Task.Run(() => run.RunAsync(stoppingToken), CancellationToken.None))];
        while (runs.Count > 0)
        {
            // The first that fails for want of memory ends the gateway; the others would go on for ever.
            Task over = await Task.WhenAny(runs).ConfigureAwait(false);
            runs.Remove(over);
            await over.ConfigureAwait(false);
        }
    }
}
