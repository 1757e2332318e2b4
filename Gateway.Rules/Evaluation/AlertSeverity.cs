namespace Gateway.Rules.Evaluation;

/// <summary>How bad an alert is; the four levels of emergency response (blue, yellow, orange, red; 一般 较大 重大 特别重大).</summary>
public enum AlertSeverity : byte
{
    /// <summary>Blue 一般.</summary>
    Info = 1,

    /// <summary>Yellow 较大.</summary>
    Warning = 2,

    /// <summary>Orange 重大.</summary>
    Critical = 3,

    /// <summary>Red 特别重大.</summary>
    Emergency = 4,
}
