using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Overlays;
using Gateway.Rules.Suppression;

namespace Gateway.Rules.Files;

/// <summary>One file of the city folder: its path relative to the folder, with forward slashes, and its text.</summary>
/// <param name="Path">For example <c>rules/flood.yaml</c>.</param>
/// <param name="Text">The whole text.</param>
public sealed record CityFile(string Path, string Text);

/// <summary>Everything operators edit, as written and checked, before the rules are compiled. Immutable.</summary>
public sealed record CityDefinition
{
    /// <summary>The city's name.</summary>
    public required string Name { get; init; }

    /// <summary>IANA time zone, for example <c>Asia/Shanghai</c>.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The modes the city knows, normal first.</summary>
    public IReadOnlyList<string> Modes { get; init; } = Compilation.CityContext.UsualModes;

    /// <summary>The mode it is in.</summary>
    public string Mode { get; init; } = Compilation.CityContext.NormalMode;

    /// <summary>Who switched to it, and to those before, newest first; empty where nobody did and <c>city.yaml</c> says it.</summary>
    public IReadOnlyList<ModeSwitch> ModeSwitches { get; init; } = [];

    /// <summary>When many cases are one storm.</summary>
    public StormSettings Storms { get; init; } = new();

    /// <summary>Time limits that no row of the responsibility list says, in the mode it is in.</summary>
    public CityLimits Limits { get; init; } = new();

    /// <summary>Level by which the pipeline is partitioned; no rule may group wider.</summary>
    public AreaLevel PartitionLevel { get; init; } = AreaLevel.Street;

    /// <summary>Dated versions of the area tree, oldest first; at least one.</summary>
    public required IReadOnlyList<AreaTree> AreaTrees { get; init; }

    /// <summary>Profiles and devices.</summary>
    public required DeviceRegister Devices { get; init; }

    /// <summary>All rules of all files, in the order of file name and place.</summary>
    public required IReadOnlyList<RuleDefinition> Rules { get; init; }

    /// <summary>What is different of the rules here, in a mode, or for a time; laid in this order.</summary>
    public IReadOnlyList<OverlayDefinition> Overlays { get; init; } = [];

    /// <summary>Alerts that are to file no case for a time.</summary>
    public IReadOnlyList<SilenceDefinition> Silences { get; init; } = [];

    /// <summary>Tests by rule file path.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<RuleTestDefinition>> Tests { get; init; }

    /// <summary>Who leads what, where.</summary>
    public required ResponsibilityList Responsibility { get; init; }

    /// <summary>Working calendars by file name; units refer to them by id.</summary>
    public required IReadOnlyList<CalendarDefinition> Calendars { get; init; }
}
