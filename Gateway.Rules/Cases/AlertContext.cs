using Gateway.Protocols.Devices;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>What stands behind the indexes of an alert transition, in the snapshot that was active.</summary>
public sealed record AlertContext
{
    /// <summary>The rule as written.</summary>
    public required RuleDefinition Rule { get; init; }

    /// <summary>SHA-256 of the rule, lower-case hexadecimal.</summary>
    public required string RuleSha256 { get; init; }

    /// <summary>The device.</summary>
    public required Device Device { get; init; }

    /// <summary>Log offset of the record that caused the transition.</summary>
    public required long Offset { get; init; }

    /// <summary>The reading as text, for the evidence; empty where a timer caused it.</summary>
    public string Values { get; init; } = "";
}
