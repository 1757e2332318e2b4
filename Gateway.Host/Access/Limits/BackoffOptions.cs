namespace Gateway.Host.Access.Limits;

/// <summary>What wrong passwords cost. Sections <c>Gateway:Mqtt:Backoff</c> and <c>Gateway:People:Backoff</c>.</summary>
internal sealed class BackoffOptions
{
    /// <summary>Failures of one name from one address before it has to wait. Default 5; zero: no waiting.</summary>
    public int FailuresOfName { get; set; } = 5;

    /// <summary>
    /// Failures of one address, whatever the names, before it has to wait. Default 100, because a whole district may come from one
    /// address; zero: no waiting.
    /// </summary>
    public int FailuresOfAddress { get; set; } = 100;

    /// <summary>The first wait; each failure after it doubles it. Default 1 s.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. Default 5 min.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Failures are forgotten when none has followed for so long. Default 15 min.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Names and addresses remembered at most; the oldest go. Default 100,000.</summary>
    public int Entries { get; set; } = 100_000;

    /// <summary>What is wrong with the figures, one line each.</summary>
    /// <param name="section">Where they are written.</param>
    public IEnumerable<string> Validate(string section)
    {
        if (FailuresOfName < 0 || FailuresOfAddress < 0 || Entries < 1_000 || FirstWait <= TimeSpan.Zero || LongestWait < FirstWait || Memory < LongestWait)
        {
            yield return $"{section}: failures are 0 or more, Entries at least 1000, and FirstWait, LongestWait, Memory above zero and each at least the one before";
        }
    }
}
