using Gateway.Protocols.Readings;

namespace Gateway.Rules.Evaluation;

/// <summary>One alert that is pending or firing, as the API and the console show it. Immutable.</summary>
public sealed record ActiveAlert
{
    /// <summary>Index of the rule in the engine's rule set.</summary>
    public required int Rule { get; init; }

    /// <summary>The rule's name.</summary>
    public required string RuleName { get; init; }

    /// <summary>Index of the device in the engine's register.</summary>
    public required int DeviceIndex { get; init; }

    /// <summary>The device's id.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Pending or firing.</summary>
    public required AlertState State { get; init; }

    /// <summary>Severity: of the highest raised level, or while pending of the level that is pending.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Log time this state began.</summary>
    public required EventTime Since { get; init; }

    /// <summary>Observation time of the first breaching reading (for an absence: of the last reading).</summary>
    public required EventTime OccurredAt { get; init; }

    /// <summary>Whether it is about silence.</summary>
    public required bool IsAbsence { get; init; }

    /// <summary>Cause of its last transition, with the values of that moment.</summary>
    public required string Cause { get; init; }

    /// <summary>What keeps it from filing its case: <c>silence pump-works</c> or <c>alert smoke-detector-alarm</c>; null for nothing.</summary>
    public string? SuppressedBy { get; init; }

    /// <summary>Latest live values of the fields the rule reads, for example <c>water_level 0.42 m</c>.</summary>
    public required IReadOnlyList<string> Values { get; init; }
}
