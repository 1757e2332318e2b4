using Gateway.Protocols.Readings;

namespace Gateway.Host.Series;

/// <summary>Which series a reader wants; a part that is null leaves that part open. Immutable.</summary>
internal sealed record SeriesSelection
{
    /// <summary>All series.</summary>
    public static SeriesSelection All { get; } = new();

    /// <summary>One metric, or null for any.</summary>
    public string? Metric { get; init; }

    /// <summary>One device, or null for any.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Judges device ids (by area, by kind), or null for any. Called on reading threads, once a device and source: it must be pure and quick.</summary>
    public Func<string, bool>? Devices { get; init; }

    /// <summary>Whether a series is selected.</summary>
    public bool Has(SeriesKey key) => HasMetric(key.Metric) && HasDevice(key.DeviceId);

    /// <summary>Whether series of this metric can be selected.</summary>
    public bool HasMetric(string metric) => Metric is null || Metric == metric;

    /// <summary>Whether series of this device can be selected.</summary>
    public bool HasDevice(string deviceId) => (DeviceId is null || DeviceId == deviceId) && (Devices is null || Devices(deviceId));
}
