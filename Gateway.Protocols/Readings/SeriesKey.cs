namespace Gateway.Protocols.Readings;

/// <summary>
/// Names one time series: one metric (profile field) of one device. Immutable; ordered by device id, then metric, both ordinal. The
/// default value has null texts and names nothing.
/// </summary>
/// <param name="DeviceId">The device id, as in the register.</param>
/// <param name="Metric">The field name of the device's profile, for example <c>water_level</c>.</param>
public readonly record struct SeriesKey(string DeviceId, string Metric) : IComparable<SeriesKey>
{
    /// <inheritdoc />
    public int CompareTo(SeriesKey other)
    {
        int byDevice = string.CompareOrdinal(DeviceId, other.DeviceId);
        return byDevice != 0 ? byDevice : string.CompareOrdinal(Metric, other.Metric);
    }

    /// <summary><c>device/metric</c>, for messages.</summary>
    public override string ToString() => $"{DeviceId}/{Metric}";
}
