using System.Linq.Expressions;
using Gateway.Rules.Expressions;
using Gateway.Rules.Functions;
using Code = System.Linq.Expressions.Expression;

namespace Gateway.Rules.Compilation;

/// <summary>
/// Conditions to machine code. A condition becomes an int expression with the values of <see cref="Truth"/>, so <c>and</c> is a minimum
/// and <c>or</c> a maximum; comparisons are written so that NaN falls through to unknown without being asked for.
/// </summary>
internal static class KernelCompiler
{
    private static readonly ParameterExpression Cells = Code.Parameter(typeof(double[]), "cells");
    private static readonly ParameterExpression At = Code.Parameter(typeof(int), "at");
    private static readonly ParameterExpression Calendars = Code.Parameter(typeof(double[]), "calendars");
    private static readonly Code False = Code.Constant((int)Truth.False);
    private static readonly Code Unknown = Code.Constant((int)Truth.Unknown);
    private static readonly Code True = Code.Constant((int)Truth.True);

    /// <summary>Compiles one condition a level into one kernel.</summary>
    public static RuleKernel Compile(IEnumerable<Condition> levels, KindLayout layout)
    {
        Code packed = Code.Constant(0);
        int shift = 0;
        foreach (Condition level in levels)
        {
            Code truth = Judge(level, layout);
            packed = shift == 0 ? truth : Code.Or(packed, Code.LeftShift(truth, Code.Constant(shift)));
            shift += 2;
        }

        return Code.Lambda<RuleKernel>(packed, Cells, At, Calendars).Compile();
    }

    /// <summary>
    /// Compiles whether any of <paramref name="conditions"/> is true. Nothing but true is asked for, and a comparison with NaN is not true, so
    /// this is a chain of plain comparisons: what nearly every reading of a calm city needs to know.
    /// </summary>
    public static AlarmKernel CompileAny(IEnumerable<Condition> conditions, KindLayout layout) =>
        Code.Lambda<AlarmKernel>(conditions.Select(c => Holds(c, layout)).Aggregate(Code.OrElse), Cells, At, Calendars).Compile();

    private static Code Holds(Condition condition, KindLayout layout) => condition switch
    {
        ComparisonCondition comparison => Test(comparison.Operator, Value(comparison.Left, layout), Value(comparison.Right, layout)),
        MembershipCondition membership => Code.Equal(IsMember(membership, layout), True),
        LogicalCondition { Operator: LogicalOperator.And } all => all.Operands.Select(o => Holds(o, layout)).Aggregate(Code.AndAlso),
        LogicalCondition any => any.Operands.Select(o => Holds(o, layout)).Aggregate(Code.OrElse),
        _ => throw new ArgumentException($"no code for {condition.GetType().Name}", nameof(condition)),
    };

    // Whether it is certain: of NaN nothing is.
    private static Code Test(ComparisonOperator comparison, Code left, Code right) => comparison switch
    {
        ComparisonOperator.Less => Code.LessThan(left, right),
        ComparisonOperator.LessOrEqual => Code.LessThanOrEqual(left, right),
        ComparisonOperator.Greater => Code.GreaterThan(left, right),
        ComparisonOperator.GreaterOrEqual => Code.GreaterThanOrEqual(left, right),
        ComparisonOperator.Equal => Code.Equal(left, right),
        _ => Code.OrElse(Code.LessThan(left, right), Code.GreaterThan(left, right)), // not "!=": that is true of NaN
    };

    private static Code Judge(Condition condition, KindLayout layout) => condition switch
    {
        ComparisonCondition comparison => Compare(comparison, layout),
        MembershipCondition membership => IsMember(membership, layout),
        LogicalCondition logical => Join(logical, layout),
        _ => throw new ArgumentException($"no code for {condition.GetType().Name}", nameof(condition)),
    };

