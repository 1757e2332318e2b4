using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Host.Notifications;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Notifications;

/// <summary>A case store that a test fills, and dispatchers that follow it in virtual time.</summary>
internal sealed class OutboxRig : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<int, Case> _cases = [];
    private readonly List<(WebhookDispatcher Dispatcher, Task Run, CancellationTokenSource Stop)> _running = [];
    private long _offset;

    public OutboxRig()
    {
        Cases = SqliteCaseStore.Open(_folder.File("cases.db"));
        Store = OutboxStore.Open(_folder.File("webhooks.db"));
    }

    public SqliteCaseStore Cases { get; }

    public OutboxStore Store { get; }

    public VirtualTime Time { get; } = new();

    public RecordedLog Log { get; } = new();

    private CaseEventHub Hub { get; } = new();

    public string File(string name, string content)
    {
        string path = _folder.File(name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public static WebhookOptions Options(WebhookReceiver receiver, string format = "alertmanager-webhook") =>
        new() { Name = "duty", Url = receiver.Url, Format = format, FromBeginning = true };

    /// <summary>A dispatcher at work; what chance takes off a wait is nothing.</summary>
    public WebhookDispatcher Run(WebhookOptions options)
    {
        WebhookDispatcher dispatcher = new(options, "https://gateway.example.org", Cases, Hub, Store, Time, Log, () => 0);
        CancellationTokenSource stop = new();
        _running.Add((dispatcher, Task.Run(() => dispatcher.RunAsync(stop.Token)), stop));
        return dispatcher;
    }

    /// <summary>Stops all dispatchers as the end of the gateway does.</summary>
    public async Task StopAsync()
    {
        foreach ((WebhookDispatcher dispatcher, Task run, CancellationTokenSource stop) in _running)
        {
            await stop.CancelAsync();
            await run;
            dispatcher.Dispose();
            stop.Dispose();
        }

        _running.Clear();
    }

    /// <summary>Waits until a dispatcher has nothing left to do.</summary>
    public static Task<WebhookStatus> IdleAsync(WebhookDispatcher dispatcher, long cursor) => StatusAsync(dispatcher, s => s.Activity == WebhookActivity.Idle && s.Cursor == cursor);

    public static Task<WebhookStatus> StatusAsync(WebhookDispatcher dispatcher, Func<WebhookStatus, bool> holds) => Eventually.BecomesAsync(
        async () =>
        {
            await Task.Yield();
            return dispatcher.Status;
        },
        holds,
        "the dispatcher's status");

    /// <summary>Waits until a dispatcher backs off, and lets that time pass; returns how long it was.</summary>
    public async Task<TimeSpan> PassBackoffAsync(WebhookDispatcher dispatcher)
    {
        // Not the time a request has for its answer: the one that the status tells.
        TimeSpan wait = await Time.WaitedForAsync(t =>
            t > TimeSpan.Zero && dispatcher.Status is { Activity: WebhookActivity.Waiting, NextAttemptAt: { } next } && next == EventTime.From(Time.GetUtcNow()) + t);
        Time.Pass(wait);
        return wait;
    }

    /// <summary>Collects cases, numbered on, in one commit; returns the last sequence.</summary>
    public long Collect(int count, string kind = "flood.underpass", AlertSeverity severity = AlertSeverity.Warning) =>
        Commit([.. Enumerable.Range(_cases.Count + 1, count).Select(n => (n, (CaseEvent)Collected(n, kind, severity)))]);

    /// <summary>Adds an event to a case.</summary>
    public long Add(int number, CaseEvent next) => Commit([(number, next)]);

    /// <summary>Adds events to cases in one commit.</summary>
    public long Commit(IReadOnlyList<(int Number, CaseEvent Event)> events)
    {
        List<CaseEvent> numbered = [];
        foreach ((int number, CaseEvent one) in events)
        {
            Case? before = _cases.GetValueOrDefault(number);
            CaseEvent next = one with { CaseNo = CaseNo(number), Sequence = (before?.Sequence ?? 0) + 1, At = CaseWorld.At(number * 0.001), Actor = "li" };
            _cases[number] = Case.Apply(before, next);
            numbered.Add(next);
        }

        CaseCommitResult result = Cases.Commit(new CaseCommit
        {
            Partition = 0,
            NextOffset = ++_offset,
            LogTime = CaseWorld.At(1),
            Events = numbered,
            Cases = [.. events.Select(e => e.Number).Distinct().Select(n => _cases[n])],
        });
        Hub.Pulse();
        return result.LastSequence;
    }

    public static string CaseNo(int number) => $"AJ-20260127-{number:D6}";

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Store.Dispose();
        Cases.Dispose();
        _folder.Dispose();
    }

    private static CaseCollected Collected(int number, string kind, AlertSeverity severity) => new(
        new CaseFacts
        {
            Key = new CaseKey("330102001", kind, CaseScope.Device, $"FLD-{number}"),
            Severity = severity,
            OccurredAt = CaseWorld.Start,
            Source = "sensor",
            Mode = "normal",
            AreaPath = ["330102001001G01", "330102001001"],
            AreaVersion = "2026-01-01",
            DeviceId = $"FLD-{number}",
            Address = "江边路 1 号",
        },
        number,
        null);
}
