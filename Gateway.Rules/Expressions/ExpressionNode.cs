namespace Gateway.Rules.Expressions;

/// <summary>
/// One node of an expression as written, before names are looked up. Immutable. <see cref="Offset"/> is where its text begins, in
/// characters from 0; <see cref="Depth"/> is the height of the tree below it, which the parser bounds so that every later walk may recurse.
/// </summary>
/// <param name="Offset">Where its text begins, in characters from 0.</param>
public abstract record ExpressionNode(int Offset)
{
    /// <summary>Height of the tree, 1 for a leaf.</summary>
    public virtual int Depth => 1;
}

/// <summary>A number; <paramref name="Text"/> keeps the operator's own digits (<c>0.30</c>) for messages.</summary>
public sealed record NumberNode(int Offset, double Value, string Text) : ExpressionNode(Offset);

/// <summary>A quoted text.</summary>
public sealed record TextNode(int Offset, string Value) : ExpressionNode(Offset);

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record BooleanNode(int Offset, bool Value) : ExpressionNode(Offset);

/// <summary>A duration; its value in expressions is in seconds.</summary>
public sealed record DurationNode(int Offset, TimeSpan Value, string Text) : ExpressionNode(Offset);

/// <summary><c>name(argument, …)</c>.</summary>
public sealed record CallNode(int Offset, string Name, IReadOnlyList<ExpressionNode> Arguments) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Arguments.Max(a => a.Depth);
}

/// <summary>An argument that is given by its name: <c>area=building</c>.</summary>
public sealed record NamedNode(int Offset, string Name, ExpressionNode Value) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Value.Depth;
}

/// <summary>The name of a field.</summary>
public sealed record FieldNode(int Offset, string Name) : ExpressionNode(Offset);

/// <summary><c>-x</c>.</summary>
public sealed record NegateNode(int Offset, ExpressionNode Operand) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Operand.Depth;
}

/// <summary><c>not x</c>.</summary>
public sealed record NotNode(int Offset, ExpressionNode Operand) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Operand.Depth;
}

/// <summary><c>left + right</c> and its kin.</summary>
public sealed record ArithmeticNode(int Offset, ArithmeticOperator Operator, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Math.Max(Left.Depth, Right.Depth);
}

/// <summary><c>left &gt;= right</c> and its kin.</summary>
public sealed record ComparisonNode(int Offset, ComparisonOperator Operator, ExpressionNode Left, ExpressionNode Right) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Math.Max(Left.Depth, Right.Depth);
}

/// <summary>A chain of <c>and</c> or of <c>or</c>, two operands or more: flat, so that a long list of alternatives is not deep.</summary>
public sealed record LogicalNode(int Offset, LogicalOperator Operator, IReadOnlyList<ExpressionNode> Operands) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Operands.Max(o => o.Depth);
}

/// <summary><c>x in (a, b)</c> or <c>x not in (a, b)</c>.</summary>
public sealed record MembershipNode(int Offset, ExpressionNode Operand, IReadOnlyList<ExpressionNode> Values, bool Negated) : ExpressionNode(Offset)
{
    /// <inheritdoc />
    public override int Depth { get; } = 1 + Math.Max(Operand.Depth, Values.Max(v => v.Depth));
}
