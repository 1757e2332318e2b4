namespace Gateway.Rules.Cases;

/// <summary>Who was first with a matter, a sensor or a citizen 未诉先办. Stored as a number: a value is never given another meaning.</summary>
public enum CaseFirst : byte
{
    /// <summary>Neither: only a patrol or another system reported it.</summary>
    None,

    /// <summary>A sensor: its first breaching reading is not later than what a citizen first reported.</summary>
    Sensor,

    /// <summary>A citizen: nothing had breached before the first report.</summary>
    Citizen,
}
