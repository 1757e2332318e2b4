namespace Gateway.Rules.Expressions;

/// <summary>Kinds of tokens.</summary>
internal enum TokenKind : byte
{
    End,
    Number,
    Duration,
    Text,
    Name,
    And,
    Or,
    Not,
    In,
    True,
    False,
    Plus,
    Minus,
    Star,
    Slash,
    Comparison,
    Open,
    Close,
    Comma,
    Invalid,
}

/// <summary>One token: what it is, where it stands, its text (for a quoted text: what is between the quotes).</summary>
internal readonly record struct Token(TokenKind Kind, int Offset, string Text)
{
    /// <summary>How messages name it.</summary>
    public string Spoken => Kind == TokenKind.End ? "the end" : Kind == TokenKind.Text ? $"\"{Text}\"" : $"'{Text}'";
}
