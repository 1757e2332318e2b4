namespace Gateway.Rules.Evaluation;

/// <summary>When something happens: at which log time, and, when a reading makes it happen, at which observation time.</summary>
internal readonly record struct Moment(long NowMs, long? ObservedMs)
{
    /// <summary>A timer's instant, which no reading causes.</summary>
    public static Moment OfTimer(long dueMs) => new(dueMs, null);
}
