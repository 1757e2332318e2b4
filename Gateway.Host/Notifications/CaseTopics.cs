using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Host.Ingest.Routing;
using Gateway.Rules.Cases;

namespace Gateway.Host.Notifications;

/// <summary>
/// Publishes every case event on <c>city/v1/cases/{area}/{caseNo}</c>, in the order of their sequence. It follows the case store and keeps its
/// place, so that a kill leaves none out: what a kept session is owed is in the log before the place moves on. An event that nobody
/// subscribes to, neither a client nor a kept session, is passed over and costs the log nothing.
/// </summary>
/// <param name="cases">The case store: what goes out.</param>
/// <param name="places">Keeps the place.</param>
/// <param name="publisher">Takes the messages to the sessions.</param>
/// <param name="hub">Tells of new events.</param>
/// <param name="time">For waits.</param>
/// <param name="logger">Hears of failures.</param>
internal sealed class CaseTopics(ICaseStore cases, OutboxStore places, GatewayPublisher publisher, CaseEventHub hub, TimeProvider time, ILogger logger)
{
    /// <summary>The name its place is kept under: no webhook can have it.</summary>
    public const string PlaceName = "mqtt/cases";

    /// <summary>Events between two moves of the place.</summary>
    public const int BatchLimit = 256;

    /// <summary>Events that nobody wants are noted together: a kill brings back at most so many to who subscribes after it.</summary>
    private const int UnwantedPerCommit = 1024;

    private static readonly TimeSpan FailureWait = TimeSpan.FromSeconds(1);

    private readonly CaseStates _states = new(cases);
    private long _cursor = -1;
    private long _stored;
    private long _published;

    /// <summary>The last sequence that is done with; -1 before the start.</summary>
    public long Cursor => Interlocked.Read(ref _cursor);

    /// <summary>Messages published since the start.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Runs until the gateway stops.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        bool failed = false;
        while (!stop.IsCancellationRequested)
        {
            Task news = hub.Next;
            try
            {
                Outcome outcome = await TurnAsync().ConfigureAwait(false);
                failed = failed && outcome == Outcome.Refused;
                if (outcome == Outcome.CaughtUp)
                {
                    await news.WaitAsync(stop).ConfigureAwait(false);
                }
                else if (outcome == Outcome.Refused)
                {
                    Tell(ref failed, null, "the log takes no records");
                    await Task.Delay(FailureWait, time, stop).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (CaseStoreException e)
            {
                Tell(ref failed, e, e.Message);
                await Task.Delay(FailureWait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Settle();
    }

    private enum Outcome
    {
        CaughtUp,
        Progressed,
        Refused,
    }

    private async Task<Outcome> TurnAsync()
    {
        if (_cursor < 0)
        {
            TakePlace(cases.Health().LastSequence);
        }

        IReadOnlyList<SequencedEvent> events = cases.EventsAfter(_cursor, BatchLimit);
        if (events.Count == 0)
        {
            return Outcome.CaughtUp;
        }

        List<(long Sequence, Task<bool> Durable)> sent = [];
        foreach (SequencedEvent one in events)
        {
            if (Publish(one) is { } durable)
            {
                sent.Add((one.Sequence, durable));
            }
        }

        foreach ((long sequence, Task<bool> durable) in sent)
        {
            if (!await durable.ConfigureAwait(false))
            {
                Goes(sequence - 1, isWanted: true); // from this one on once more: its sequence marks what was sent before
                return Outcome.Refused;
            }
        }

        Goes(events[^1].Sequence, isWanted: sent.Count > 0);
        return Outcome.Progressed;
    }

    /// <summary>Publishes an event; null where nobody wants it.</summary>
    private Task<bool>? Publish(SequencedEvent one)
    {
        if (!publisher.HasSubscribers)
        {
            return null; // the case need not be looked at
        }

        Case state = _states.After(one.Event);
        byte[] topic = Encoding.UTF8.GetBytes($"city/v1/cases/{state.Facts.AreaPath.FirstOrDefault("unknown")}/{state.CaseNo}");
        if (!publisher.HasSubscriber(topic))
        {
            return null;
        }

        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json, ApiJson.WriterOptions))
        {
            CaseJson.WriteChange(writer, state, one);
        }

        Interlocked.Increment(ref _published);
        return publisher.PublishDurablyAsync(topic, json.WrittenMemory);
    }

    private void TakePlace(long last)
    {
        OutboxPlace place = places.Place(PlaceName, last);
        if (place.Cursor > last)
        {
            logger.TopicsBeyondEnd(place.Cursor, last);
            places.Advance(PlaceName, last);
        }

        _stored = Math.Min(place.Cursor, last);
        Interlocked.Exchange(ref _cursor, _stored);
    }

    private void Goes(long through, bool isWanted)
    {
        Interlocked.Exchange(ref _cursor, through);
        if (isWanted || through - _stored >= UnwantedPerCommit)
        {
            places.Advance(PlaceName, through);
            _stored = through;
        }
    }

    private void Settle()
    {
        if (_cursor > _stored)
        {
            try
            {
                places.Advance(PlaceName, _cursor);
            }
            catch (CaseStoreException e)
            {
                logger.TopicsFailed(e, e.Message);
            }
        }
    }

    private void Tell(ref bool failed, Exception? exception, string error)
    {
        if (!failed)
        {
            logger.TopicsFailed(exception, error);
        }

        failed = true;
    }
}

/// <summary>What the case topics say.</summary>
internal static partial class CaseTopicsMessages
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "case topics: not published and tried again: {Error}. The events wait in the case store")]
    public static partial void TopicsFailed(this ILogger logger, Exception? exception, string error);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "case topics: events up to {Cursor} were published, but the case store ends at {Last}: an older one was put back. They go on with what happens next")]
    public static partial void TopicsBeyondEnd(this ILogger logger, long cursor, long last);
}
