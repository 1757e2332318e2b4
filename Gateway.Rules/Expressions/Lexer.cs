using Gateway.Rules.Files;

namespace Gateway.Rules.Expressions;

/// <summary>Cuts an expression into tokens. On an error it yields one <see cref="TokenKind.Invalid"/> token and <see cref="Error"/> says why.</summary>
internal sealed class Lexer(string text)
{
    private int _position;

    /// <summary>The first error met, or null.</summary>
    public ExpressionError? Error { get; private set; }

    /// <summary>The next token; after the last one, End for ever.</summary>
    public Token Next()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' or '\r' or '\n')
        {
            _position++;
        }

        if (_position == text.Length)
        {
            return new Token(TokenKind.End, _position, "");
        }

        char c = text[_position];
        return c switch
        {
            '"' or '\'' => Quoted(c),
            '.' or (>= '0' and <= '9') => Number(),
            '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => Name(),
            _ => Symbol(c),
        };
    }

    /// <summary>Passes over a single <c>=</c> if that comes next: what stands before it is the name of an argument.</summary>
    public bool TryPassEquals()
    {
        int at = _position;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        bool isThere = at < text.Length && text[at] == '=' && (at + 1 == text.Length || text[at + 1] != '=');
        _position = isThere ? at + 1 : _position;
        return isThere;
    }

    private Token Quoted(char quote)
    {
        int start = _position;
        int end = text.IndexOf(quote, start + 1);
        if (end < 0)
        {
            return Fail(start, "this text has no closing quote", $"end it with {quote}");
        }

        _position = end + 1;
        return new Token(TokenKind.Text, start, text[(start + 1)..end]);
    }

    private Token Number()
    {
        int start = _position;
        SkipDigits();
        if (Peek(0) == '.')
        {
            _position++;
            SkipDigits();
        }

        if (Peek(0) is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            _position += 2;
            SkipDigits();
        }

        string digits = text[start.._position];
        if (TryDuration(start) is { } duration)
        {
            return duration;
        }

        if (char.IsAsciiLetter(Peek(0)) || Peek(0) is '%' or '_')
        {
            return Fail(_position, $"the number {digits} runs into '{Peek(0)}'", "write limits without a unit: they are in the field's own unit");
        }

        return digits.Any(char.IsAsciiDigit) ? new Token(TokenKind.Number, start, digits) : Fail(start, "a lone '.' is not a number", "write a digit beside it");
    }

    /// <summary>A number with a unit of time: 30s, 1h30m.</summary>
    private Token? TryDuration(int start)
    {
        int end = _position;
        while (char.IsAsciiLetterOrDigit(end < text.Length ? text[end] : ' '))
        {
            end++;
        }

        if (end == _position || !DurationText.TryParse(text.AsSpan(start, end - start), out _))
        {
            return null;
        }

        _position = end;
        return new Token(TokenKind.Duration, start, text[start..end]);
    }

    private Token Name()
    {
        int start = _position;
        while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            _position++;
        }

        string name = text[start.._position];
        TokenKind kind = name switch
        {
            "and" => TokenKind.And,
            "or" => TokenKind.Or,
            "not" => TokenKind.Not,
            "in" => TokenKind.In,
            "true" => TokenKind.True,
            "false" => TokenKind.False,
            _ => TokenKind.Name,
        };
        return new Token(kind, start, name);
    }

    private Token Symbol(char c)
    {
        int start = _position;
        string two = start + 1 < text.Length ? text.Substring(start, 2) : "";
        if (two is "==" or "!=" or "<=" or ">=")
        {
            _position += 2;
            return new Token(TokenKind.Comparison, start, two);
        }

        TokenKind kind = c switch
        {
            '<' or '>' => TokenKind.Comparison,
            '+' => TokenKind.Plus,
            '-' => TokenKind.Minus,
            '*' => TokenKind.Star,
            '/' => TokenKind.Slash,
            '(' or '[' => TokenKind.Open,
            ')' or ']' => TokenKind.Close,
            ',' => TokenKind.Comma,
            _ => TokenKind.Invalid,
        };
        if (kind == TokenKind.Invalid)
        {
            string shown = two is "&&" or "||" ? two : char.IsSurrogate(c) || char.IsControl(c) ? $"U+{(int)c:X4}" : c.ToString();
            return Fail(start, $"'{shown}' is not part of the language", Instead(c));
        }

        _position++;
        return new Token(kind, start, c.ToString());
    }

    private static string Instead(char c) => c switch
    {
        '=' => "compare with ==",
        '!' => "write not",
        '&' => "write and",
        '|' => "write or",
        '≥' => "write >=",
        '≤' => "write <=",
        '≠' => "write !=",
        '“' or '”' or '‘' or '’' => "use straight quotes",
        _ => "remove it",
    };

    private Token Fail(int offset, string message, string fix)
    {
        Error ??= new ExpressionError(ExpressionError.Syntax, offset, message, fix);
        _position = text.Length;
        return new Token(TokenKind.Invalid, offset, "");
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek(0)))
        {
            _position++;
        }
    }

    private char Peek(int ahead) => _position + ahead < text.Length ? text[_position + ahead] : '\0';
}
