using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Pipeline;

/// <summary>What a partition asks of cases that it does not hold.</summary>
/// <param name="Find">Finds a case that is over by its number.</param>
/// <param name="OfReport">Finds the case that a report of a source and number came to, at a time or later.</param>
internal sealed record CaseLookups(Func<string, Case?> Find, Func<string, string, EventTime, string?> OfReport);
