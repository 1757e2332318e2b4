namespace Gateway.Rules.Files;

/// <summary>One row of the table of finding codes. Immutable.</summary>
/// <param name="Code">The stable code: one letter for the kind of file, three digits; never reused for another meaning.</param>
/// <param name="Level">Whether it refuses the snapshot.</param>
/// <param name="Meaning">What is wrong, in general.</param>
/// <param name="Fix">How to mend it, unless the finding itself knows better.</param>
public sealed record FindingCode(string Code, FindingLevel Level, string Meaning, string Fix);
