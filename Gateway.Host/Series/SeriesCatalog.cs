using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;

namespace Gateway.Host.Series;

/// <summary>
/// What is known of the devices behind the series: the register and area tree of one snapshot. Immutable, safe for any number of threads. The host provides the current one as
/// <c>Func&lt;SeriesCatalog&gt;</c> in its services.
/// </summary>
/// <param name="Devices">The registered devices; a series of a device no longer in it is still found when neither area nor kind is asked for.</param>
/// <param name="Areas">The tree in which a query's area is looked up.</param>
internal sealed record SeriesCatalog(DeviceRegister Devices, AreaTree Areas)
{
    /// <summary>The series a query means: its metric, its device, and the devices of its kind within its area.</summary>
    public SeriesSelection Select(SeriesQuery query) => Select(query.Metric, query.DeviceId, query.Area, query.Kind);

    /// <summary>The series of a metric, a device, an area and a kind; null leaves a part open.</summary>
    public SeriesSelection Select(string? metric, string? deviceId, string? area, string? kind)
    {
        SeriesSelection selection = new() { Metric = metric, DeviceId = deviceId };
        if (area is null && kind is null)
        {
            return selection;
        }

        HashSet<string>? areas = area is null ? null : UnitsWithin(area);
        return selection with
        {
            Devices = id => Devices.Find(id) is { } device
                && (kind is null || device.Profile.Kind == kind)
                && (areas is null || areas.Contains(device.Area)),
        };
    }

    /// <summary>How often a device should report; null when it is not registered or reports on events only.</summary>
    public TimeSpan? IntervalOf(string deviceId) =>
        Devices.Find(deviceId)?.Profile.ReportingInterval is { } interval && interval > TimeSpan.Zero ? interval : null;

    /// <summary>The unit of a metric of a device, as its profile writes it; empty when unknown.</summary>
    public string UnitOf(string deviceId, string metric) =>
        Devices.Find(deviceId)?.Profile is { } profile && profile.ColumnByName.TryGetValue(metric, out int column) ? profile.Fields[column].Unit : "";

    // Once a query, so that judging a device is one look-up.
    private HashSet<string> UnitsWithin(string area) =>
        Areas.Areas.Where(a => Areas.IsWithin(a.Code, area)).Select(a => a.Code).ToHashSet(StringComparer.Ordinal);
}
