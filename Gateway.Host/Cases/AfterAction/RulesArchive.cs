using System.Diagnostics.CodeAnalysis;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>The rules of a city as they were written. Immutable.</summary>
/// <param name="Draft">Its rules and overlays; of the rest of that city nothing is asked, so what is missing of it does not matter.</param>
/// <param name="FileHashes">SHA-256 of each file they are written in.</param>
internal sealed record WrittenRules(CityDefinition Draft, IReadOnlyDictionary<string, string> FileHashes);

/// <summary>
/// Which city a sealed decision names, and the rules of that city. Both never change and take long to read, so the latest are kept: a review 复盘会 looks
/// at the same cases again and again. Safe for threads.
/// </summary>
/// <param name="evidence">The sealed evidence.</param>
/// <param name="archive">The cities of other days.</param>
internal sealed class RulesArchive(EvidenceFolder evidence, CityArchive archive)
{
    /// <summary>Cities kept at most.</summary>
    public const int CityLimit = 4;

    /// <summary>Decisions whose city is kept at most.</summary>
    public const int DecisionLimit = 256;

    /// <summary>Evidence longer than this is not read for the sake of the rules.</summary>
    private const long BundleLimitBytes = 16L << 20;

    private readonly Kept<(string City, string Mode)> _decisions = new(DecisionLimit);
    private readonly Kept<WrittenRules> _cities = new(CityLimit);

    /// <summary>The city that held when a decision was taken, and its mode; null where that cannot be had.</summary>
    public (string City, string Mode)? CityOf(EvidenceSealed seal)
    {
        if (_decisions.TryFind(seal.Sha256, out (string City, string Mode) known))
        {
            return known;
        }

        if (seal.LengthBytes > BundleLimitBytes || Bundle(seal) is not { City.Length: > 0 } bundle)
        {
            return null;
        }

        _decisions.Keep(seal.Sha256, (bundle.City, bundle.Mode));
        return (bundle.City, bundle.Mode);
    }

    /// <summary>The rules of a city; null where they cannot be had.</summary>
    public WrittenRules? Of(string revision)
    {
        if (_cities.TryFind(revision, out WrittenRules? known))
        {
            return known;
        }

        if (Files(revision) is not { } files)
        {
            return null;
        }

        CityFile[] written = [.. files.Where(f => f.Path.StartsWith("rules/", StringComparison.Ordinal) || f.Path.StartsWith("overlays/", StringComparison.Ordinal))];
        WrittenRules rules = new(CityReader.Read(written).Draft, CitySnapshot.HashesOf(written));
        _cities.Keep(revision, rules);
        return rules;
    }

    private EvidenceBundle? Bundle(EvidenceSealed seal)
    {
        try
        {
            return evidence.Find(seal.CaseNo, seal.Decision) is { } bytes && EvidenceFolder.HashOf(bytes) == seal.Sha256 ? EvidenceFormat.Read(bytes) : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null; // audit verify tells of it; here today's rules stand in, and the timeline says so
        }
    }

    private IReadOnlyList<CityFile>? Files(string revision)
    {
        try
        {
            return archive.Files(revision);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null; // as above
        }
    }

    /// <summary>What was used last, by name. Safe for threads.</summary>
    private sealed class Kept<T>(int limit)
    {
        private readonly List<(string Name, T Value)> _last = []; // the latest at the end
        private readonly Lock _lock = new();

        public bool TryFind(string name, [MaybeNullWhen(false)] out T value)
        {
            lock (_lock)
            {
                int at = _last.FindIndex(k => k.Name == name);
                if (at < 0)
                {
                    value = default;
                    return false;
                }

                (string Name, T Value) found = _last[at];
                _last.RemoveAt(at);
                _last.Add(found);
                value = found.Value;
                return true;
            }
        }

        public void Keep(string name, T value)
        {
            lock (_lock)
            {
                _last.RemoveAll(k => k.Name == name);
                _last.Add((name, value));
                if (_last.Count > limit)
                {
                    _last.RemoveAt(0);
                }
            }
        }
    }
}
