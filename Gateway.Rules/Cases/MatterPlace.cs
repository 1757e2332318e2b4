using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>
/// Where something is that belongs to a case, in the units of the tree that holds now; and which of several cases is about the same matter. Pure.
/// </summary>
internal sealed record MatterPlace
{
    /// <summary>Within this distance two matters of one kind are one, also over the border of two grids.</summary>
    public const double NearMetres = 100;

    private MatterPlace(AreaTree areas, string area, WorldPosition? position)
    {
        Area = position is { } at ? areas.UnitFor(area, at.Latitude, at.Longitude) : area;
        Position = position;
        Street = areas.AncestorAt(Area, AreaLevel.Street)?.Code;

        // Who knows the position and not the grid has named it all the same.
        Grid = areas.Find(Area)?.Level == AreaLevel.Grid ? Area
            : position is { } there && areas.GridAt(there.Latitude, there.Longitude) is { } grid && areas.IsWithin(grid.Code, Area) ? grid.Code
            : null;
        Community = areas.AncestorAt(Grid ?? Area, AreaLevel.Community)?.Code;
    }

    private string Area { get; }

    private string? Street { get; }

    private string? Grid { get; }

    private string? Community { get; }

    private string Building { get; init; } = "";

    private string DeviceId { get; init; } = "";

    private WorldPosition? Position { get; }

    /// <summary>Whether the unit is all that is known.</summary>
    private bool IsUnitAlone => Building.Length == 0 && DeviceId.Length == 0 && Position is null;

    /// <summary>Where a device stands.</summary>
    public static MatterPlace Of(Device device, AreaTree areas) =>
        new(areas, device.Area, new WorldPosition(device.Latitude, device.Longitude)) { DeviceId = device.Id, Building = device.Building };

    /// <summary>Where a report says it is.</summary>
    public static MatterPlace Of(CaseIntake intake, AreaTree areas) =>
        new(areas, intake.Area, PositionOf(intake.Latitude, intake.Longitude)) { DeviceId = intake.DeviceId, Building = intake.Building };

    /// <summary>Whether a case is about another device, or another building, than what is named here.</summary>
    public bool IsElsewhere(Case c)
    {
        CasePlace[] places = PlacesOf(c);
        bool isOtherDevice = DeviceId.Length > 0 && places.Any(p => p.Key.Scope == CaseScope.Device) && !Knows(c, places);
        bool isOtherBuilding = Building.Length > 0 && places.Any(p => p.Building.Length > 0) && places.All(p => p.Building != Building);
        return isOtherDevice || isOtherBuilding;
    }

    /// <summary>
    /// The case that is about the same matter: of the named device, else of the same building, else the nearest within <see cref="NearMetres"/>, else of
    /// the same grid; where only a community is known, on one side or the other, the one case there. Of several in a building or a grid the
    /// nearest, and where no position tells that, the oldest. Whichever it is, it would also be found alone.
    /// </summary>
    /// <param name="cases">Cases of the kind of event, oldest first.</param>
    /// <param name="areas">The tree that holds now.</param>
    public Case? Find(IEnumerable<Case> cases, AreaTree areas)
    {
        Candidate[] all = [.. cases.Where(c => !IsElsewhere(c)).Select(c => new Candidate(c, [.. PlacesOf(c).Select(p => Of(p, c, areas))]))];
        return all.FirstOrDefault(c => DeviceId.Length > 0 && Knows(c.Case, PlacesOf(c.Case)))?.Case
            ?? Nearest(all, p => Building.Length > 0 && p.Building == Building && p.Street == Street)
            ?? Nearest(all, p => DistanceTo(p) <= NearMetres)
            ?? Nearest(all, p => Grid is not null && p.Grid == Grid)
            ?? OfCommunity(all);
    }

    // A community is small enough for one matter; a street is not, and what is wider says nothing.
    private Case? OfCommunity(Candidate[] all)
    {
        if (Community is null)
        {
            return null;
        }

        Case[] found = Grid is not null
            ? [.. all.Where(c => c.Case.AlertList.Count == 0 && c.Places.All(p => p.IsUnitAlone && p.Area == Community)).Select(c => c.Case)]
            : IsUnitAlone ? [.. all.Where(c => c.Places.Any(p => p.Community == Community)).Select(c => c.Case)]
            : [];
        return found.Length == 1 ? found[0] : null;
    }

    private Case? Nearest(Candidate[] all, Func<MatterPlace, bool> fits)
    {
        (Case Case, double Metres)? found = null;
        foreach (Candidate one in all)
        {
            foreach (double metres in one.Places.Where(fits).Select(DistanceTo))
            {
                found = found is null || metres < found.Value.Metres ? (one.Case, metres) : found;
            }
        }

        return found?.Case;
    }

    private double DistanceTo(MatterPlace other) => Position is { } here && other.Position is { } there ? here.DistanceMetres(there) : double.PositiveInfinity;

    private bool Knows(Case c, CasePlace[] places) => c.AlertList.Of(DeviceId).Any() || places.Any(p => p.Key.Scope == CaseScope.Device && p.Key.Instance == DeviceId);

    private static CasePlace[] PlacesOf(Case c) => [CasePlace.Of(c.Facts), .. c.Places];

    private static MatterPlace Of(CasePlace place, Case of, AreaTree areas)
    {
        // The middle of its unit is where a case is shown that nobody gave a position for.
        bool isMiddle = of.Facts.Source != CaseFacts.SensorSource && place.Key == of.Facts.Key
            && areas.Find(place.Area)?.Middle is { } middle && middle.Latitude == place.Latitude && middle.Longitude == place.Longitude;
        return new MatterPlace(areas, place.Area, isMiddle ? null : PositionOf(place.Latitude, place.Longitude)) { Building = place.Building };
    }

    private static WorldPosition? PositionOf(double? latitude, double? longitude) => latitude is { } y && longitude is { } x ? new WorldPosition(y, x) : null;

    private sealed record Candidate(Case Case, MatterPlace[] Places);
}
