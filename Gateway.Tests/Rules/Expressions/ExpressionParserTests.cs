using Gateway.Rules.Expressions;

namespace Gateway.Tests.Rules.Expressions;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("", 0, "a field, a number or '(' is expected, not the end")]
    [InlineData("a >= ", 5, "a field, a number or '(' is expected, not the end")]
    [InlineData("a >= 1 and", 10, "a field, a number or '(' is expected, not the end")]
    [InlineData("a = 1", 2, "'=' is not part of the language")]
    [InlineData("a > 1 && b > 2", 6, "'&&' is not part of the language")]
    [InlineData("a ≥ 1", 2, "'≥' is not part of the language")]
    [InlineData("(a > 1", 6, "')' is expected, not the end")]
    [InlineData("a > 1)", 5, "')' is not expected here")]
    [InlineData("a > 1 b > 2", 6, "'b' is not expected here")]
    [InlineData("1 < a < 3", 6, "comparisons cannot be chained")]
    [InlineData("a >= 5mm", 6, "the number 5 runs into 'm'")]
    [InlineData("rise(a, 5m > 1", 14, "')' is expected, not the end")]
    [InlineData("rise() > 1", 5, "a field, a number or '(' is expected, not ')'")]
    [InlineData("a >= 20%", 7, "the number 20 runs into '%'")]
    [InlineData("e == \"open", 5, "this text has no closing quote")]
    [InlineData("a in 1", 5, "'(' and a list is expected, not '1'")]
    [InlineData("a in ()", 6, "a field, a number or '(' is expected, not ')'")]
    [InlineData("a in (1, 2", 10, "')' is expected, not the end")]
    [InlineData("a not 3", 6, "'in' is expected, not '3'")]
    [InlineData("a > 1e999", 4, "the number is too large")]
    [InlineData("a > .", 4, "a lone '.' is not a number")]
    [InlineData("a > \u0000", 4, "'U+0000' is not part of the language")]
    public void Parse_of_a_bad_text_points_at_the_place(string text, int offset, string message)
    {
        ParsedExpression parsed = ExpressionParser.Parse(text);

        Assert.Null(parsed.Root);
        Assert.Equal((offset, message), (parsed.Error!.Offset, parsed.Error.Message));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    public void Parse_of_nesting_beyond_the_limit_fails_without_overflow(string open, string close)
    {
        string deep = string.Concat(Enumerable.Repeat(open, 900)) + "a" + string.Concat(Enumerable.Repeat(close, 900));

        Assert.Equal(ExpressionError.TooDeep, ExpressionParser.Parse(deep).Error!.Code);
    }

    [Fact]
    public void Parse_of_a_long_sum_is_too_deep_and_of_many_alternatives_is_not()
    {
        Assert.Equal(ExpressionError.TooDeep, ExpressionParser.Parse(string.Join(" + ", Enumerable.Repeat("a", 200)) + " > 1").Error!.Code);
        Assert.NotNull(ExpressionParser.Parse(string.Join(" or ", Enumerable.Repeat("a > 1", 200))).Root);
    }

    [Fact]
    public void Parse_of_a_text_beyond_the_limit_fails()
    {
        Assert.Equal(ExpressionError.TooLong, ExpressionParser.Parse(new string('a', ExpressionParser.LengthLimitChars + 1)).Error!.Code);
        Assert.NotNull(ExpressionParser.Parse(new string('a', ExpressionParser.LengthLimitChars)).Root);
    }

    [Theory]
    [InlineData("a or b and c", "a or (b and c)")]
    [InlineData("not a and b", "(not a) and b")]
    [InlineData("not a > 1", "not (a > 1)")]
    [InlineData("a + b * c > 1", "(a + (b * c)) > 1")]
    [InlineData("a - b - c > 1", "((a - b) - c) > 1")]
    [InlineData("-a + b > 1", "((-a) + b) > 1")]
    [InlineData("a in [1, 2]", "a in (1,2)")]
    public void Precedence_is_the_usual_one(string text, string same)
    {
        Assert.Equal(Shape(ExpressionParser.Parse(same).Root!), Shape(ExpressionParser.Parse(text).Root!));
    }

    [Fact]
    public void Parse_of_any_prefix_or_garbage_gives_a_tree_or_an_error()
    {
        const string Whole = "(water_level >= 0.30 or rainfall*2 - 1 > 4e1) and not event not in ['a', \"b\"]";
        var random = new Random(5);
        for (int i = 0; i < 3000; i++)
        {
            char[] text = Whole[..random.Next(Whole.Length + 1)].ToCharArray();
            for (int j = 0; j < random.Next(4) && text.Length > 0; j++)
            {
                text[random.Next(text.Length)] = Whole[random.Next(Whole.Length)];
            }

            ParsedExpression parsed = ExpressionParser.Parse(new string(text));
            Assert.True(parsed.Root is null != parsed.Error is null);
            Assert.InRange(parsed.Error?.Offset ?? 0, 0, text.Length);
        }
    }

    private static string Shape(ExpressionNode node) => node switch
    {
        NumberNode n => n.Text,
        TextNode t => $"'{t.Value}'",
        BooleanNode b => b.Value.ToString(),
        FieldNode f => f.Name,
        NegateNode n => $"(- {Shape(n.Operand)})",
        NotNode n => $"(not {Shape(n.Operand)})",
        ArithmeticNode a => $"({Shape(a.Left)} {a.Operator} {Shape(a.Right)})",
        ComparisonNode c => $"({Shape(c.Left)} {c.Operator} {Shape(c.Right)})",
        LogicalNode l => $"({l.Operator} {string.Join(' ', l.Operands.Select(Shape))})",
        MembershipNode m => $"({Shape(m.Operand)} in {string.Join(' ', m.Values.Select(Shape))} {m.Negated})",
        _ => throw new ArgumentException(node.ToString()),
    };
}
