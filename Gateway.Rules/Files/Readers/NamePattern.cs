namespace Gateway.Rules.Files.Readers;

/// <summary>The form of a name that an operator chooses, as <see cref="NameShape"/> checks it and as the schema for editors states it.</summary>
/// <param name="Pattern">The form as a regular expression that JSON Schema understands; it says what <paramref name="IsMatch"/> does.</param>
/// <param name="IsMatch">Whether a text has the form.</param>
/// <param name="Code">Reported when it has not.</param>
/// <param name="Fix">What to write instead.</param>
internal sealed record NamePattern(string Pattern, Func<string, bool> IsMatch, FindingCode Code, string Fix)
{
    public static readonly NamePattern Rule =
        new("^[a-z][a-z0-9-]*$", name => NameShape.IsKebab(name), FindingCodes.BadRuleName, "lower-case letters, digits, hyphens; a letter first");

    public static readonly NamePattern Label =
        new("^[a-z][a-z0-9_]*$", name => NameShape.IsSnake(name), FindingCodes.BadRuleName, "lower-case letters, digits, underscores; a letter first");

    public static readonly NamePattern Event =
        new("^[a-z][a-z0-9_-]*(\\.[a-z][a-z0-9_-]*)*$", name => NameShape.IsEventKind(name), FindingCodes.BadRuleName, "dotted lower-case words, general to special: flood.underpass");

    public static readonly NamePattern Device =
        new("^[A-Za-z0-9_.:-]{1,64}$", name => NameShape.IsDeviceId(name), FindingCodes.BadDeviceId, FindingCodes.BadDeviceId.Fix);
}
