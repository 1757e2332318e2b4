using Gateway.Rules.Functions;

namespace Gateway.Rules.Expressions;

/// <summary>
/// A checked expression that holds or not, in three-valued logic. <c>not</c> does not occur: it is pushed down to the comparisons, which
/// is exact in Kleene's logic because a comparison with an unknown value is unknown either way round. Immutable.
/// </summary>
public abstract record Condition
{
    /// <summary>Columns of the profile it reads, bit c for column c.</summary>
    public abstract ulong Columns { get; }

    /// <summary>Terms in it that depend on earlier readings too, those first that others read.</summary>
    public abstract IEnumerable<HistoryTerm> Histories { get; }

    /// <summary>Calendars in it, also in the terms that depend on earlier readings.</summary>
    public abstract IEnumerable<DuringTerm> Calendars { get; }

    /// <summary>Its truth on a row, by walking the tree; the compiled form is tested against this.</summary>
    /// <param name="row">Value by column, NaN for not known.</param>
    public abstract Truth Evaluate(Func<int, double> row);

    /// <summary>The condition that is true where this is false; unknown stays unknown.</summary>
    public abstract Condition Negated();

    /// <summary>The condition in a form that is equal exactly for equal meaning, whatever the spacing and the digits as written.</summary>
    public abstract string Canonical { get; }

    /// <summary>Why it is true, with values: <c>water_level 0.42 m &gt;= 0.30</c>; of alternatives only those that hold, if any does.</summary>
    public abstract string Describe(Func<int, double> row);
}

/// <summary>A comparison of two terms.</summary>
public sealed record ComparisonCondition(ComparisonOperator Operator, Term Left, Term Right) : Condition
{
    /// <inheritdoc />
    public override ulong Columns => Left.Columns | Right.Columns;

    /// <inheritdoc />
    public override IEnumerable<HistoryTerm> Histories => Left.Histories.Concat(Right.Histories);

    /// <inheritdoc />
    public override IEnumerable<DuringTerm> Calendars => Left.Calendars.Concat(Right.Calendars);

    /// <inheritdoc />
    public override Truth Evaluate(Func<int, double> row)
    {
        double left = Left.Evaluate(row);
        double right = Right.Evaluate(row);
        if (double.IsNaN(left) || double.IsNaN(right))
        {
            return Truth.Unknown;
        }

        bool holds = Operator switch
        {
            ComparisonOperator.Equal => left == right,
            ComparisonOperator.NotEqual => left != right,
            ComparisonOperator.Less => left < right,
            ComparisonOperator.LessOrEqual => left <= right,
            ComparisonOperator.Greater => left > right,
            _ => left >= right,
        };
        return holds ? Truth.True : Truth.False;
    }

    /// <inheritdoc />
    public override Condition Negated() => this with { Operator = Operator.Negated() };

    /// <inheritdoc />
    public override string Canonical => $"({Operator.Text()} {Left.Canonical} {Right.Canonical})";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row)
    {
        // "event door_forced" says it all; "event door_forced == "door_forced"" only says it twice.
        bool saysItself = (Operator == ComparisonOperator.Equal && Left is FieldTerm or SequenceTerm or ModeTerm && Right is ConstantTerm && Evaluate(row) == Truth.True)
            || Left is DuringTerm;
        return saysItself ? Left.Describe(row) : $"{Left.Describe(row)} {Operator.Text()} {Right.Describe(row)}";
    }
}

/// <summary>Whether a term's value is one of a list.</summary>
public sealed record MembershipCondition(Term Operand, IReadOnlyList<ConstantTerm> Values, bool IsNegated) : Condition
{
    /// <inheritdoc />
    public override ulong Columns => Operand.Columns;

    /// <inheritdoc />
    public override IEnumerable<HistoryTerm> Histories => Operand.Histories;

    /// <inheritdoc />
    public override IEnumerable<DuringTerm> Calendars => Operand.Calendars;

    /// <inheritdoc />
    public override Truth Evaluate(Func<int, double> row)
    {
        double value = Operand.Evaluate(row);
        return double.IsNaN(value) ? Truth.Unknown : Values.Any(v => v.Value == value) != IsNegated ? Truth.True : Truth.False;
    }

    /// <inheritdoc />
    public override Condition Negated() => this with { IsNegated = !IsNegated };

    /// <inheritdoc />
    public override string Canonical =>
        $"({(IsNegated ? "notin" : "in")} {Operand.Canonical} {string.Join(' ', Values.Select(v => v.Canonical).Order(StringComparer.Ordinal))})";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) =>
        $"{Operand.Describe(row)}{(IsNegated ? " not" : "")} in ({string.Join(", ", Values.Select(v => v.Text))})";
}

/// <summary>A chain of <c>and</c> or <c>or</c>.</summary>
public sealed record LogicalCondition(LogicalOperator Operator, IReadOnlyList<Condition> Operands) : Condition
{
    /// <inheritdoc />
    public override ulong Columns => Operands.Aggregate(0UL, (columns, operand) => columns | operand.Columns);

    /// <inheritdoc />
    public override IEnumerable<HistoryTerm> Histories => Operands.SelectMany(o => o.Histories);

    /// <inheritdoc />
    public override IEnumerable<DuringTerm> Calendars => Operands.SelectMany(o => o.Calendars);

    /// <inheritdoc />
    public override Truth Evaluate(Func<int, double> row) => Operator == LogicalOperator.And
        ? Operands.Min(o => o.Evaluate(row))
        : Operands.Max(o => o.Evaluate(row));

    /// <inheritdoc />
    public override Condition Negated() => new LogicalCondition(
        Operator == LogicalOperator.And ? LogicalOperator.Or : LogicalOperator.And,
        Operands.Select(o => o.Negated()).ToArray());

    /// <inheritdoc />
    public override string Canonical =>
        $"({(Operator == LogicalOperator.And ? "and" : "or")} {string.Join(' ', Operands.Select(o => o.Canonical))})";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row)
    {
        IReadOnlyList<Condition> shown = Operands;
        if (Operator == LogicalOperator.Or && Operands.Where(o => o.Evaluate(row) == Truth.True).ToArray() is { Length: > 0 } holding)
        {
            shown = holding;
        }

        string separator = Operator == LogicalOperator.And ? " and " : " or ";
        return string.Join(separator, shown.Select(o => o is LogicalCondition { Operands.Count: > 1 } ? $"({o.Describe(row)})" : o.Describe(row)));
    }
}
