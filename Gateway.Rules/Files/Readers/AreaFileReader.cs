using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>A tree as written, with the places later checks point at.</summary>
internal sealed record AreaTreeSource(AreaTree Tree, SourceLocation VersionLocation, SourceLocation ValidFromLocation);

/// <summary>Reads one <c>areas/*.yaml</c>: one dated version of the area tree.</summary>
internal sealed class AreaFileReader(AreaCodeShapes shapes, FindingSink sink)
{
    private const int UnitCountLimit = 100_000;
    private const int PointCountLimit = 10_000;

    private readonly List<Unit> _units = [];
    private readonly Dictionary<string, Unit> _byCode = new(StringComparer.Ordinal);

    public AreaTreeSource? Read(YamlNode node)
    {
        if (MapReader.Over(node, sink, "area tree") is not { } map)
        {
            return null;
        }

        SourceText version = map.Text("version", required: true) ?? new SourceText("", map.Location);
        SourceText? validFrom = map.Text("valid_from", required: true);
        EventTime from = EventTime.MinValue;
        if (validFrom is { } date && !TryReadTime(date.Text, out from))
        {
            sink.Add(FindingCodes.NotADate, date.Location, $"valid_from {FindingSink.Quote(date.Text)} is not a date, nor a time with an offset");
        }

        foreach (YamlNode unit in map.List("units", UnitCountLimit, required: true))
        {
            ReadUnit(unit);
        }

        map.RejectUnknownKeys();
        CheckRoot(map);
        foreach (Unit unit in _units)
        {
            Resolve(unit);
        }

        // Only units whose place in the tree is known; stable, so that parents stand before children and files keep their order.
        IReadOnlyList<Area> areas = [.. _units
            .Where(u => u.Level is not null)
            .OrderBy(u => u.Level)
            .Select(u => new Area { Code = u.Code.Text, Name = u.Name, Level = u.Level!.Value, Parent = u.Parent?.Text ?? "", Polygon = u.Polygon })];
        return new AreaTreeSource(new AreaTree(version.Text, from, areas), version.Location, validFrom?.Location ?? map.Location);
    }

    private static bool TryReadTime(string text, out EventTime time)
    {
        time = default;
        bool isDate = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
        bool hasOffset = text.Length > 11 && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || text.AsSpan(11).IndexOfAny('+', '-') >= 0);
        return (isDate || hasOffset) && EventTime.TryParse(text, out time);
    }

    private void ReadUnit(YamlNode node)
    {
        if (MapReader.Over(node, sink, "unit") is not { } map)
        {
            return;
        }

        SourceText? code = map.Text("code", required: true, lengthLimit: 32);
        string name = map.Text("name", required: true)?.Text ?? "";
        SourceText? parent = map.Text("parent", lengthLimit: 32);
        IReadOnlyList<(double, double)> polygon = ReadPolygon(map);
        map.RejectUnknownKeys();
        if (code is not { } own)
        {
            return;
        }

        Unit unit = new() { Code = own, Name = name, Parent = parent, Polygon = polygon };
        if (_byCode.TryAdd(own.Text, unit))
        {
            _units.Add(unit);
        }
        else
        {
            SourceLocation first = _byCode[own.Text].Code.Location;
            sink.Add(FindingCodes.DuplicateArea, own.Location, $"area {own.Text} is written twice, first at {first}");
        }
    }

    private List<(double Longitude, double Latitude)> ReadPolygon(MapReader map)
    {
        List<(double Longitude, double Latitude)> ring = [];
        IReadOnlyList<YamlNode> points = map.List("polygon", PointCountLimit);
        foreach (YamlNode point in points)
        {
            if (point is not YamlList { Items: [var x, var y] })
            {
                sink.Add(FindingCodes.WrongShape, point.Location, "a point is [longitude, latitude]");
                continue;
            }

            double? longitude = MapReader.NumberOf(x, "longitude", sink);
            double? latitude = MapReader.NumberOf(y, "latitude", sink);
            if (longitude is < -180 or > 180 || latitude is < -90 or > 90)
            {
                sink.Add(FindingCodes.PositionOutOfRange, point.Location, "longitude or latitude out of range");
            }
            else if (longitude is { } lon && latitude is { } lat)
            {
                ring.Add((lon, lat));
            }
        }

        if (ring.Count == points.Count && ring.Count > 0)
        {
            if (ring[0] != ring[^1])
            {
                sink.Add(FindingCodes.PolygonOpen, map.KeyLocation("polygon"), "the polygon's last point is not its first");
            }
            else if (ring.Count < 4)
            {
                sink.Add(FindingCodes.PolygonTooShort, map.KeyLocation("polygon"), $"the polygon has {ring.Count} points");
            }
        }

        return ring;
    }

    private void CheckRoot(MapReader map)
    {
        List<Unit> roots = [.. _units.Where(u => u.Parent is null)];
        if (roots.Count == 0 && _units.Count > 0)
        {
            sink.Add(FindingCodes.CityRoot, map.KeyLocation("units"), "no unit is without a parent");
        }

        foreach (Unit second in roots.Skip(1))
        {
            sink.Add(
                FindingCodes.CityRoot,
                second.Code.Location,
                $"unit {second.Code.Text} has no parent, and {roots[0].Code.Text} has none either",
                "add its parent; only the city has none");
        }
    }

    /// <summary>Finds a unit's level by climbing to the root, and checks what hangs on it.</summary>
    private void Resolve(Unit unit)
    {
        if (unit.Parent is { } parent && !_byCode.ContainsKey(parent.Text))
        {
            string? fix = Suggestion.Fix(parent.Text, _byCode.Keys);
            sink.Add(FindingCodes.UnknownParent, parent.Location, $"parent {FindingSink.Quote(parent.Text)} is no unit of this tree", fix);
            return;
        }

        int depth = 0;
        for (Unit? above = unit; above?.Parent is { } up; above = _byCode.GetValueOrDefault(up.Text))
        {
            if (++depth > (int)AreaLevel.Grid)
            {
                sink.Add(FindingCodes.AreaTooDeep, unit.Code.Location, $"unit {unit.Code.Text} stands below a grid, or its parents go in a circle");
                return;
            }
        }

        unit.Level = (AreaLevel)depth;
        if (!shapes.Fits(unit.Level.Value, unit.Code.Text))
        {
            string level = unit.Level.Value.ToString().ToLowerInvariant();
            sink.Add(
                FindingCodes.AreaCodeShape,
                unit.Code.Location,
                $"code {FindingSink.Quote(unit.Code.Text)} is not that of a {level}, as its parent makes it ({shapes[unit.Level.Value]})");
        }
    }

    private sealed class Unit
    {
        public required SourceText Code { get; init; }

        public required string Name { get; init; }

        public required SourceText? Parent { get; init; }

        public required IReadOnlyList<(double Longitude, double Latitude)> Polygon { get; init; }

        public AreaLevel? Level { get; set; }
    }
}
