using System.Collections.Concurrent;
using Gateway.Host.Cases;

namespace Gateway.Host.Api;

/// <summary>
/// The pages of events that streams read, made once for all streams that stand at the same place: a thousand of them that follow cost one
/// look into the store an event. Safe for threads.
/// </summary>
internal sealed class CaseEventPages(ICaseStore store)
{
    private const int PageSize = 500;

    /// <summary>Pages held at once: streams far behind are few, and each reads for itself.</summary>
    private const int SharedLimit = 8;

    private Shared _shared = new(Task.CompletedTask);

    /// <summary>The events behind a sequence, as the stream shows them.</summary>
    /// <param name="after">The last sequence the stream has.</param>
    /// <param name="news">The signal of the next event, taken before: what was read under it is what there is until it completes.</param>
    /// <returns>The text, empty when there are none, and the last sequence in it.</returns>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public (ReadOnlyMemory<byte> Text, long Through) After(long after, Task news)
    {
        Shared shared = Volatile.Read(ref _shared);
        if (shared.News != news)
        {
            Volatile.Write(ref _shared, shared = new Shared(news));
        }

        return shared.Pages.Count >= SharedLimit && !shared.Pages.ContainsKey(after)
            ? Read(after)
            : shared.Pages.GetOrAdd(after, sequence => new Lazy<(ReadOnlyMemory<byte>, long)>(() => Read(sequence), LazyThreadSafetyMode.PublicationOnly)).Value;
    }

    private (ReadOnlyMemory<byte> Text, long Through) Read(long after)
    {
        IReadOnlyList<SequencedEvent> events = store.EventsAfter(after, PageSize);
        return events.Count == 0 ? (ReadOnlyMemory<byte>.Empty, after) : (CaseStream.Render(events, store), events[^1].Sequence);
    }

    private sealed record Shared(Task News)
    {
        public ConcurrentDictionary<long, Lazy<(ReadOnlyMemory<byte> Text, long Through)>> Pages { get; } = new();
    }
}
