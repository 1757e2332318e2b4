using System.Text.Json;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.Evidence;

/// <summary>A decision as the store of cases has it. Immutable.</summary>
internal sealed record DecisionToSeal
{
    /// <summary>The case.</summary>
    public required string CaseNo { get; init; }

    /// <summary>Sequence of the event with which it begins.</summary>
    public required int Decision { get; init; }

    /// <summary>Which decision.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>Log time.</summary>
    public required EventTime At { get; init; }

    /// <summary>Log offset of the record that caused it.</summary>
    public required long Offset { get; init; }

    /// <summary>What the sensors' part of it rests on; null where people reported.</summary>
    public required AlertOccurrence? Occurrence { get; init; }

    /// <summary>Highest case number before it.</summary>
    public required long LastNumber { get; init; }

    /// <summary>The closed case as it stood, JSON; null where it opened one.</summary>
    public required string? Before { get; init; }

    /// <summary>The open storm over the place, JSON as it stood: what is new there begins a storm of its unit; null where there was none.</summary>
    public required string? Storm { get; init; }

    /// <summary>Its events, JSON as the store has them.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>
    /// Whether a decision begins with an event. A storm that begins, or begins again, because cases have gathered rests on those, each of which has
    /// evidence of its own.
    /// </summary>
    public static bool Begins(CaseEvent with) => with is CaseCollected { First: not null } or CaseCollected { Report: not null } or CaseReopened { Gathered: false };

    /// <summary>The decision that begins with an event of a case.</summary>
    /// <param name="history">The history of the case, from its first event on.</param>
    /// <param name="sequence">Sequence of the event in the case.</param>
    /// <param name="historyOf">The history of another case.</param>
    public static DecisionToSeal Of(IReadOnlyList<CaseEvent> history, int sequence, Func<string, IReadOnlyList<CaseEvent>> historyOf)
    {
        CaseEvent first = history[sequence - 1];
        Case? before = Case.Fold(history.Take(sequence - 1));
        CaseEvent[] events = [first, .. history.Skip(sequence).TakeWhile(e => e.Offset == first.Offset && e.At == first.At).TakeWhile((e, i) => Follows(first, e, i))];
        return new DecisionToSeal
        {
            CaseNo = first.CaseNo,
            Decision = sequence,
            Kind = before is null ? DecisionKind.Opened : DecisionKind.Reopened,
            At = first.At,
            Offset = first.Offset,
            Occurrence = (first as CaseCollected)?.First ?? events.OfType<OccurrenceAdded>().FirstOrDefault()?.Occurrence,
            LastNumber = before?.Number ?? ((CaseCollected)first).Number - 1,
            Before = Json(before),
            Storm = first is CaseCollected { Facts.Source: CaseFacts.StormSource } || before is { IsStorm: true } ? Json(StormOver(history, first, before, historyOf)) : null,
            Events = [.. events.Select(e => JsonSerializer.Serialize(e, CaseJsonContext.Readable.CaseEvent))],
        };
    }

    private static string? Json(Case? state) => state is null ? null : JsonSerializer.Serialize(state, CaseJsonContext.Readable.Case);

    // The one it became part of at once, as it stood before; of one that is opened again, the one it has been part of where that goes on.
    private static Case? StormOver(IReadOnlyList<CaseEvent> history, CaseEvent first, Case? before, Func<string, IReadOnlyList<CaseEvent>> historyOf)
    {
        if (history.OfType<CaseStormJoined>().FirstOrDefault(e => e.Offset == first.Offset) is { } joined)
        {
            return Case.Fold(historyOf(joined.Storm).TakeWhile(e => e.Offset != first.Offset || e is not StormChildJoined child || child.Child != first.CaseNo));
        }

        return before is { Storm.Length: > 0 } && Case.Fold(historyOf(before.Storm).TakeWhile(e => e.At <= first.At && e.Offset < first.Offset)) is { IsOpen: true } above ? above : null;
    }

    // What else the same record did to the case is not of this decision: another alert that joined it, for example.
    private static bool Follows(CaseEvent first, CaseEvent next, int index) => first is CaseCollected
        ? next is CaseFiled or CaseUnowned or CaseDispatched && index < 2
        : index == 0 ? next is OccurrenceAdded or CaseReportJoined : next is SeverityRaised or ConditionBreached;
}
