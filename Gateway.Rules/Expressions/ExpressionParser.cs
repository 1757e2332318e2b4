using System.Globalization;
using Gateway.Rules.Files;

namespace Gateway.Rules.Expressions;

/// <summary>
/// Text to tree, by recursive descent over this grammar. A total function: any text gives a tree or an error, in time linear in its length.
/// <code>
/// condition  = conjunction { "or" conjunction }
/// conjunction= negation { "and" negation }
/// negation   = "not" negation | comparison
/// comparison = sum [ ( "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" ) sum | [ "not" ] "in" "(" sum { "," sum } ")" ]
/// sum        = product { ( "+" | "-" ) product }
/// product    = factor { ( "*" | "/" ) factor }
/// factor     = "-" factor | number | duration | text | "true" | "false" | field | call | "(" condition ")"
/// call       = name "(" argument { "," argument } ")"
/// argument   = [ name "=" ] condition
/// </code>
/// Lists may stand in square brackets as well.
/// </summary>
public sealed class ExpressionParser
{
    /// <summary>Longest expression, in characters.</summary>
    public const int LengthLimitChars = 4096;

    /// <summary>Deepest tree; also bounds the recursion here and in every walk over the tree.</summary>
    public const int DepthLimit = 64;

    private readonly Lexer _lexer;
    private Token _token;
    private int _nesting;
    private ExpressionError? _error;

    private ExpressionParser(string text)
    {
        _lexer = new Lexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Parses one expression.</summary>
    public static ParsedExpression Parse(string text)
    {
        if (text.Length > LengthLimitChars)
        {
            var tooLong = new ExpressionError(ExpressionError.TooLong, LengthLimitChars, $"the expression has {text.Length} characters, at most {LengthLimitChars} are allowed", "split it into several rules");
            return new ParsedExpression(null, tooLong);
        }

        var parser = new ExpressionParser(text);
        ExpressionNode? root = parser.Condition();
        if (root is not null && parser._token.Kind != TokenKind.End)
        {
            root = parser.Fail(parser._token, $"{parser._token.Spoken} is not expected here", parser.AfterWhole());
        }

        // What the lexer could not read is the cause, what the parser made of it the effect.
        ExpressionError? error = parser._lexer.Error ?? parser._error;
        return error is null ? new ParsedExpression(root, null) : new ParsedExpression(null, error);
    }

    private ExpressionNode? Condition() => Chain(TokenKind.Or, LogicalOperator.Or, Conjunction);

    private ExpressionNode? Conjunction() => Chain(TokenKind.And, LogicalOperator.And, Negation);

    private ExpressionNode? Chain(TokenKind separator, LogicalOperator kind, Func<ExpressionNode?> operand)
    {
        ExpressionNode? first = operand();
        if (first is null || _token.Kind != separator)
        {
            return first;
        }

        List<ExpressionNode> operands = [first];
        while (_token.Kind == separator)
        {
            Advance();
            if (operand() is not { } next)
            {
                return null;
            }

            operands.Add(next);
        }

        return Bounded(new LogicalNode(first.Offset, kind, operands));
    }

    private ExpressionNode? Negation()
    {
        if (_token.Kind != TokenKind.Not)
        {
            return Comparison();
        }

        int offset = _token.Offset;
        return Nested(() =>
        {
            Advance();
            return Negation() is { } operand ? Bounded(new NotNode(offset, operand)) : null;
        });
    }

    private ExpressionNode? Comparison()
    {
        if (Sum() is not { } left)
        {
            return null;
        }

        if (_token.Kind is TokenKind.In or TokenKind.Not)
        {
            return Membership(left);
        }

        if (_token.Kind != TokenKind.Comparison)
        {
            return left;
        }

        ComparisonOperator comparison = Comparison(_token.Text);
        Advance();
        if (Sum() is not { } right)
        {
            return null;
        }

        return _token.Kind == TokenKind.Comparison
            ? Fail(_token, "comparisons cannot be chained", "write a < b and b < c")
            : Bounded(new ComparisonNode(left.Offset, comparison, left, right));
    }

    private ExpressionNode? Membership(ExpressionNode operand)
    {
        bool negated = _token.Kind == TokenKind.Not;
        if (negated)
        {
            Advance();
        }

        if (!Expect(TokenKind.In, "'in'") || !Expect(TokenKind.Open, "'(' and a list"))
        {
            return null;
        }

        List<ExpressionNode> values = [];
        do
        {
            if (values.Count > 0)
            {
                Advance();
            }

            if (Sum() is not { } value)
            {
                return null;
            }

            values.Add(value);
        }
        while (_token.Kind == TokenKind.Comma);

        return Expect(TokenKind.Close, "')'") ? Bounded(new MembershipNode(operand.Offset, operand, values, negated)) : null;
    }

    private ExpressionNode? Sum()
    {
        ExpressionNode? left = Product();
        while (left is not null && _token.Kind is TokenKind.Plus or TokenKind.Minus)
        {
            left = Arithmetic(_token.Kind == TokenKind.Plus ? ArithmeticOperator.Add : ArithmeticOperator.Subtract, left!, Product);
        }

        return left;
    }

    private ExpressionNode? Product()
    {
        ExpressionNode? left = Factor();
        while (left is not null && _token.Kind is TokenKind.Star or TokenKind.Slash)
        {
            left = Arithmetic(_token.Kind == TokenKind.Star ? ArithmeticOperator.Multiply : ArithmeticOperator.Divide, left!, Factor);
        }

        return left;
    }

    private ExpressionNode? Arithmetic(ArithmeticOperator kind, ExpressionNode left, Func<ExpressionNode?> operand)
    {
        Advance();
        return operand() is { } right ? Bounded(new ArithmeticNode(left.Offset, kind, left, right)) : null;
    }

    private ExpressionNode? Factor()
    {
        Token token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Advance();
                double value = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
                return double.IsFinite(value) ? new NumberNode(token.Offset, value, token.Text) : Fail(token, "the number is too large", "the largest number is 1.7976931348623157E+308");
            case TokenKind.Text:
                Advance();
                return new TextNode(token.Offset, token.Text);
            case TokenKind.True or TokenKind.False:
                Advance();
                return new BooleanNode(token.Offset, token.Kind == TokenKind.True);
            case TokenKind.Name:
                Advance();
                return _token.Kind == TokenKind.Open ? Nested(() => Call(token)) : new FieldNode(token.Offset, token.Text);
            case TokenKind.Duration:
                Advance();
                _ = DurationText.TryParse(token.Text, out TimeSpan duration); // the lexer has
                return new DurationNode(token.Offset, duration, token.Text);
            case TokenKind.Minus:
                return Nested(() =>
                {
                    Advance();
                    return Factor() is { } operand ? Bounded(new NegateNode(token.Offset, operand)) : null;
                });
            case TokenKind.Open:
                return Nested(() =>
                {
                    Advance();
                    return Condition() is { } inner && Expect(TokenKind.Close, "')'") ? inner : null;
                });
            default:
                return Fail(token, $"a field, a number or '(' is expected, not {token.Spoken}", "a condition reads like water_level >= 0.30");
        }
    }

