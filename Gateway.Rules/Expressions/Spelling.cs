namespace Gateway.Rules.Expressions;

/// <summary>Guesses what an operator meant.</summary>
internal static class Spelling
{
    /// <summary>The candidate nearest to <paramref name="word"/> by edits, or null when none is near enough to be worth showing.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestEdits = Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) < bestEdits && Edits(word, candidate) is int edits && edits < bestEdits)
            {
                best = candidate;
                bestEdits = edits;
            }
        }

        return best;
    }

    /// <summary><c>did you mean 'x'?</c>, or what there is to choose from.</summary>
    public static string Suggest(string word, IReadOnlyCollection<string> candidates)
    {
        const int ShownAtMost = 12;
        return Nearest(word, candidates) is { } near ? $"did you mean '{near}'?"
            : candidates.Count == 0 ? ""
            : candidates.Count <= ShownAtMost ? $"there are: {string.Join(", ", candidates)}"
            : $"there are {candidates.Count}, for example {candidates.First()}";
    }

    // Levenshtein over one row, case ignored.
    private static int Edits(string a, string b)
    {
        int[] row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
