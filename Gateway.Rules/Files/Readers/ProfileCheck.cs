namespace Gateway.Rules.Files.Readers;

/// <summary>What is only seen over all profiles together: kinds written twice, and topics that two kinds would claim.</summary>
internal static class ProfileCheck
{
    /// <summary>Reports them, and returns the profiles with each kind once.</summary>
    public static IReadOnlyList<ProfileSource> Check(IReadOnlyList<ProfileSource> profiles, FindingSink sink)
    {
        Dictionary<string, ProfileSource> byKind = new(StringComparer.Ordinal);
        List<SourceText> topics = [];
        foreach (ProfileSource profile in profiles)
        {
            if (!byKind.TryAdd(profile.Kind.Text, profile))
            {
                SourceLocation first = byKind[profile.Kind.Text].Kind.Location;
                sink.Add(FindingCodes.DuplicateKind, profile.Kind.Location, $"kind {FindingSink.Quote(profile.Kind.Text)} is written twice, first at {first}");
                continue;
            }

            foreach (SourceText topic in profile.Topics)
            {
                if (topics.FindIndex(t => Overlap(t.Text, topic.Text)) is >= 0 and int other)
                {
                    sink.Add(FindingCodes.TopicOverlap, topic.Location, $"topic {FindingSink.Quote(topic.Text)} is already bound at {topics[other].Location}");
                }

                topics.Add(topic);
            }
        }

        return [.. byKind.Values];
    }

    private static bool Overlap(string a, string b)
    {
        string[] left = a.Split('/');
        string[] right = b.Split('/');
        return left.Length == right.Length && left.Zip(right).All(l => IsWild(l.First) || IsWild(l.Second) || l.First == l.Second);
    }

    private static bool IsWild(string level) => level is "+" or Protocols.Devices.TopicPattern.DeviceIdPlaceholder;
}
