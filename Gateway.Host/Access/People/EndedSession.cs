namespace Gateway.Host.Access.People;

/// <summary>A session that was signed out before its time: its cookie may have been copied, and opens nothing any more.</summary>
/// <param name="Id">The session.</param>
/// <param name="Until">When it would have ended by itself; the entry can go then.</param>
internal readonly record struct EndedSession(string Id, DateTimeOffset Until)
{
    /// <summary>Most that are written down; beyond it, to sign out ends all sessions of the account.</summary>
    public const int CountLimit = 10_000;
}
