namespace Gateway.Rules.Cases;

/// <summary>Which clocks start with which step. A limit of zero starts none.</summary>
internal static class Clocks
{
    public static IReadOnlyList<CaseClock> ForDispatch(TimeLimits? limits, CaseStamp stamp) =>
        limits is null ? [] : [.. Start(ClockKind.Accept, limits.Accept, stamp), .. Start(ClockKind.Resolve, limits.Resolve, stamp)];

    public static IReadOnlyList<CaseClock> ForVerification(TimeLimits? limits, CaseStamp stamp) =>
        limits is null ? [] : [.. Start(ClockKind.Verify, limits.Verify, stamp)];

    private static CaseClock[] Start(ClockKind kind, TimeSpan limit, CaseStamp stamp) =>
        limit > TimeSpan.Zero ? [CaseClock.Natural(kind, stamp.At, limit, stamp.Offset)] : [];
}
