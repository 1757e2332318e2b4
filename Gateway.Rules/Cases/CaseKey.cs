using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>
/// What a case is about. Never value, severity, time or rule version, so that everything about one trouble joins one case; at most
/// one case of a key is open. Immutable.
/// </summary>
/// <param name="Jurisdiction">Code of the street that holds the device; the device's own area when no street is above it.</param>
/// <param name="Event">Event kind, for example <c>flood.underpass</c>.</param>
/// <param name="Scope">What <paramref name="Instance"/> names.</param>
/// <param name="Instance">Device id, building code or grid code; for a storm the code of its unit.</param>
public sealed record CaseKey(string Jurisdiction, string Event, CaseScope Scope, string Instance)
{
    /// <summary>The key of the case that a breach on <paramref name="device"/> belongs to.</summary>
    public static CaseKey For(CaseDefinition definition, Device device, AreaTree areas)
    {
        // A device outdoors belongs to no building and counts for itself.
        CaseScope scope = definition.Scope == CaseScope.Building && device.Building.Length == 0 ? CaseScope.Device : definition.Scope;
        string instance = scope switch
        {
            CaseScope.Building => device.Building,
            CaseScope.Grid => device.Area,
            _ => device.Id,
        };
        string jurisdiction = areas.AncestorAt(device.Area, AreaLevel.Street)?.Code ?? device.Area;
        return new CaseKey(jurisdiction, definition.Event.Text, scope, instance);
    }

    /// <summary>The key of the storm of a family in a unit.</summary>
    internal static CaseKey ForStorm(string family, string area, AreaTree areas) =>
        new(areas.AncestorAt(area, AreaLevel.Street)?.Code ?? area, family + StormSettings.EventEnding, CaseScope.Area, area);

    /// <summary><c>jurisdiction|event|scope|instance</c>, unique per key: none of the parts but the last can hold a bar.</summary>
    public override string ToString()
    {
        string scope = Scope switch { CaseScope.Building => "building", CaseScope.Grid => "grid", CaseScope.Area => "area", _ => "device" };
        return $"{Jurisdiction}|{Event}|{scope}|{Instance}";
    }
}
