namespace Gateway.Rules.Evaluation;

/// <summary>Why saved state could not be read.</summary>
public enum StateFault : byte
{
    /// <summary>It was read.</summary>
    None,

    /// <summary>It is not a saved state, or of a format this version does not read.</summary>
    UnknownFormat,

    /// <summary>Its checksum or its structure does not fit: bytes were lost or changed.</summary>
    Damaged,
}

/// <summary>What came of loading saved state.</summary>
/// <param name="Fault">Why nothing was loaded, or <see cref="StateFault.None"/>.</param>
/// <param name="Carried">Alerts that go on.</param>
/// <param name="Withdrawn">Alerts that were withdrawn.</param>
public readonly record struct StateLoad(StateFault Fault, int Carried, int Withdrawn);
