using Gateway.Protocols.Devices;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Expressions;

/// <summary>
/// Checks an expression against the fields of a device kind and makes a <see cref="Condition"/> of it. Every error of the expression is
/// found at once and reported at its own place in the file.
/// </summary>
public sealed class ConditionBinder
{
    private readonly SourceText _source;
    private readonly ICollection<Finding> _findings;
    private readonly TermBinder _terms;

    private ConditionBinder(BindingScope scope, ICollection<Finding> findings)
    {
        _source = scope.Source;
        _findings = findings;
        _terms = new TermBinder(scope, findings, node => Bind(node, negated: false));
    }

    /// <summary>
    /// Parses and checks <paramref name="source"/> for a rule over all devices of a kind, in a city without calendars; null when it adds at least
    /// one error to <paramref name="findings"/>.
    /// </summary>
    public static Condition? Bind(SourceText source, DeviceProfile profile, ICollection<Finding> findings) =>
        Bind(new BindingScope(source, profile, CityContext.Plain, ""), findings);

    /// <summary>Parses and checks an expression; null when it adds at least one error to <paramref name="findings"/>.</summary>
    internal static Condition? Bind(BindingScope scope, ICollection<Finding> findings)
    {
        (SourceText source, DeviceProfile profile, _, _) = scope;
        ParsedExpression parsed = ExpressionParser.Parse(source.Text);
        if (parsed.Error is { } error)
        {
            findings.Add(new Finding(FindingLevel.Error, error.Code, source.At(error.Offset), error.Message, error.Fix));
            return null;
        }

        int before = findings.Count;
        Condition? condition = new ConditionBinder(scope, findings).Bind(parsed.Root!, negated: false);
        if (findings.Count > before || condition is null)
        {
            return null;
        }

        if (condition.Columns == 0)
        {
            findings.Add(new Finding(FindingLevel.Error, "R111", source.At(0), "the expression reads no field, so no reading can change it", $"compare a field of kind {profile.Kind}"));
            return null;
        }

        return condition;
    }

    private Condition? Bind(ExpressionNode node, bool negated) => node switch
    {
        LogicalNode logical => Logical(logical, negated),
        NotNode not => Bind(not.Operand, !negated),
        ComparisonNode comparison => Comparison(comparison, negated),
        MembershipNode membership => Membership(membership, negated),
        _ => Bare(node, negated),
    };

    private LogicalCondition? Logical(LogicalNode node, bool negated)
    {
        // All operands are bound before a failure counts, so that all their errors show.
        Condition?[] operands = node.Operands.Select(o => Bind(o, negated)).ToArray();
        bool and = (node.Operator == LogicalOperator.And) != negated;
        return operands.Contains(null) ? null : new LogicalCondition(and ? LogicalOperator.And : LogicalOperator.Or, operands!);
    }

    // A field by itself is a condition when it is boolean.
    private ComparisonCondition? Bare(ExpressionNode node, bool negated)
    {
        if (_terms.Bind(node) is not { } value)
        {
            return null;
        }

        if (value.Type != TermType.Boolean || value.Term is not (FieldTerm or HistoryTerm or DuringTerm))
        {
            Error("R110", node.Offset, "this is a value, not a condition", "compare it, for example with >=");
            return null;
        }

        return new ComparisonCondition(ComparisonOperator.Equal, value.Term, TermBinder.Constant(!negated));
    }

    private ComparisonCondition? Comparison(ComparisonNode node, bool negated)
    {
        TypedTerm? left = _terms.Bind(node.Left, partner: node.Right);
        TypedTerm? right = _terms.Bind(node.Right, partner: node.Left);
        if (left is null || right is null)
        {
            return null;
        }

        if (_terms.Agree(ref left, ref right, node.Left.Offset, node.Right.Offset) is { } disagreement)
        {
            _findings.Add(disagreement);
            return null;
        }

        if (node.Operator.IsOrdering() && left.Type != TermType.Number)
        {
            Error("R107", node.Left.Offset, $"{left.Spoken} has no order, so {node.Operator.Text()} cannot be asked of it", "use == or != or in");
            return null;
        }

        CheckRange(left, node.Operator, right, node.Right.Offset);
        CheckRange(right, node.Operator.Mirrored(), left, node.Left.Offset);
        return new ComparisonCondition(negated ? node.Operator.Negated() : node.Operator, left.Term, right.Term);
    }

    private MembershipCondition? Membership(MembershipNode node, bool negated)
    {
        TypedTerm? operand = _terms.Bind(node.Operand, partner: node.Values[0]);
        List<ConstantTerm> values = [];
        foreach (ExpressionNode each in node.Values)
        {
            TypedTerm? value = _terms.Bind(each, partner: node.Operand);
            if (operand is null || value is null)
            {
                continue;
            }

            if (value.Term is not ConstantTerm)
            {
                Error("R107", each.Offset, "a list holds constants only", "join comparisons with or");
            }
            else if (_terms.Agree(ref operand, ref value, node.Operand.Offset, each.Offset) is { } disagreement)
            {
                _findings.Add(disagreement);
            }
            else
            {
                CheckRange(operand, ComparisonOperator.Equal, value, each.Offset);
                values.Add((ConstantTerm)value.Term);
            }
        }

        return operand is null || values.Count < node.Values.Count ? null : new MembershipCondition(operand.Term, values, node.Negated != negated);
    }

    // A limit the sensor can never pass makes a rule that can never act: the kind of slip nobody notices until the day it matters.
    private void CheckRange(TypedTerm field, ComparisonOperator comparison, TypedTerm limit, int offset)
    {
        if (field.Term is not FieldTerm { Field: { Type: FieldType.Number or FieldType.Integer } definition } || limit.Term is not ConstantTerm { Value: double value } constant)
        {
            return;
        }

        bool outside = value < definition.Minimum || value > definition.Maximum;
        bool never = (comparison == ComparisonOperator.Greater && value >= definition.Maximum) || (comparison == ComparisonOperator.Less && value <= definition.Minimum);
        if (outside || never)
        {
            string from = definition.Minimum is { } minimum ? ValueText.Format(definition, minimum) : "no lower bound";
            string to = definition.Maximum is { } maximum ? ValueText.Format(definition, maximum) : "no upper bound";
            string what = outside ? $"the limit {constant.Text} lies outside the range of {definition.Name}" : $"{definition.Name} can never be {comparison.Text()} {constant.Text}";
            Error("R108", offset, what, $"the sensor reports {from} to {to}");
        }
    }

    private void Error(string code, int offset, string message, string fix) =>
        _findings.Add(new Finding(FindingLevel.Error, code, _source.At(offset), message, fix));
}
