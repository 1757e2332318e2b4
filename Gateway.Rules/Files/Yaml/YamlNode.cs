namespace Gateway.Rules.Files.Yaml;

/// <summary>A node of a YAML file, with the place of its first character. Immutable.</summary>
/// <param name="Location">Where it begins: for a scalar its first character, inside the quotes; for a block its first entry.</param>
public abstract record YamlNode(SourceLocation Location)
{
    /// <summary>What it is, for messages: a map, a list, a text.</summary>
    public abstract string ShapeName { get; }
}

/// <summary>A text, number, boolean or nothing; which of them is for the reader of the file to say.</summary>
/// <param name="Text">The text, unquoted and unescaped.</param>
/// <param name="IsPlain">Written without quotes.</param>
/// <param name="Location">Where its first character stands.</param>
public sealed record YamlScalar(string Text, bool IsPlain, SourceLocation Location) : YamlNode(Location)
{
    /// <summary>Nothing written, or <c>~</c> or <c>null</c> without quotes.</summary>
    public bool IsNull => IsPlain && (Text is "" or "~" or "null");

    /// <inheritdoc />
    public override string ShapeName => IsNull ? "nothing" : "a text";
}

/// <summary>A list.</summary>
/// <param name="Items">The items, in order.</param>
/// <param name="Location">Where it begins.</param>
public sealed record YamlList(IReadOnlyList<YamlNode> Items, SourceLocation Location) : YamlNode(Location)
{
    /// <inheritdoc />
    public override string ShapeName => "a list";
}

/// <summary>A map; its keys are scalars and stand once.</summary>
/// <param name="Entries">The entries, in order.</param>
/// <param name="Location">Where it begins.</param>
public sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, SourceLocation Location) : YamlNode(Location)
{
    /// <inheritdoc />
    public override string ShapeName => "a map";
}

/// <summary>One entry of a map.</summary>
/// <param name="Key">The key and its place.</param>
/// <param name="Value">The value.</param>
public readonly record struct YamlEntry(SourceText Key, YamlNode Value);
