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

/// <summary>A stretch of a case's life in which neither its status nor who has it nor what it waits for changed.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Party">The unit that led it; empty for none.</param>
/// <param name="Stage">What it was waiting for; null between its end and its reopening, when nobody has it.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; until when it is counted where it goes on.</param>
public sealed record CaseStretch(CaseStatus Status, string Party, CaseStage? Stage, EventTime From, EventTime To);

/// <summary>Who had a case how long: every moment from its opening to its end belongs to one party and stage, so the sum is its duration.</summary>
public static class CaseTime
{
    /// <summary>The spans of a history, each party and stage once, in the order they first came.</summary>
    /// <param name="history">The events of one case, in order.</param>
    /// <param name="now">Until when an open case is counted.</param>
    public static IReadOnlyList<CaseSpan> Of(IEnumerable<CaseEvent> history, EventTime now) => Sum(Stretches(history, now));

    /// <summary>The spans of a case's stretches.</summary>
    public static IReadOnlyList<CaseSpan> Sum(IEnumerable<CaseStretch> stretches)
    {
        Dictionary<(string Party, CaseStage Stage), TimeSpan> spent = [];
        foreach (CaseStretch stretch in stretches)
        {
            if (stretch.Stage is { } stage && stretch.To > stretch.From)
            {
                (string, CaseStage) key = (stretch.Party, stage);
                spent[key] = spent.GetValueOrDefault(key) + (stretch.To - stretch.From);
            }
        }

        return [.. spent.Select(s => new CaseSpan(s.Key.Party, s.Key.Stage, s.Value))];
    }

    /// <summary>The stretches of a history, in order and without gaps; a status that was passed through at once has one without length.</summary>
    /// <param name="history">The events of one case, in order.</param>
    /// <param name="now">Until when the last one is counted.</param>
    public static IReadOnlyList<CaseStretch> Stretches(IEnumerable<CaseEvent> history, EventTime now)
    {
        List<CaseStretch> stretches = [];
        Case? state = null;
        EventTime since = default;
        foreach (CaseEvent next in history)
        {
            since = state is null ? next.At : EventTime.Max(since, next.At);
            state = Case.Apply(state, next);
            CaseStretch begun = new(state.Status, state.Lead, StageOf(state), since, since);
            if (stretches is not [.., var last])
            {
                stretches.Add(begun);
            }
            else
            {
                stretches[^1] = last with { To = since };
                if ((last.Status, last.Party, last.Stage) != (begun.Status, begun.Party, begun.Stage))
                {
                    stretches.Add(begun);
                }
            }
        }

        if (stretches is [.., var open])
        {
            stretches[^1] = open with { To = EventTime.Max(since, now) };
        }

        return stretches;
    }

    // Between its end and its reopening nobody has it.
    private static CaseStage? StageOf(Case c) =>
        !c.IsOpen ? null
        : c.DeferredUntil is not null ? CaseStage.Deferred
        : c.Status is CaseStatus.Reported or CaseStatus.Verifying ? CaseStage.Verifying
        : c.Status == CaseStatus.InProgress ? CaseStage.Handling
        : CaseStage.Accepting;
}
