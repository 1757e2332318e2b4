using System.Collections.Concurrent;
using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>
/// Follows the case events for one receiver: in order, one request at a time, at least once. It has its own reader of the case store and
/// its own connection, so a receiver that is slow or dead holds up nobody but itself.
/// </summary>
internal sealed class WebhookDispatcher : IDisposable
{
    private const int UnwantedPerCommit = 10_000;
    private static readonly TimeSpan StoreWait = TimeSpan.FromSeconds(5);

    private readonly CaseEventHub _hub;
    private readonly OutboxStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NoticeReader _reader;
    private readonly AlertDocument _document;
    private readonly WebhookSender _sender;
    private readonly RetryPolicy _retry;
    private readonly ConcurrentQueue<long> _asked = new();
    private TaskCompletionSource _wake = NewSignal();

    private WebhookStatus _status;
    private long? _pendingThrough;
    private EventTime _pendingSince;
    private long _storedCursor;
    private long _waitFrom;
    private TimeSpan _wait;
    private int _batchLimit;
    private bool _isGivingUp;
    private bool _repeats;
    private CaseCursor? _repeatAt;
    private long _repeatedFrom;

    /// <summary>Takes up where the receiver stands; <see cref="RunAsync"/> goes on from there.</summary>
    /// <exception cref="CaseStoreException">The stores cannot be read.</exception>
    public WebhookDispatcher(
        WebhookOptions options, string externalUrl, ICaseStore cases, CaseEventHub hub, OutboxStore store, TimeProvider time, ILogger logger, Func<double> random)
    {
        Options = options;
        Format = WebhookFormats.Find(options.Format) ?? throw new InvalidOperationException($"{options.Format} has not been validated");
        _hub = hub;
        _store = store;
        _time = time;
        _logger = logger;
        _reader = new NoticeReader(cases, new WebhookFilter(options));
        _document = new AlertDocument(options.Name, externalUrl);
        _sender = new WebhookSender(options, time);
        _retry = new RetryPolicy(options, random);
        _batchLimit = options.BatchLimit;
        _repeats = Format == WebhookFormat.Alertmanager; // what it had before a restart it may have lost meanwhile
        _status = new WebhookStatus();
        TakePlace(cases.Health().LastSequence);
    }

    /// <summary>The receiver as configured.</summary>
    public WebhookOptions Options { get; }

    /// <summary>The body it gets.</summary>
    public WebhookFormat Format { get; }

    /// <summary>Where it is, without path and query.</summary>
    public string Target => _sender.Target;

    /// <summary>How it is.</summary>
    public WebhookStatus Status => Volatile.Read(ref _status);

    /// <summary>A dead letter is to be sent again, before anything else.</summary>
    public void Retry(long letter)
    {
        _asked.Enqueue(letter);
        Volatile.Read(ref _wake).TrySetResult();
    }