    private ExpressionNode? Call(Token name)
    {
        List<ExpressionNode> arguments = [];
        do
        {
            Advance();
            if (Argument() is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
        }
        while (_token.Kind == TokenKind.Comma);

        return Expect(TokenKind.Close, "')'") ? Bounded(new CallNode(name.Offset, name.Text, arguments)) : null;
    }

    private ExpressionNode? Argument()
    {
        Token name = _token;
        if (name.Kind != TokenKind.Name || !_lexer.TryPassEquals())
        {
            return Condition();
        }

        Advance();
        return Condition() is { } value ? Bounded(new NamedNode(name.Offset, name.Text, value)) : null;
    }

    // Bounds the parser's own recursion: parentheses nest without growing the tree.
    private ExpressionNode? Nested(Func<ExpressionNode?> inner)
    {
        if (_nesting >= DepthLimit)
        {
            return Fail(_token, ExpressionError.TooDeep, $"the expression nests deeper than {DepthLimit}", "split it into several rules");
        }

        _nesting++;
        ExpressionNode? node = inner();
        _nesting--;
        return node;
    }

    private ExpressionNode? Bounded(ExpressionNode node) => node.Depth <= DepthLimit
        ? node
        : Fail(_token, ExpressionError.TooDeep, $"the expression nests deeper than {DepthLimit}", "split it into several rules");

    private bool Expect(TokenKind kind, string spoken)
    {
        if (_token.Kind != kind)
        {
            Fail(_token, $"{spoken} is expected, not {_token.Spoken}", $"write {spoken} here");
            return false;
        }

        Advance();
        return true;
    }

    private string AfterWhole() => _token.Kind switch
    {
        TokenKind.Close => "remove it, or open it before",
        TokenKind.Name or TokenKind.Number or TokenKind.Text => "join conditions with and, or",
        _ => "remove it",
    };

    private void Advance() => _token = _lexer.Next();

    private ExpressionNode? Fail(Token at, string message, string fix) => Fail(at, ExpressionError.Syntax, message, fix);

    private ExpressionNode? Fail(Token at, string code, string message, string fix)
    {
        _error ??= new ExpressionError(code, at.Offset, message, fix);
        return null;
    }

    private static ComparisonOperator Comparison(string text) => text switch
    {
        "==" => ComparisonOperator.Equal,
        "!=" => ComparisonOperator.NotEqual,
        "<" => ComparisonOperator.Less,
        "<=" => ComparisonOperator.LessOrEqual,
        ">" => ComparisonOperator.Greater,
        _ => ComparisonOperator.GreaterOrEqual,
    };
}