    private static BlockExpression Compare(ComparisonCondition condition, KindLayout layout)
    {
        ParameterExpression left = Code.Variable(typeof(double));
        ParameterExpression right = Code.Variable(typeof(double));
        return Code.Block(
            [left, right],
            Code.Assign(left, Value(condition.Left, layout)),
            Code.Assign(right, Value(condition.Right, layout)),
            Code.Condition(Test(condition.Operator, left, right), True, Code.Condition(Test(condition.Operator.Negated(), left, right), False, Unknown)));
    }

    private static BlockExpression IsMember(MembershipCondition condition, KindLayout layout)
    {
        ParameterExpression value = Code.Variable(typeof(double));
        Code any = condition.Values.Select(v => (Code)Code.Equal(value, Code.Constant(v.Value))).Aggregate(Code.OrElse);
        Code known = condition.IsNegated ? Code.Condition(any, False, True) : Code.Condition(any, True, False);
        return Code.Block(
            [value],
            Code.Assign(value, Value(condition.Operand, layout)),
            Code.Condition(Code.Equal(value, value), known, Unknown));
    }

    // The rest is not judged once the outcome is certain.
    private static Code Join(LogicalCondition condition, KindLayout layout)
    {
        bool and = condition.Operator == LogicalOperator.And;
        Code certain = and ? False : True;
        LabelTarget done = Code.Label(typeof(int));
        ParameterExpression result = Code.Variable(typeof(int));
        ParameterExpression next = Code.Variable(typeof(int));
        List<Code> steps = [Code.Assign(result, Judge(condition.Operands[0], layout))];
        foreach (Condition operand in condition.Operands.Skip(1))
        {
            steps.Add(Code.IfThen(Code.Equal(result, certain), Code.Return(done, result)));
            steps.Add(Code.Assign(next, Judge(operand, layout)));
            Code replaces = and ? Code.LessThan(next, result) : Code.GreaterThan(next, result);
            steps.Add(Code.IfThen(replaces, Code.Assign(result, next)));
        }

        steps.Add(Code.Label(done, result));
        return Code.Block([result, next], steps);
    }

    private static Code Value(Term term, KindLayout layout) => term switch
    {
        ConstantTerm constant => Code.Constant(constant.Value),
        FieldTerm field => Cell(field.Column, layout),
        HistoryTerm history => Cell(history.Column, layout),
        ModeTerm mode => Code.Constant(mode.Evaluate(_ => double.NaN)),
        DuringTerm during => Code.ArrayIndex(Calendars, Code.Constant(during.Number)),
        NegativeTerm negative => Code.Negate(Value(negative.Operand, layout)),
        ArithmeticTerm { Operator: ArithmeticOperator.Divide } division => Divide(division, layout),
        ArithmeticTerm arithmetic => Calculate(arithmetic, Value(arithmetic.Left, layout), Value(arithmetic.Right, layout)),
        _ => throw new ArgumentException($"no code for {term.GetType().Name}", nameof(term)),
    };

    private static BinaryExpression Cell(int column, KindLayout layout) => Code.ArrayIndex(Cells, Code.Add(At, Code.Constant(layout.PositionOf(column))));

    private static BinaryExpression Calculate(ArithmeticTerm term, Code left, Code right) => term.Operator switch
    {
        ArithmeticOperator.Add => Code.Add(left, right),
        ArithmeticOperator.Subtract => Code.Subtract(left, right),
        _ => Code.Multiply(left, right),
    };

    private static BlockExpression Divide(ArithmeticTerm term, KindLayout layout)
    {
        ParameterExpression left = Code.Variable(typeof(double));
        ParameterExpression right = Code.Variable(typeof(double));
        return Code.Block(
            [left, right],
            Code.Assign(left, Value(term.Left, layout)),
            Code.Assign(right, Value(term.Right, layout)),
            Code.Condition(Code.Equal(right, Code.Constant(0d)), Code.Constant(double.NaN), Code.Divide(left, right)));
    }
}