    /// <summary>Runs until the gateway stops.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        bool failed = false;
        while (!stop.IsCancellationRequested)
        {
            Volatile.Write(ref _wake, NewSignal());
            Task news = _hub.Next;
            try
            {
                (TimeSpan wait, bool wakesOnNews) = await TurnAsync(stop).ConfigureAwait(false);
                failed = false;
                await WaitAsync(wait, wakesOnNews ? news : null, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return; // what was on its way is sent again after the next start, with the same sequence
            }
            catch (CaseStoreException e)
            {
                if (!failed)
                {
                    _logger.StoreFailed(e, Options.Name, e.Message);
                }

                failed = true;
                Set(Status with { LastError = e.Message, LastErrorAt = Now });
                await WaitAsync(StoreWait, null, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _sender.Dispose();

    private EventTime Now => EventTime.From(_time.GetUtcNow());

    private TimeSpan LeftToWait => _wait - _time.GetElapsedTime(_waitFrom);

    private void TakePlace(long last)
    {
        OutboxPlace place = _store.Place(Options.Name, Options.FromBeginning ? 0 : last);
        if (place.Cursor > last)
        {
            _logger.CursorBeyondEnd(Options.Name, place.Cursor, last);
            _store.Advance(Options.Name, last);
            place = place with { Cursor = last, PendingThrough = null };
        }

        (_pendingThrough, _pendingSince, _storedCursor) = (place.PendingThrough, place.PendingSince, place.Cursor);
        Set(Status with { Cursor = place.Cursor, DeadLetters = place.DeadLetters });
    }

    /// <summary>Does what is next; says how long there is nothing to do, and whether new events end that.</summary>
    private async Task<(TimeSpan Wait, bool WakesOnNews)> TurnAsync(CancellationToken stop)
    {
        while (_asked.TryDequeue(out long letter))
        {
            await SendAgainAsync(letter, stop).ConfigureAwait(false);
        }

        if (LeftToWait > TimeSpan.Zero)
        {
            return (LeftToWait, false);
        }

        NoticeBatch? batch = _reader.Next(Status.Cursor, _batchLimit, _pendingThrough);
        if (batch is null)
        {
            Set(Status with { Activity = WebhookActivity.Idle, OldestWaiting = null });
            return await RepeatAsync(stop).ConfigureAwait(false);
        }

        Set(Status with { OldestWaiting = batch.OldestAt });
        if (batch.Notices.Count == 0)
        {
            Arrived(batch.Through);
            return (TimeSpan.Zero, true);
        }

        await SendAsync(batch, stop).ConfigureAwait(false);
        return (LeftToWait > TimeSpan.Zero ? LeftToWait : TimeSpan.Zero, false);
    }

    private async Task SendAsync(NoticeBatch batch, CancellationToken stop)
    {
        if (_pendingThrough is null)
        {
            (_pendingThrough, _pendingSince) = (batch.Through, Now);
            _store.SetPending(Options.Name, _pendingThrough, _pendingSince);
        }

        SendResult result = await PostAsync(batch.Notices, hasEvents: true, stop).ConfigureAwait(false);
        switch (result.Outcome)
        {
            case SendOutcome.Delivered:
                Delivered(batch);
                break;
            case SendOutcome.BodyRefused when batch.Notices.Count > 1:
                Halve(batch.Notices.Count);
                break;
            case SendOutcome.TryAgain when !_retry.IsOver(Status.Attempts, Now - _pendingSince):
                _wait = _retry.WaitAfter(Status.Attempts, result.RetryAfter);
                _waitFrom = _time.GetTimestamp();
                Set(Status with { Activity = WebhookActivity.Waiting, NextAttemptAt = Now + _wait });
                if (Status.Attempts == 1)
                {
                    _logger.DeliveryFailed(Options.Name, result.Error);
                }

                break;
            default:
                GiveUp(batch, result.Error);
                break;
        }
    }

    private void Delivered(NoticeBatch batch)
    {
        if (Status.Attempts > 0)
        {
            _logger.DeliveryRecovered(Options.Name, Status.Attempts);
        }

        _isGivingUp = false;
        _batchLimit = Math.Min(Options.BatchLimit, _batchLimit * 2);
        Arrived(batch.Through);
    }

    /// <summary>One case that a receiver refuses must not take the others of its request with it: parts of it are sent, down to single cases.</summary>
    private void Halve(int cases)
    {
        _batchLimit = Math.Max(1, cases / 2);
        _pendingThrough = null;
        _store.SetPending(Options.Name, null, default);
        Set(Status with { Attempts = 0 });
    }

    private void GiveUp(NoticeBatch batch, string error)
    {
        _store.GiveUp(Options.Name, new DeadLetter(0, batch.After, batch.Through, batch.Notices.Count, Now, Status.Attempts, error), Options.DeadLetterLimit);
        if (!_isGivingUp)
        {
            _logger.GivenUp(Options.Name, batch.Notices[0].FirstSequence, batch.Through, error);
        }

        _isGivingUp = true;
        Set(Status with { DeadLetters = Status.DeadLetters + 1 });
        Goes(batch.Through);
    }

    /// <summary>The cursor goes on first in memory: what is delivered is not sent again because the disk is full.</summary>
    private void Arrived(long through)
    {
        bool wasPending = _pendingThrough is not null;
        Goes(through);
        if (wasPending || through - _storedCursor >= UnwantedPerCommit) // a restart looks at some unwanted events again: that costs less than a commit each
        {
            _store.Advance(Options.Name, through);
            _storedCursor = through;
        }
    }

    private void Goes(long through)
    {
        _pendingThrough = null;
        Set(Status with { Cursor = through, Attempts = 0, NextAttemptAt = null });
    }

    /// <summary>The open cases once more, a request a turn, so that new events come between.</summary>
    private async Task<(TimeSpan Wait, bool WakesOnNews)> RepeatAsync(CancellationToken stop)
    {
        if (Format != WebhookFormat.Alertmanager)
        {
            return (Timeout.InfiniteTimeSpan, true);
        }

        TimeSpan left = Options.RepeatInterval - _time.GetElapsedTime(_repeatedFrom);
        if (!_repeats && left > TimeSpan.Zero)
        {
            return (left, true);
        }

        if (_repeatAt is null)
        {
            _repeatedFrom = _time.GetTimestamp();
        }

        (IReadOnlyList<Notice> notices, _repeatAt) = _reader.OpenCases(Options.BatchLimit, _repeatAt, Status.Cursor);
        if (notices.Count > 0 && (await PostAsync(notices, hasEvents: false, stop).ConfigureAwait(false)).Outcome != SendOutcome.Delivered)
        {
            _repeatAt = null; // it would lose them again: all of them at the next time
        }

        Set(Status with { Activity = WebhookActivity.Idle, Attempts = 0 });
        _repeats = _repeatAt is not null;
        return (_repeats ? TimeSpan.Zero : Options.RepeatInterval, true);
    }

    private async Task SendAgainAsync(long id, CancellationToken stop)
    {
        if (_store.Letter(Options.Name, id) is not { } letter)
        {
            return; // it has been delivered, or made room for others, since it was asked for
        }

        NoticeBatch? batch = _reader.Next(letter.After, int.MaxValue, letter.Through);
        if (batch is { Notices.Count: > 0 })
        {
            int attempts = Status.Attempts;
            NoticeBatch sent = Format == WebhookFormat.Alertmanager ? _reader.AsOfNow(batch) : batch;
            SendResult result = await PostAsync(sent.Notices, hasEvents: true, stop).ConfigureAwait(false);
            Set(Status with { Attempts = attempts, Activity = LeftToWait > TimeSpan.Zero ? WebhookActivity.Waiting : WebhookActivity.Idle });
            if (result.Outcome != SendOutcome.Delivered)
            {
                _store.FailAgain(id, Now, result.Error);
                return;
            }
        }

        _store.Remove(id);
    }

    private async Task<SendResult> PostAsync(IReadOnlyList<Notice> notices, bool hasEvents, CancellationToken stop)
    {
        Set(Status with { Activity = WebhookActivity.Sending });
        ReadOnlyMemory<byte> body = Format == WebhookFormat.Alertmanager ? _document.Alerts(notices, Now) : _document.Webhook(notices);
        SendResult result = await _sender.SendAsync(body, hasEvents ? (notices.Min(n => n.FirstSequence), notices.Max(n => n.LastSequence)) : null, stop).ConfigureAwait(false);
        Set(result.Outcome == SendOutcome.Delivered
            ? Status with { Requests = Status.Requests + 1, Alerts = Status.Alerts + notices.Count, LastSentAt = Now }
            : Status with { Failures = Status.Failures + 1, Attempts = Status.Attempts + 1, LastError = result.Error, LastErrorAt = Now });
        return result;
    }

    private async Task WaitAsync(TimeSpan wait, Task? news, CancellationToken stop)
    {
        if (wait == TimeSpan.Zero)
        {
            return;
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task woken = Volatile.Read(ref _wake).Task;
        Task timer = Task.Delay(wait, _time, over.Token);
        Task first = await (news is null ? Task.WhenAny(timer, woken) : Task.WhenAny(timer, woken, news)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false); // the timer of a wait that has ended early
        await first.ConfigureAwait(false);
    }

    private void Set(WebhookStatus status) => Volatile.Write(ref _status, status);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
