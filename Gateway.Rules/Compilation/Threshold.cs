using Gateway.Rules.Expressions;

namespace Gateway.Rules.Compilation;

/// <summary>A condition of the simplest shape, one field against one limit, which can be reasoned about.</summary>
/// <param name="Field">The field.</param>
/// <param name="IsUpward">Whether it holds above the limit.</param>
/// <param name="Limit">The limit.</param>
/// <param name="IsInclusive">Whether it holds at the limit.</param>
internal sealed record Threshold(FieldTerm Field, bool IsUpward, double Limit, bool IsInclusive)
{
    /// <summary>The condition as a threshold, or null when it is of another shape.</summary>
    public static Threshold? Of(Condition condition) => condition switch
    {
        ComparisonCondition { Left: FieldTerm field, Right: ConstantTerm limit } c when c.Operator.IsOrdering() => Create(field, c.Operator, limit),
        ComparisonCondition { Left: ConstantTerm limit, Right: FieldTerm field } c when c.Operator.IsOrdering() => Create(field, c.Operator.Mirrored(), limit),
        _ => null,
    };

    /// <summary>Whether every value that passes <paramref name="other"/> passes this one too.</summary>
    public bool Covers(Threshold other) => Field.Column == other.Field.Column && IsUpward == other.IsUpward
        && ((IsUpward ? Limit < other.Limit : Limit > other.Limit) || (Limit == other.Limit && (IsInclusive || !other.IsInclusive)));

    /// <summary>Whether some value passes both.</summary>
    public bool Overlaps(Threshold other)
    {
        if (IsUpward == other.IsUpward)
        {
            return true;
        }

        (Threshold up, Threshold down) = IsUpward ? (this, other) : (other, this);
        return up.Limit < down.Limit || (up.Limit == down.Limit && up.IsInclusive && down.IsInclusive);
    }

    private static Threshold Create(FieldTerm field, ComparisonOperator comparison, ConstantTerm limit) => new(
        field,
        comparison is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual,
        limit.Value,
        comparison is ComparisonOperator.GreaterOrEqual or ComparisonOperator.LessOrEqual);
}
