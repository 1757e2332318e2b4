namespace Gateway.Rules.Cases;

/// <summary>Time limits 处置时限 that no row of the responsibility list says. Immutable.</summary>
public sealed record CityLimits
{
    /// <summary>How long a unit that was summoned 吹哨 has to be there, natural time. Default 30 minutes.</summary>
    public TimeSpan Arrive { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Those of a case that no row names a lead for, which is the territory's 属地; natural time, for a territory has no calendar. Default: accept 30
    /// minutes, resolve 24 hours, verify 24 hours.
    /// </summary>
    public TimeLimits Unowned { get; init; } = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(24), TimeSpan.FromHours(24));
}
