namespace Gateway.Host.Notifications;

/// <summary>When a failed request is tried again, and when it is given up.</summary>
/// <param name="options">The waits.</param>
/// <param name="random">A number from 0 to 1, for the jitter.</param>
internal sealed class RetryPolicy(WebhookOptions options, Func<double> random)
{
    /// <summary>However old a request is, it is tried so often before it is given up: a gateway that was off for a day counts as a receiver that was.</summary>
    public const int FewestAttempts = 5;

    /// <summary>A receiver that asks for a longer wait does not get it.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The wait after so many failures: doubled each time up to the longest, less up to a half of it by chance, so that the receivers of many
    /// gateways do not come back at once; and no shorter than the receiver asked for.
    /// </summary>
    public TimeSpan WaitAfter(int failures, TimeSpan? retryAfter)
    {
        double doubled = options.FirstWait.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Min(doubled, options.LongestWait.TotalMilliseconds) * (1 - (0.5 * random())));
        TimeSpan asked = retryAfter is { } given ? (given < LongestRetryAfter ? given : LongestRetryAfter) : TimeSpan.Zero;
        return asked > wait ? asked : wait;
    }

    /// <summary>Whether a request is not tried again.</summary>
    public bool IsOver(int failures, TimeSpan age) => failures >= FewestAttempts && age >= options.GiveUpAfter;
}
