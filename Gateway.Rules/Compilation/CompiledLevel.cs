using Gateway.Rules.Evaluation;
using Gateway.Rules.Expressions;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Compilation;

/// <summary>One rung of a compiled rule's ladder. Immutable.</summary>
public sealed record CompiledLevel
{
    /// <summary>The severity it raises.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Raises the level when true.</summary>
    public required Condition Raise { get; init; }

    /// <summary>Ends the level when true; where the operator wrote none, the negation of <see cref="Raise"/>.</summary>
    public required Condition Clear { get; init; }

    /// <summary>Columns of the profile that either condition reads, bit c for column c.</summary>
    public ulong Columns => Raise.Columns | Clear.Columns;

    /// <summary>Terms of either condition that depend on earlier readings, those first that others read.</summary>
    public IEnumerable<HistoryTerm> Histories => Raise.Histories.Concat(Clear.Histories);

    /// <summary>Calendars of either condition.</summary>
    public IEnumerable<DuringTerm> Calendars => Raise.Calendars.Concat(Clear.Calendars);

    /// <summary>Whether the operator wrote a clear condition.</summary>
    public required bool HasOwnClear { get; init; }

    /// <summary>How long <see cref="Raise"/> must hold.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>How long <see cref="Clear"/> must hold.</summary>
    public required TimeSpan KeepFiringFor { get; init; }
}
