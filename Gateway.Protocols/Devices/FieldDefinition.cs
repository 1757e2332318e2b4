namespace Gateway.Protocols.Devices;

/// <summary>One field of a device profile. Immutable.</summary>
public sealed record FieldDefinition
{
    /// <summary>The JSON member and metric name, for example <c>water_level</c>: lower-case letters, digits, underscores.</summary>
    public required string Name { get; init; }

    /// <summary>What values it takes.</summary>
    public required FieldType Type { get; init; }

    /// <summary>Unit as written in the profile (<c>m</c>, <c>dB/m</c>, <c>%</c>), empty when there is none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Smallest value the sensor can report, inclusive; null when unbounded.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value the sensor can report, inclusive; null when unbounded.</summary>
    public double? Maximum { get; init; }

    /// <summary>The texts of an enumeration, in order; empty for other types.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Whether the field is a column of numbers: kept as a series and usable in rules.</summary>
    public bool IsNumeric => Type is not (FieldType.Text or FieldType.Pseudonym);
}
