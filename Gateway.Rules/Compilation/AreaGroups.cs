using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Compilation;

/// <summary>A term that counts devices of an area, and the group each device counts in.</summary>
/// <param name="Term">The term.</param>
/// <param name="Groups">By device index.</param>
internal sealed record AreaCount(AreaTerm Term, AreaGroups Groups);

/// <summary>
/// Which devices count together. For a distance the groups are the cells of a net whose meshes are no narrower than it anywhere in the city,
/// so all that is near lies in the cell or in one of the eight around it. Immutable, safe for any number of threads.
/// </summary>
internal sealed class AreaGroups
{
    /// <summary>Cells that hold all that is near.</summary>
    public const int CellsAround = 9;

    private readonly long[] _groups;
    private readonly DeviceRegister _devices;

    private AreaGroups(long[] groups, DeviceRegister devices)
    {
        _groups = groups;
        _devices = devices;
    }

    /// <summary>The groups of a term.</summary>
    public static AreaGroups Of(AreaTerm term, DeviceRegister devices, AreaTree areas) =>
        new(term.Scope == AreaScope.Radius ? Cells(term.RadiusMetres, devices) : Units(term.Scope, devices, areas), devices);

    /// <summary>The group of a device; groups that lie side by side have numbers that <see cref="Around"/> knows.</summary>
    public long this[int device] => _groups[device];

    /// <summary>The cell itself and the eight around it, by a number below <see cref="CellsAround"/>.</summary>
    public static long Around(long cell, int number) => cell + ((long)((number / 3) - 1) << 32) + (number % 3) - 1;

    /// <summary>Great-circle distance of two devices.</summary>
    public double DistanceMetres(int left, int right)
    {
        (Device a, Device b) = (_devices.Devices[left], _devices.Devices[right]);
        return new WorldPosition(a.Latitude, a.Longitude).DistanceMetres(new WorldPosition(b.Latitude, b.Longitude));
    }

    private static long[] Units(AreaScope scope, DeviceRegister devices, AreaTree areas)
    {
        Dictionary<string, long> numbers = new(StringComparer.Ordinal);
        Dictionary<string, string> ancestors = new(StringComparer.Ordinal);
        return [.. devices.Devices.Select(device =>
        {
            string unit = scope == AreaScope.Building
                ? device.Building.Length == 0 ? $"device {device.Id}" : $"building {device.Area} {device.Building}"
                : UnitOf(device.Area);
            numbers.TryAdd(unit, numbers.Count);
            return numbers[unit];
        })];

        string UnitOf(string area)
        {
            if (scope == AreaScope.Grid)
            {
                return area;
            }

            if (!ancestors.TryGetValue(area, out string? unit))
            {
                AreaLevel level = scope == AreaScope.Street ? AreaLevel.Street : AreaLevel.Community;
                unit = areas.AncestorAt(area, level)?.Code ?? area;
                ancestors.Add(area, unit);
            }

            return unit;
        }
    }

    private static long[] Cells(int radius, DeviceRegister devices)
    {
        // The narrowest place, nearest a pole, sets the width: everywhere else a mesh is wider than the radius.
        double narrowest = devices.Devices.Select(d => Math.Cos(double.DegreesToRadians(d.Latitude))).DefaultIfEmpty(1).Min();
        return [.. devices.Devices.Select(device =>
        {
            long row = (long)Math.Floor(device.Latitude * WorldPosition.MetresPerDegree / radius);
            long column = (long)Math.Floor(device.Longitude * WorldPosition.MetresPerDegree * narrowest / radius);
            return (row << 32) + column;
        })];
    }
}
