namespace Gateway.Rules.Files;

/// <summary>How much a finding matters: errors refuse the snapshot, warnings do not.</summary>
public enum FindingLevel
{
    /// <summary>The snapshot is refused.</summary>
    Error,

    /// <summary>The snapshot is taken; someone should look.</summary>
    Warning,
}

/// <summary>One thing wrong in the city folder: where, what, and how to mend it.</summary>
/// <param name="Level">Error or warning.</param>
/// <param name="Code">Stable code, one letter for the kind of file and three digits, for example <c>R012</c>.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Message">What is wrong, one line.</param>
/// <param name="Fix">What to do about it, one line; empty when the message says it.</param>
public sealed record Finding(FindingLevel Level, string Code, SourceLocation Location, string Message, string Fix = "")
{
    /// <summary><c>file:line:column: error CODE: message (fix)</c>.</summary>
    public override string ToString()
    {
        string level = Level == FindingLevel.Error ? "error" : "warning";
        return Fix.Length == 0 ? $"{Location}: {level} {Code}: {Message}" : $"{Location}: {level} {Code}: {Message} ({Fix})";
    }
}
