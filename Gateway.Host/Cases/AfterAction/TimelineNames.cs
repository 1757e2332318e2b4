using Gateway.Protocols.Readings;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>What codes are called, and what time it is in the city. Immutable.</summary>
/// <param name="TimeZone">The city's time zone.</param>
/// <param name="Parties">Names of the units and areas that have had the case, by id or code.</param>
/// <param name="Places">Names of the areas the case lies in, the lowest first.</param>
internal sealed record TimelineNames(TimeZoneInfo TimeZone, IReadOnlyDictionary<string, string> Parties, IReadOnlyList<string> Places)
{
    /// <summary>What a party is called; its id where that is all that is known, and a dash for nobody.</summary>
    public string Party(string id) => id.Length == 0 ? "—" : Parties.GetValueOrDefault(id) ?? id;

    /// <summary>A time as the city's clocks show it.</summary>
    public DateTimeOffset Local(EventTime time) => TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), TimeZone);
}
