using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>It is part of a storm, and keeps its own evidence, work and verification.</summary>
/// <param name="Storm">Number of the storm's case.</param>
public sealed record CaseStormJoined(string Storm) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"part of the storm {Storm}";
}

/// <summary>Another case is part of this storm.</summary>
/// <param name="Child">Its number.</param>
/// <param name="Severity">Its severity: a storm is as severe as the worst of it.</param>
public sealed record StormChildJoined(string Child, AlertSeverity Severity) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"{Child} is part of this storm";
}
