using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What the passing of time does to a case. Pure.</summary>
public static class CaseClockDecider
{
    /// <summary>
    /// The event of the clock that is due first, at <paramref name="now"/> or before; null when none is. The event has the time the
    /// clock was due, so it does not matter how often or how late this is asked.
    /// </summary>
    public static CaseEvent? Next(Case state, EventTime now)
    {
        CaseClock? first = null;
        foreach (CaseClock clock in state.Clocks)
        {
            bool earlier = clock.NextAt is { } at && at <= now
                && (first is null || at < first.NextAt || (at == first.NextAt && clock.Kind < first.Kind));
            first = earlier ? clock : first;
        }

        if (first is not { NextAt: { } due })
        {
            return null;
        }

        CaseEvent next = first.Reminded
            ? new ClockOverdue(first.Kind, first.Level + 1, first.DueAt)
            : new ClockReminded(first.Kind, first.DueAt);
        return next with { CaseNo = state.CaseNo, Sequence = state.Sequence + 1, At = due, Offset = first.Offset };
    }
}
