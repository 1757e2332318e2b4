using Gateway.Host.Cases;
using Gateway.Rules.Cases;

namespace Gateway.Host.Notifications;

/// <summary>Makes batches of the events in the case store, which is the outbox: nothing is copied, so nothing can be missing from the copy.</summary>
internal sealed class NoticeReader(ICaseStore store, WebhookFilter filter)
{
    /// <summary>Events in one batch at most.</summary>
    public const int EventLimit = 512;

    private readonly CaseStates _states = new(store);

    /// <summary>The next batch; null when there are no events behind <paramref name="after"/>.</summary>
    /// <param name="after">The last sequence the receiver has.</param>
    /// <param name="caseLimit">Cases in it at most.</param>
    /// <param name="through">Where it must end, when it has been sent before; null where it may end by itself.</param>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public NoticeBatch? Next(long after, int caseLimit, long? through)
    {
        Dictionary<string, List<SequencedEvent>> byCase = [];
        List<List<SequencedEvent>> inOrder = [];
        SequencedEvent? first = null;
        long last = after;
        foreach (SequencedEvent one in store.EventsAfter(after, EventLimit))
        {
            if (one.Sequence > through)
            {
                break;
            }

            if (!byCase.TryGetValue(one.Event.CaseNo, out List<SequencedEvent>? events))
            {
                if (through is null && byCase.Count == caseLimit)
                {
                    break;
                }

                byCase.Add(one.Event.CaseNo, events = []);
                inOrder.Add(events);
            }

            events.Add(one);
            first ??= one;
            last = one.Sequence;
        }

        return first is null ? null : new NoticeBatch(after, last, [.. inOrder.Where(IsNews).Select(NoticeOf).Where(n => filter.Wants(n.State))], first.Event.At);
    }

    /// <summary>Some of the open cases as they stand, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cursor">Where the ones before ended; null to begin.</param>
    /// <param name="sequence">The last sequence the receiver has.</param>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public (IReadOnlyList<Notice> Notices, CaseCursor? Next) OpenCases(int limit, CaseCursor? cursor, long sequence)
    {
        CasePage page = store.List(new CaseFilter { Statuses = CaseStatusExtensions.Open }, limit, cursor);
        return ([.. page.Cases.Where(filter.Wants).Select(c => new Notice(c, sequence, sequence, []))], page.Next);
    }

    /// <summary>The same batch with each case as it stands now: for a receiver that drops nothing that is older than what it has.</summary>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public NoticeBatch AsOfNow(NoticeBatch batch) =>
        batch with { Notices = [.. batch.Notices.Select(n => n with { State = store.Find(n.State.CaseNo) ?? n.State })] };

    // That evidence was sealed changes nothing a receiver acts on; it hears of it with whatever does.
    private static bool IsNews(List<SequencedEvent> events) => events.Any(e => e.Event is not EvidenceSealed);

    /// <summary>How the case stood then: a receiver that was away hears of it as one that was not.</summary>
    private Notice NoticeOf(List<SequencedEvent> events)
    {
        Case then = _states.After(events[0].Event);
        foreach (SequencedEvent next in events.Skip(1))
        {
            then = _states.After(next.Event);
        }

        return new Notice(then, events[0].Sequence, events[^1].Sequence, events);
    }
}
