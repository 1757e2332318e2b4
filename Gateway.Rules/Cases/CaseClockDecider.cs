using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What the passing of time does to a case. Pure.</summary>
public static class CaseClockDecider
{
    /// <summary>
    /// The event that is due first, at <paramref name="now"/> or before: of a clock, or the end of a deferral; null when none is. The event has
    /// the time it was due, so it does not matter how often or how late this is asked.
    /// </summary>
    public static CaseEvent? Next(Case state, CaseSettings settings, EventTime now)
    {
        CaseClock? first = null;
        foreach (CaseClock clock in state.Clocks)
        {
            bool earlier = clock.NextAt is { } at && at <= now
                && (first is null || at < first.NextAt || (at == first.NextAt && clock.Kind < first.Kind));
            first = earlier ? clock : first;
        }

        if (state.DeferredUntil is { } until && until <= now && !(first?.NextAt < until))
        {
            long offset = state.Clocks.Count > 0 ? state.Clocks[0].Offset : 0;
            return Stamped(CaseSupervisionDecider.EndOfDeferral(state, settings, until, "its time is over"), state, until, offset);
        }

        if (first is not { NextAt: { } due })
        {
            return null;
        }

        CaseEvent next = first.Reminded
            ? new ClockOverdue(first.Kind, first.Level + 1, first.DueAt) { Party = first.Party, PartyAlone = first.Kind == ClockKind.Arrive }
            : new ClockReminded(first.Kind, first.DueAt) { Party = first.Party };
        return Stamped(next, state, due, first.Offset);
    }

    private static CaseEvent Stamped(CaseEvent next, Case state, EventTime at, long offset) =>
        next with { CaseNo = state.CaseNo, Sequence = state.Sequence + 1, At = at, Offset = offset };
}
