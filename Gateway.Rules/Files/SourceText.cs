namespace Gateway.Rules.Files;

/// <summary>A place in a city file.</summary>
/// <param name="File">Path relative to the city folder, with forward slashes.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct SourceLocation(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A text of a city file together with where it begins, so that an error inside it can be pointed at.</summary>
/// <param name="Text">The text, unquoted.</param>
/// <param name="Location">Where its first character stands.</param>
public readonly record struct SourceText(string Text, SourceLocation Location)
{
    /// <summary>The place of character <paramref name="offset"/> (from 0) of the text; the text is taken as one line.</summary>
    public SourceLocation At(int offset) => Location with { Column = Location.Column + offset };

    /// <inheritdoc />
    public override string ToString() => Text;
}
