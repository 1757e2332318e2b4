using Gateway.Rules.Areas;

namespace Gateway.Rules.Cases.Cap;

/// <summary>What making messages looks up besides the case. Immutable.</summary>
public sealed record CapSettings
{
    /// <summary>Sender where none is configured: of a domain that can never exist, so nobody takes it for somebody's.</summary>
    public const string DefaultSender = "city-sensing-gateway.invalid";

    /// <summary>The city's time zone, for the offsets of times.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>The area tree of the case's day: names and outlines.</summary>
    public required AreaTree Areas { get; init; }

    /// <summary>Names of units by id; an unknown one is called by its id.</summary>
    public IReadOnlyDictionary<string, ResponsibleUnit> Units { get; init; } = new Dictionary<string, ResponsibleUnit>();

    /// <summary>CAP sender; <see cref="CapName.IsValid"/>.</summary>
    public string Sender { get; init; } = DefaultSender;

    /// <summary>Who sends, for people.</summary>
    public string SenderName { get; init; } = "City Sensing Gateway";

    /// <summary>What goes out as a public warning; null, the default, for nothing.</summary>
    public CapPublication? Publication { get; init; }
}

/// <summary>
/// Leave to publish. Only governments of counties and above issue public warnings, so both names must be given: who answers for them
/// and for which events. Nothing else makes a message Actual or Public.
/// </summary>
/// <param name="Authority">The authority, named as the sender to the public.</param>
/// <param name="Events">Event kinds, exact or <c>family.*</c>.</param>
public sealed record CapPublication(string Authority, IReadOnlyList<string> Events)
{
    /// <summary>Whether a case is published: its event is named, and it is no exercise.</summary>
    public bool Covers(CaseFacts facts) =>
        Authority.Length > 0 && !facts.Exercise && Events.Any(e => Matches(e, facts.Key.Event));

    private static bool Matches(string pattern, string kind) =>
        pattern == kind || (pattern.Length > 2 && pattern.EndsWith(".*", StringComparison.Ordinal) && kind.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
