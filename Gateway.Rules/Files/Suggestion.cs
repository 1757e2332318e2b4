namespace Gateway.Rules.Files;

/// <summary>"Did you mean": the known word nearest to a misspelt one, by edit distance (insert, delete, replace, swap of neighbours).</summary>
public static class Suggestion
{
    private const int LengthLimit = 64;

    /// <summary>The nearest of <paramref name="known"/>, or null when none is near: one edit for every three letters, at least one.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > LengthLimit)
        {
            return null;
        }

        int limit = Math.Max(1, word.Length / 3);
        string? nearest = null;
        int nearestDistance = limit + 1;
        foreach (string candidate in known)
        {
            if (candidate.Length > LengthLimit || Math.Abs(candidate.Length - word.Length) >= nearestDistance)
            {
                continue;
            }

            int distance = Distance(word, candidate);
            if (distance < nearestDistance)
            {
                (nearest, nearestDistance) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>A fix that names the nearest known word, or null when none is near.</summary>
    public static string? Fix(string word, IEnumerable<string> known) => Nearest(word, known) is { } nearest ? $"did you mean {nearest}?" : null;

    /// <summary>A fix that names the nearest known word, or else what there is to choose from; empty when there is nothing.</summary>
    public static string Choice(string word, IReadOnlyCollection<string> known)
    {
        const int ShownAtMost = 12;
        return Fix(word, known)
            ?? (known.Count == 0 ? ""
            : known.Count <= ShownAtMost ? $"there are: {string.Join(", ", known)}"
            : $"there are {known.Count}, for example {known.First()}");
    }

    private static int Distance(string a, string b)
    {
        Span<int> before = stackalloc int[LengthLimit + 1];
        Span<int> previous = stackalloc int[LengthLimit + 1];
        Span<int> current = stackalloc int[LengthLimit + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                int distance = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    distance = Math.Min(distance, before[j - 2] + 1);
                }

                current[j] = distance;
            }

            Span<int> oldest = before;
            before = previous;
            previous = current;
            current = oldest;
        }

        return previous[b.Length];
    }
}
