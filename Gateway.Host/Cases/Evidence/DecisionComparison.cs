using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.Evidence;

/// <summary>One event of a decision beside what a replay made of it.</summary>
/// <param name="Sealed">As it was sealed; null where the replay has an event more.</param>
/// <param name="Replayed">As the replay has it; null where it has none.</param>
internal sealed record ComparedEvent(string? Sealed, string? Replayed)
{
    /// <summary>Whether they are the same bytes.</summary>
    public bool IsSame => Sealed == Replayed;

    /// <summary>
    /// Whether they say the same: a later version may store a member more, and then what was sealed is what it would store once it has read it.
    /// </summary>
    public bool IsEqual => IsSame || (Sealed is not null && Replayed is not null && Rewritten(Sealed) is { } rewritten && AsSealed(rewritten) == AsSealed(Replayed));

    // What is said since of where something was, which says nothing of what was decided. Each is always written, so that where it is missing an earlier version wrote.
    private static readonly string[][] Later =
    [
        ["facts", "positionIsMiddle"], ["report", "area"], ["report", "building"], ["report", "address"], ["report", "latitude"], ["report", "longitude"],
    ];

    /// <summary>The first member that differs: its name, what was sealed and what came out; null where nothing does.</summary>
    public (string Member, string Sealed, string Replayed)? Difference
    {
        get
        {
            if (IsEqual)
            {
                return null;
            }

            if (Sealed is null || Replayed is null)
            {
                return ("event", Sealed ?? "none", Replayed ?? "none");
            }

            using JsonDocument left = JsonDocument.Parse(Sealed), right = JsonDocument.Parse(Replayed);
            return Differ("", left.RootElement, right.RootElement) ?? ("event", Sealed, Replayed);
        }
    }

    // An event without the later members that what was sealed has not.
    private string AsSealed(string body)
    {
        JsonNode? all = JsonNode.Parse(Sealed!), own = JsonNode.Parse(body);
        foreach (string[] path in Later)
        {
            if (own?[path[0]] is JsonObject holder && all?[path[0]] is JsonObject known && !known.ContainsKey(path[1]))
            {
                holder.Remove(path[1]);
            }
        }

        return own!.ToJsonString();
    }

    private static string? Rewritten(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CaseJsonContext.Readable.CaseEvent) is { } read ? JsonSerializer.Serialize(read, CaseJsonContext.Readable.CaseEvent) : null;
        }
        catch (JsonException)
        {
            return null; // an event that this version cannot read is not what it would store
        }
    }

    private static (string Member, string Sealed, string Replayed)? Differ(string path, JsonElement left, JsonElement right)
    {
        if (left.ValueKind != JsonValueKind.Object || right.ValueKind != JsonValueKind.Object)
        {
            return left.GetRawText() == right.GetRawText() ? null : (path, left.GetRawText(), right.GetRawText());
        }

        foreach (string name in left.EnumerateObject().Concat(right.EnumerateObject()).Select(m => m.Name).Distinct(StringComparer.Ordinal))
        {
            string place = path.Length == 0 ? name : $"{path}.{name}";
            bool has = left.TryGetProperty(name, out JsonElement was), hasNow = right.TryGetProperty(name, out JsonElement now);
            if (has != hasNow)
            {
                return (place, has ? was.GetRawText() : "none", hasNow ? now.GetRawText() : "none");
            }

            if (Differ(place, was, now) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}

/// <summary>A decision beside its replay, event by event.</summary>
internal sealed class DecisionComparison
{
    /// <summary>Compares.</summary>
    /// <param name="stored">The events of the decision, JSON.</param>
    /// <param name="replayed">Those of the replay, JSON.</param>
    public DecisionComparison(IReadOnlyList<string> stored, IReadOnlyList<string> replayed) =>
        Events = [.. Enumerable.Range(0, Math.Max(stored.Count, replayed.Count)).Select(i => new ComparedEvent(stored.ElementAtOrDefault(i), replayed.ElementAtOrDefault(i)))];

    /// <summary>The events of both, in order.</summary>
    public IReadOnlyList<ComparedEvent> Events { get; }

    /// <summary>Whether the replay came to the same bytes.</summary>
    public bool IsSame => Events.All(e => e.IsSame);

    /// <summary>Whether the replay came to the same decision.</summary>
    public bool IsEqual => Events.All(e => e.IsEqual);

    /// <summary>Where they first differ, for people; empty where they do not.</summary>
    public string Problem
    {
        get
        {
            int at = Events.TakeWhile(e => e.IsEqual).Count();
            return at == Events.Count ? ""
                : Events[at].Replayed is null ? $"the replay has no event {at + 1} of the decision"
                : Events[at].Difference is { } found ? $"event {at + 1} of the decision differs: {found.Member} was {found.Sealed} and is {found.Replayed}"
                : "";
        }
    }
}
