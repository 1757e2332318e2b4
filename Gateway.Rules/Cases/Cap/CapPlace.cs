using Gateway.Rules.Areas;

namespace Gateway.Rules.Cases.Cap;

/// <summary>Where a case is: the outline of its grid, else a circle around its point, else the outline of the next unit above that has one.</summary>
internal static class CapPlace
{
    /// <summary>Radius of the circle around a point.</summary>
    private const double RadiusKilometres = 0.1;

    /// <summary>Points of an outline at most; of a longer one the box around it is given.</summary>
    private const int PointCountLimit = 1000;

    public static CapArea Of(CaseFacts facts, CapSettings settings)
    {
        string code = facts.AreaPath.Count > 0 ? facts.AreaPath[0] : "";
        var point = new CapPoint(facts.Latitude, facts.Longitude);
        bool hasPoint = point.IsOnEarth && point != default; // 0, 0 is what a case without a place has
        IReadOnlyList<CapPoint> outline = Outline(settings.Areas.Find(code));
        if (outline.Count == 0 && !hasPoint)
        {
            outline = facts.AreaPath.Skip(1).Select(c => Outline(settings.Areas.Find(c))).FirstOrDefault(o => o.Count > 0) ?? [];
        }

        return new CapArea
        {
            Description = Description(facts, settings.Areas),
            Polygons = outline.Count > 0 ? [outline] : [],
            Circles = outline.Count == 0 && hasPoint ? [new CapCircle(point, RadiusKilometres)] : [],
            Geocodes = code.Length > 0 ? [new CapValue("area-code", CapName.Line(code, CapTexts.NameLengthLimit))] : [],
        };
    }

    /// <summary>Name of the lowest unit the tree knows, or its code.</summary>
    public static string NameOf(CaseFacts facts, AreaTree areas)
    {
        string name = facts.AreaPath.Select(c => areas.Find(c)?.Name).FirstOrDefault(n => !string.IsNullOrEmpty(n))
            ?? (facts.AreaPath.Count > 0 ? facts.AreaPath[0] : "");
        string line = CapName.Line(name, CapTexts.NameLengthLimit);
        return line.Length == 0 ? "-" : line;
    }

    private static string Description(CaseFacts facts, AreaTree areas)
    {
        string address = CapName.Line(facts.Address, CapTexts.TextLengthLimit);
        return address.Length == 0 ? NameOf(facts, areas) : $"{NameOf(facts, areas)}, {address}";
    }

    private static IReadOnlyList<CapPoint> Outline(Area? area)
    {
        CapPoint[] ring = [.. (area?.Polygon ?? []).Select(p => new CapPoint(p.Latitude, p.Longitude))];
        if (ring.Length > 0 && ring[0] != ring[^1])
        {
            ring = [.. ring, ring[0]];
        }

        if (ring.Length < 4 || !ring.All(p => p.IsOnEarth))
        {
            return [];
        }

        if (ring.Length <= PointCountLimit)
        {
            return ring;
        }

        (double south, double north) = (ring.Min(p => p.Latitude), ring.Max(p => p.Latitude));
        (double west, double east) = (ring.Min(p => p.Longitude), ring.Max(p => p.Longitude));
        return [new(south, west), new(south, east), new(north, east), new(north, west), new(south, west)];
    }
}
