namespace Gateway.Rules.Files.Readers;

/// <summary>How the event patterns of the responsibility list relate: exact, family (<c>flood.*</c>) and all (<c>*</c>).</summary>
internal static class EventPattern
{
    /// <summary>Whether every event that <paramref name="narrow"/> names is also named by <paramref name="wide"/>.</summary>
    public static bool Covers(string wide, string narrow)
    {
        if (wide == "*" || wide == narrow)
        {
            return true;
        }

        return wide.EndsWith(".*", StringComparison.Ordinal) && narrow.StartsWith(wide[..^1], StringComparison.Ordinal);
    }

    /// <summary>Rank by which the most specific pattern wins: exact above any family, the longer family above the shorter, all last.</summary>
    public static int Specificity(string pattern) => pattern == "*" ? 0 : pattern.EndsWith(".*", StringComparison.Ordinal) ? pattern.Length : int.MaxValue;
}
