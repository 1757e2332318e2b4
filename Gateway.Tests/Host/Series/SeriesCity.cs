using Gateway.Host.Series;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;

namespace Gateway.Tests.Host.Series;

/// <summary>A small city for series tests: three flood gauges in two grids, a door that only sends events.</summary>
internal static class SeriesCity
{
    public static readonly DeviceProfile Flood = new("flood", [], [Number("water_level", "m"), Number("rainfall", "mm"), Number("battery", "%")])
    {
        ReportingInterval = TimeSpan.FromSeconds(10),
    };

    public static readonly DeviceProfile Access = new("access", [], [
        Number("door_open", ""),
        new FieldDefinition { Name = "door", Type = FieldType.Text },
        Number("battery", "%"),
        new FieldDefinition { Name = "card", Type = FieldType.Pseudonym },
    ]);

    public static readonly DeviceRegister Register = new([Access, Flood], [
        At(0, "FLD-000000", Flood, "G1"),
        At(1, "FLD-000001", Flood, "G1"),
        At(2, "FLD-000002", Flood, "G2"),
        At(3, "ACC-000000", Access, "G2"),
    ]);

    public static readonly AreaTree Areas = new("2026-01-01", EventTime.MinValue, [
        new Area { Code = "C", Name = "City", Level = AreaLevel.City },
        new Area { Code = "D1", Name = "North", Level = AreaLevel.District, Parent = "C" },
        new Area { Code = "D2", Name = "South", Level = AreaLevel.District, Parent = "C" },
        new Area { Code = "G1", Name = "Bank", Level = AreaLevel.Grid, Parent = "D1" },
        new Area { Code = "G2", Name = "Mill", Level = AreaLevel.Grid, Parent = "D2" },
    ]);

    public static readonly SeriesCatalog Catalog = new(Register, Areas);

    public static ReadingBatch Batch(DeviceProfile profile, int device, long time, params double[] values)
    {
        ReadingBatch batch = new(profile);
        Add(batch, device, time, values);
        return batch;
    }

    public static void Add(ReadingBatch batch, int device, long time, params double[] values) =>
        values.CopyTo(batch.Add(new ReadingBatch.Row(device, new EventTime(time), new EventTime(time), TimeQuality.Ok, -1)));

    public static void Append(ISeriesStore store, int device, long time, params double[] values) =>
        store.Append(Batch(Register.Devices[device].Profile, device, time, values), 0, 1, Register);

    public static FieldDefinition Number(string name, string unit) => new() { Name = name, Type = FieldType.Number, Unit = unit };

    private static Device At(int index, string id, DeviceProfile profile, string area) =>
        new() { Index = index, Id = id, Profile = profile, Area = area };
}
