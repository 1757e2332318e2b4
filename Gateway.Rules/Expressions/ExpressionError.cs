namespace Gateway.Rules.Expressions;

/// <summary>Why a text is no expression. A value, never thrown.</summary>
/// <param name="Code"><see cref="Syntax"/>, <see cref="TooLong"/>, <see cref="TooDeep"/> or <see cref="UnknownFunction"/>.</param>
/// <param name="Offset">Where, in characters from 0.</param>
/// <param name="Message">What is wrong, one line.</param>
/// <param name="Fix">What to do about it; empty when the message says it.</param>
public sealed record ExpressionError(string Code, int Offset, string Message, string Fix)
{
    /// <summary>Not the grammar.</summary>
    public const string Syntax = "R101";

    /// <summary>Longer than <see cref="ExpressionParser.LengthLimitChars"/>.</summary>
    public const string TooLong = "R102";

    /// <summary>Nested deeper than <see cref="ExpressionParser.DepthLimit"/>.</summary>
    public const string TooDeep = "R103";

    /// <summary>A call of a function that does not exist.</summary>
    public const string UnknownFunction = "R109";
}

/// <summary>What came of parsing: a tree or an error, never both.</summary>
/// <param name="Root">The tree, or null.</param>
/// <param name="Error">The error, or null.</param>
public sealed record ParsedExpression(ExpressionNode? Root, ExpressionError? Error);
