using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Suppression;

/// <summary>
/// Alerts that are known of and are to file no case for a time: works on a pump, a fire drill. It has an end, and an alert that still fires then
/// files its case. Immutable.
/// </summary>
public sealed record SilenceDefinition
{
    /// <summary>Its id.</summary>
    public required SourceText Id { get; init; }

    /// <summary>Alerts of these rules; empty for any.</summary>
    public IReadOnlyList<SourceText> Rules { get; init; } = [];

    /// <summary>Alerts of these devices; empty for any.</summary>
    public IReadOnlyList<SourceText> Devices { get; init; } = [];

    /// <summary>Alerts of devices in these areas or below them; empty for any.</summary>
    public IReadOnlyList<SourceText> Areas { get; init; } = [];

    /// <summary>From when, in the city's time; null for ever before.</summary>
    public DateTime? From { get; init; }

    /// <summary>Until when, in the city's time.</summary>
    public DateTime Until { get; init; }

    /// <summary>Why, for people.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The unit that asked for it.</summary>
    public string By { get; init; } = "";

    /// <summary>Whether it is about alerts of a rule on a device.</summary>
    public bool Covers(string rule, Device device, AreaTree areas) =>
        (Rules.Count == 0 || Rules.Any(r => r.Text == rule)) && IsFor(device, areas);

    /// <summary>Whether it is about alerts of a device, of whatever rule.</summary>
    public bool IsFor(Device device, AreaTree areas) =>
        (Devices.Count == 0 || Devices.Any(d => d.Text == device.Id)) && (Areas.Count == 0 || Areas.Any(a => areas.IsWithin(device.Area, a.Text)));
}

/// <summary>What an alert of the rule it stands in keeps from filing cases while it fires: alerts of other rules in the same area.</summary>
/// <param name="Rules">Names of those rules.</param>
/// <param name="Area">What is the same area.</param>
public sealed record InhibitionDefinition(IReadOnlyList<SourceText> Rules, InhibitionArea Area);

/// <summary>What counts as the same place.</summary>
public enum InhibitionArea : byte
{
    /// <summary>The same device.</summary>
    Device,

    /// <summary>The same building; a device outdoors is alone.</summary>
    Building,

    /// <summary>The same grid.</summary>
    Grid,

    /// <summary>The same community.</summary>
    Community,

    /// <summary>The same street.</summary>
    Street,
}
