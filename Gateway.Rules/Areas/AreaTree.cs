using System.Collections.Frozen;
using Gateway.Protocols.Readings;

namespace Gateway.Rules.Areas;

/// <summary>Levels of the area tree, from the city down. A grid belongs to a community, never straight to a street.</summary>
public enum AreaLevel : byte
{
    /// <summary>The whole city 市.</summary>
    City,

    /// <summary>District or county 区/县, 6 digits.</summary>
    District,

    /// <summary>Street or township 街道/乡镇, 9 digits.</summary>
    Street,

    /// <summary>Community 社区/村, 12 digits.</summary>
    Community,

    /// <summary>Standard basic grid 标准基础网格.</summary>
    Grid,
}

/// <summary>One unit of the area tree. Immutable.</summary>
public sealed record Area
{
    /// <summary>The code, unique in its tree.</summary>
    public required string Code { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The level.</summary>
    public required AreaLevel Level { get; init; }

    /// <summary>Code of the unit above; empty for the city.</summary>
    public string Parent { get; init; } = "";

    /// <summary>Outline as closed ring of WGS 84 (longitude, latitude) pairs; empty when none is given.</summary>
    public IReadOnlyList<(double Longitude, double Latitude)> Polygon { get; init; } = [];

    /// <summary>Whether it has an outline.</summary>
    public bool HasOutline => Polygon.Count >= 4;

    /// <summary>The middle of its outline, the mean of the corners; null when it has none.</summary>
    public (double Longitude, double Latitude)? Middle =>
        HasOutline ? (Polygon.Skip(1).Average(p => p.Longitude), Polygon.Skip(1).Average(p => p.Latitude)) : null;

    /// <summary>Whether a position lies in its outline (even-odd rule); true when it has none.</summary>
    public bool Contains(double longitude, double latitude)
    {
        bool inside = !HasOutline;
        for (int i = 1; HasOutline && i < Polygon.Count; i++)
        {
            (double x1, double y1) = Polygon[i - 1];
            (double x2, double y2) = Polygon[i];
            if ((y1 > latitude) != (y2 > latitude) && longitude < x1 + ((latitude - y1) / (y2 - y1) * (x2 - x1)))
            {
                inside = !inside;
            }
        }

        return inside;
    }
}

/// <summary>One dated version of the area tree. Immutable, safe for any number of threads.</summary>
public sealed class AreaTree
{
    private readonly FrozenDictionary<string, Area> _byCode;

    /// <summary>Creates a tree; every parent must be in <paramref name="areas"/> (the file reader has checked that).</summary>
    public AreaTree(string version, EventTime validFrom, IReadOnlyList<Area> areas)
    {
        Version = version;
        ValidFrom = validFrom;
        Areas = areas;
        _byCode = areas.ToFrozenDictionary(a => a.Code, StringComparer.Ordinal);
    }

    /// <summary>A tree without units.</summary>
    public static AreaTree Empty { get; } = new("", default, []);

    /// <summary>The version's name, its date: <c>2026-01-01</c>.</summary>
    public string Version { get; }

    /// <summary>From when it holds.</summary>
    public EventTime ValidFrom { get; }

    /// <summary>All units, parents before children.</summary>
    public IReadOnlyList<Area> Areas { get; }

    /// <summary>Finds a unit by code, or null.</summary>
    public Area? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The grid whose outline holds a position, or null.</summary>
    public Area? GridAt(double latitude, double longitude) => Areas.FirstOrDefault(a => a.Level == AreaLevel.Grid && a.HasOutline && a.Contains(longitude, latitude));

    /// <summary>
    /// Code of the unit of this tree for a place that is filed under a code of any tree: the code itself where this tree has it, else the grid that
    /// holds the position, so that a device list may be ahead of or behind a re-cut; the code as given where neither helps.
    /// </summary>
    public string UnitFor(string code, double latitude, double longitude) => Find(code) is not null ? code : GridAt(latitude, longitude)?.Code ?? code;

    /// <summary>The unit itself and everything above it, lowest first; empty for an unknown code.</summary>
    public IEnumerable<Area> Ancestry(string code)
    {
        for (Area? area = Find(code); area is not null; area = area.Parent.Length == 0 ? null : Find(area.Parent))
        {
            yield return area;
        }
    }

    /// <summary>Whether <paramref name="code"/> is <paramref name="ancestor"/> or lies below it.</summary>
    public bool IsWithin(string code, string ancestor) => Ancestry(code).Any(a => a.Code == ancestor);

    /// <summary>The unit of <paramref name="level"/> that holds <paramref name="code"/>, or null.</summary>
    public Area? AncestorAt(string code, AreaLevel level) => Ancestry(code).FirstOrDefault(a => a.Level == level);
}
