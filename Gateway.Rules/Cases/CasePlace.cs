using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>
/// A matter that a case stands for besides the one it was opened for: what a sensor found of what people had reported, what people named more
/// closely, or what a case that was merged into it was about. Immutable.
/// </summary>
/// <param name="Key">Its key: while the case is held, no other one of this key is opened.</param>
/// <param name="Area">Code of its lowest unit, of the tree of its day.</param>
/// <param name="Building">Building code; empty outdoors or where it is not known.</param>
/// <param name="Latitude">WGS 84 latitude, degrees; null where it is not known.</param>
/// <param name="Longitude">WGS 84 longitude, degrees; null where it is not known.</param>
public sealed record CasePlace(CaseKey Key, string Area, string Building, double? Latitude, double? Longitude)
{
    /// <summary>Places from which on what people name more closely is not noted any more.</summary>
    internal const int ToldLimit = 32;

    /// <summary>Where a device breaches.</summary>
    internal static CasePlace Of(CaseDefinition definition, Device device, AreaTree areas) =>
        new(CaseKey.For(definition, device, areas), areas.UnitFor(device.Area, device.Latitude, device.Longitude), device.Building, device.Latitude, device.Longitude);

    /// <summary>What a case itself was opened for.</summary>
    internal static CasePlace Of(CaseFacts facts) => facts.NoPosition || facts.PositionIsMiddle
        ? new CasePlace(facts.Key, facts.AreaPath[0], facts.Building, Latitude: null, Longitude: null)
        : new CasePlace(facts.Key, facts.AreaPath[0], facts.Building, facts.Latitude, facts.Longitude);
}
