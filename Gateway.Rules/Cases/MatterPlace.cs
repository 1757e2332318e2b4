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

    /// <summary>Beyond this distance two matters of one kind are two, also in one grid: to join wrongly hides a fire, not to join costs a merger.</summary>
    public const double FarMetres = 300;

    private const double NearLatitude = 2 * NearMetres / WorldPosition.MetresPerDegree; // degrees, and as much again

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

    /// <summary>Where a case is about, each of its places: of the unit it was opened for and of what joined it.</summary>
    public static MatterPlace[] Of(Case c, AreaTree areas) => [Of(CasePlace.Of(c.Facts), c, areas), .. c.Places.Select(p => Of(p, c, areas))];

    /// <summary>Whether a case is about another device, or another building, than what is named here.</summary>
    /// <param name="c">The case.</param>
    /// <param name="places">Its places.</param>
    public bool IsElsewhere(Case c, MatterPlace[] places)
    {
        bool isOtherDevice = DeviceId.Length > 0 && Array.Exists(places, p => p.DeviceId.Length > 0) && !Knows(c, places);
        bool isOtherBuilding = Building.Length > 0 && Array.Exists(places, p => p.Building.Length > 0) && Array.TrueForAll(places, p => p.Building != Building);
        return isOtherDevice || isOtherBuilding;
    }

    /// <summary>
    /// The case that is about the same matter: of the named device, else of the same building, else the nearest within <see cref="NearMetres"/>, else of
    /// the same grid, unless two positions say that it is beyond <see cref="FarMetres"/>; where only a community is known, on one side or the other, the one case there. Of several in a building or a grid the
    /// nearest, and where no position tells that, the oldest. Whichever it is, it would also be found alone.
    /// </summary>
    /// <param name="cases">Cases of the kind of event, oldest first.</param>
    /// <param name="placesOf">The places of a case.</param>
    public Case? Find(IEnumerable<Case> cases, Func<Case, MatterPlace[]> placesOf)
    {
        (Bond Bond, double Metres, Case? Case) found = (Bond.None, 0, null);
        bool isOnlyOne = true;
        foreach (Case c in cases)
        {
            MatterPlace[] places = placesOf(c);
            (Bond bond, double metres) = IsElsewhere(c, places) ? (Bond.None, 0) : BondWith(c, places);
            if (bond == Bond.None || bond < found.Bond)
            {
                continue;
            }

            isOnlyOne = bond > found.Bond;
            if (isOnlyOne || metres < found.Metres)
            {
                found = (bond, metres, c);
            }
        }

        // A community is small enough for one matter; a street is not, and what is wider says nothing.
        return found.Bond == Bond.Community && !isOnlyOne ? null : found.Case;
    }

    private (Bond Bond, double Metres) BondWith(Case c, MatterPlace[] places)
    {
        if (DeviceId.Length > 0 && Knows(c, places))
        {
            return (Bond.Device, 0);
        }

        (Bond Bond, double Metres) best = (Bond.None, double.PositiveInfinity);
        foreach (MatterPlace place in places)
        {
            bool isSameBuilding = Building.Length > 0 && place.Building == Building && place.Street == Street, isSameGrid = Grid is not null && place.Grid == Grid;
            if (!isSameBuilding && !isSameGrid && IsFar(place))
            {
                continue;
            }

            double metres = DistanceTo(place);
            Bond bond = isSameBuilding ? Bond.Building : metres <= NearMetres ? Bond.Near : isSameGrid && !(metres is > FarMetres and < double.PositiveInfinity) ? Bond.Grid : Bond.None;
            if (bond > best.Bond || (bond == best.Bond && metres < best.Metres))
            {
                best = (bond, metres);
            }
        }

        return best.Bond == Bond.None && IsOfCommunity(c, places) ? (Bond.Community, 0) : best;
    }

    private bool IsOfCommunity(Case c, MatterPlace[] places) =>
        Community is not null
        && (Grid is not null ? c.AlertList.Count == 0 && Array.TrueForAll(places, p => p.IsUnitAlone && p.Area == Community)
            : IsUnitAlone && Array.Exists(places, p => p.Community == Community));

    private double DistanceTo(MatterPlace other) => Position is { } here && other.Position is { } there ? here.DistanceMetres(there) : double.PositiveInfinity;

    // Most places are: told by the latitude, without the sines of a distance.
    private bool IsFar(MatterPlace other) => Position is not { } here || other.Position is not { } there || Math.Abs(here.Latitude - there.Latitude) > NearLatitude;

    private bool Knows(Case c, MatterPlace[] places) => Array.Exists(places, p => p.DeviceId == DeviceId) || c.AlertList.Of(DeviceId).Any();

    private static MatterPlace Of(CasePlace place, Case of, AreaTree areas)
    {
        // The middle of its unit is where a case is shown that nobody gave a position for.
        bool isMiddle = of.Facts.Source != CaseFacts.SensorSource && place.Key == of.Facts.Key
            && areas.Find(place.Area)?.Middle is { } middle && middle.Latitude == place.Latitude && middle.Longitude == place.Longitude;
        return new MatterPlace(areas, place.Area, isMiddle ? null : PositionOf(place.Latitude, place.Longitude))
        {
            Building = place.Building,
            DeviceId = place.Key.Scope == CaseScope.Device ? place.Key.Instance : "",
        };
    }

    private static WorldPosition? PositionOf(double? latitude, double? longitude) => latitude is { } y && longitude is { } x ? new WorldPosition(y, x) : null;

    /// <summary>What makes two one matter, the closest last.</summary>
    private enum Bond : byte
    {
        None,
        Community,
        Grid,
        Near,
        Building,
        Device,
    }
}
