using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What a case was waiting for.</summary>
public enum CaseStage : byte
{
    /// <summary>待签收: for its lead to accept it.</summary>
    Accepting,

    /// <summary>处置: for its lead to deal with it.</summary>
    Handling,

    /// <summary>缓办: for the time it was put off to.</summary>
    Deferred,

    /// <summary>核查: for its verification.</summary>
    Verifying,
}

/// <summary>How long somebody had a case.</summary>
/// <param name="Party">The unit that led it then.</param>
/// <param name="Stage">What it was waiting for.</param>
/// <param name="Spent">How long, natural time.</param>
public sealed record CaseSpan(string Party, CaseStage Stage, TimeSpan Spent);

/// <summary>Who had a case how long: every moment from its opening to its end belongs to one party and stage, so the sum is its duration.</summary>
public static class CaseTime
{
    /// <summary>The spans of a history, each party and stage once, in the order they first came.</summary>
    /// <param name="history">The events of one case, in order.</param>
    /// <param name="now">Until when an open case is counted.</param>
    public static IReadOnlyList<CaseSpan> Of(IEnumerable<CaseEvent> history, EventTime now)
    {
        Dictionary<(string Party, CaseStage Stage), TimeSpan> spent = [];
        Case? state = null;
        EventTime since = default;
        foreach (CaseEvent next in history)
        {
            EventTime at = state is null ? next.At : EventTime.Max(since, next.At);
            Count(spent, state, at - since);
            (state, since) = (Case.Apply(state, next), at);
        }

        Count(spent, state, EventTime.Max(since, now) - since);
        return [.. spent.Select(s => new CaseSpan(s.Key.Party, s.Key.Stage, s.Value))];
    }

    // Between its end and its reopening nobody has it.
    private static void Count(Dictionary<(string Party, CaseStage Stage), TimeSpan> spent, Case? state, TimeSpan time)
    {
        if (state is { IsOpen: true } && time > TimeSpan.Zero)
        {
            (string, CaseStage) key = (state.Lead, StageOf(state));
            spent[key] = spent.GetValueOrDefault(key) + time;
        }
    }

    private static CaseStage StageOf(Case c) =>
        c.DeferredUntil is not null ? CaseStage.Deferred
        : c.Status is CaseStatus.Reported or CaseStatus.Verifying ? CaseStage.Verifying
        : c.Status == CaseStatus.InProgress ? CaseStage.Handling
        : CaseStage.Accepting;
}
