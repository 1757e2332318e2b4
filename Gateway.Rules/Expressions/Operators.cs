namespace Gateway.Rules.Expressions;

/// <summary>Arithmetic on numbers.</summary>
public enum ArithmeticOperator : byte
{
    /// <summary><c>+</c></summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c>; division by zero is unknown.</summary>
    Divide,
}

/// <summary>Comparison of two values.</summary>
public enum ComparisonOperator : byte
{
    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,
}

/// <summary>How conditions are joined.</summary>
public enum LogicalOperator : byte
{
    /// <summary>All must hold.</summary>
    And,

    /// <summary>One must hold.</summary>
    Or,
}

/// <summary>What the operators are called and how they turn.</summary>
public static class Operators
{
    /// <summary>The operator as written.</summary>
    public static string Text(this ComparisonOperator value) => value switch
    {
        ComparisonOperator.Equal => "==",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };

    /// <summary>The operator as written.</summary>
    public static string Text(this ArithmeticOperator value) => value switch
    {
        ArithmeticOperator.Add => "+",
        ArithmeticOperator.Subtract => "-",
        ArithmeticOperator.Multiply => "*",
        _ => "/",
    };

    /// <summary>The operator that holds exactly when this one, on known values, does not.</summary>
    public static ComparisonOperator Negated(this ComparisonOperator value) => value switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.Less => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.LessOrEqual => ComparisonOperator.Greater,
        ComparisonOperator.Greater => ComparisonOperator.LessOrEqual,
        _ => ComparisonOperator.Less,
    };

    /// <summary>The operator that says the same with the sides exchanged.</summary>
    public static ComparisonOperator Mirrored(this ComparisonOperator value) => value switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual => ComparisonOperator.LessOrEqual,
        _ => value,
    };

    /// <summary>Whether the operator asks for order and not only for identity.</summary>
    public static bool IsOrdering(this ComparisonOperator value) => value is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual);
}
