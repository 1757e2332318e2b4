namespace Gateway.Host.Cli.Simulate.Replay;

/// <summary>What the command line says about recordings. Immutable.</summary>
internal sealed record ReplayOptions
{
    /// <summary>The kind of all rows, or null to tell it from the columns.</summary>
    public string? Kind { get; init; }

    /// <summary>The device of rows without a device column, or null for the kind's first.</summary>
    public string? DeviceId { get; init; }

    /// <summary>What a column is, by its header: a field name, <c>time</c>, <c>device</c>, or empty to leave it out.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
}
