using System.Globalization;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;

namespace Gateway.Rules.Functions;

/// <summary>Which devices count together.</summary>
public enum AreaScope : byte
{
    /// <summary>Those of one building; a device outdoors counts alone.</summary>
    Building,

    /// <summary>Those of one grid.</summary>
    Grid,

    /// <summary>Those of one community.</summary>
    Community,

    /// <summary>Those of one street.</summary>
    Street,

    /// <summary>Those within a distance of the device that is judged, itself left out.</summary>
    Radius,
}

/// <summary>How many devices that the rule watches met a condition lately, in the area of the device that is judged.</summary>
internal sealed record AreaTerm(Condition Condition, AreaScope Scope, int RadiusMetres, TimeSpan Within, string Match) : HistoryTerm
{
    public override ulong Columns => Condition.Columns;

    public override IEnumerable<DuringTerm> Calendars => Condition.Calendars;

    public override string Canonical =>
        string.Create(CultureInfo.InvariantCulture, $"(devices {Condition.Canonical} {Scope} {RadiusMetres} {Within.TotalMilliseconds} {Match.Length} {Match})");

    /// <summary>Its number among the terms of the rule set that count over areas; negative before that is put together.</summary>
    internal int Index { get; set; } = -1;

    internal override IEnumerable<HistoryTerm> Inner => Condition.Histories;

    public override string Describe(Func<int, double> row)
    {
        string where = Scope == AreaScope.Radius ? string.Create(CultureInfo.InvariantCulture, $"within {RadiusMetres} m") : $"in the {Scope.ToString().ToLowerInvariant()}";
        return $"devices {where} with ({Condition.Describe(row)}) in {DurationText.Format(Within)}: {Number(Evaluate(row))}";
    }
}
