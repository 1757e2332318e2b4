using Gateway.Protocols.Readings;

namespace Gateway.Rules.Files;

/// <summary>Who switched the city to a mode, when and why 平战转换. Immutable.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Actor">Who switched.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record ModeSwitch(string Mode, string Actor, string Reason, EventTime At)
{
    /// <summary>Switches that are remembered, the latest included.</summary>
    public const int HistoryLimit = 200;

    /// <summary>Path of the file that holds them.</summary>
    public const string FilePath = "mode.yaml";
}
