using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Host.Replay;

/// <summary>How a case of one run relates to the other.</summary>
internal enum CaseFate : byte
{
    /// <summary>Filed by both at the same instant.</summary>
    Same,

    /// <summary>Filed by both, at another time.</summary>
    Moved,

    /// <summary>Filed by the candidate only.</summary>
    Gained,

    /// <summary>Filed without the candidate only.</summary>
    Lost,
}

/// <summary>One case of a back-test; <paramref name="Before"/> or <paramref name="After"/> is null where there was none.</summary>
internal sealed record CaseDifference(CaseFate Fate, Case? Before, Case? After)
{
    /// <summary>The one that stands for both.</summary>
    public Case Either => After ?? Before!;
}

/// <summary>How often a rule fired.</summary>
internal sealed record RuleDifference(string Rule, int FiredBefore, int FiredAfter);

/// <summary>What came of a back-test.</summary>
internal sealed record BacktestResult
{
    /// <summary>Every case that was opened between the two times by either run.</summary>
    public required IReadOnlyList<CaseDifference> Cases { get; init; }

    /// <summary>Every rule that fired between the two times in either run, by name.</summary>
    public required IReadOnlyList<RuleDifference> Rules { get; init; }

    /// <summary>Records of the log.</summary>
    public required long Records { get; init; }

    /// <summary>Log time of the last.</summary>
    public required EventTime End { get; init; }

    /// <summary>Whether the log's beginning is gone.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>Damaged places of the log that were passed over.</summary>
    public required int Damaged { get; init; }

    /// <summary>Cases of the store that the first run did not file, or filed otherwise, and the other way round; null when there is no store.</summary>
    public required int? NotReproduced { get; init; }
}

/// <summary>
/// The stored log run twice through the engine, with the cities that held and with a candidate, and the cases of both set side by side.
/// What really happened, as the case store has it, is held against the first run: where they agree, the log reproduces what happened.
/// </summary>
/// <param name="data">The data directory.</param>
/// <param name="from">Cases opened before are passed over.</param>
/// <param name="to">Cases opened at this time or later are passed over, and the log is read no further.</param>
internal sealed class Backtest(string data, EventTime from, EventTime to)
{
    // Two cases of one key are one and the same that moved when they were open together, or opened within this time.
    private static readonly TimeSpan Near = TimeSpan.FromHours(1);

    /// <summary>Runs it.</summary>
    /// <param name="candidate">The city to try.</param>
    /// <param name="progress">Told the run (1, 2), records and the log's time; may be null.</param>
    /// <exception cref="ReplayException">The log cannot be read.</exception>
    public BacktestResult Run(CitySnapshot candidate, Action<int, long, EventTime>? progress)
    {
        Dictionary<string, int> firedBefore = new(StringComparer.Ordinal);
        Dictionary<string, int> firedAfter = new(StringComparer.Ordinal);
        LogReplay before = Replay(null, firedBefore, 1, progress, null);
        LogReplay after = Replay(candidate, firedAfter, 2, progress, before);
        List<Case> was = Within(before.Cases);
        return new BacktestResult
        {
            Cases = Compare(was, Within(after.Cases)),
            Rules = [.. firedBefore.Keys.Union(firedAfter.Keys).Order(StringComparer.Ordinal)
                .Select(r => new RuleDifference(r, firedBefore.GetValueOrDefault(r), firedAfter.GetValueOrDefault(r)))],
            Records = before.Records,
            End = before.End,
            IsPartial = before.IsPartial,
            Damaged = before.Damaged,
            NotReproduced = Stored(before.End) is { } stored ? Differences(was, stored) : null,
        };
    }

    /// <summary>Sets the cases of two runs side by side, in the order they were opened.</summary>
    internal static IReadOnlyList<CaseDifference> Compare(IReadOnlyList<Case> before, IReadOnlyList<Case> after)
    {
        List<CaseDifference> differences = [];
        ILookup<string, Case> byKey = after.ToLookup(c => c.Facts.Key.ToString(), StringComparer.Ordinal);
        HashSet<Case> paired = [];
        List<Case> left = [];
        foreach (Case was in before)
        {
            if (byKey[was.Facts.Key.ToString()].FirstOrDefault(c => !paired.Contains(c) && c.OpenedAt == was.OpenedAt) is { } same)
            {
                paired.Add(same);
                differences.Add(new CaseDifference(CaseFate.Same, was, same));
            }
            else
            {
                left.Add(was);
            }
        }

        foreach (Case was in left)
        {
            Case? moved = byKey[was.Facts.Key.ToString()].Where(c => !paired.Contains(c) && AreNear(was, c)).MinBy(c => (c.OpenedAt - was.OpenedAt).Duration());
            paired.UnionWith(moved is null ? [] : [moved]);
            differences.Add(new CaseDifference(moved is null ? CaseFate.Lost : CaseFate.Moved, was, moved));
        }

        differences.AddRange(after.Where(c => !paired.Contains(c)).Select(c => new CaseDifference(CaseFate.Gained, null, c)));
        return [.. differences.OrderBy(d => d.Either.OpenedAt).ThenBy(d => d.Either.Facts.Key.ToString(), StringComparer.Ordinal)];
    }

    private static bool AreNear(Case left, Case right) =>
        (left.OpenedAt - right.OpenedAt).Duration() <= Near
        || (left.OpenedAt < (right.ClosedAt ?? EventTime.MaxValue) && right.OpenedAt < (left.ClosedAt ?? EventTime.MaxValue));

    private static int Differences(IReadOnlyList<Case> replayed, IEnumerable<StoredCase> stored)
    {
        HashSet<StoredCase> left = [.. replayed.Select(c => new StoredCase(c.CaseNo, c.Facts.Key.ToString(), c.OpenedAt))];
        left.SymmetricExceptWith(stored);
        return left.Select(d => d.CaseNo).Distinct().Count();
    }

    // The second run ends where the first did, however far the log has grown meanwhile, and commands go to the cases they were meant for.
    private LogReplay Replay(CitySnapshot? candidate, Dictionary<string, int> fired, int run, Action<int, long, EventTime>? progress, LogReplay? first)
    {
        Dictionary<string, CaseKey>? numbered = first?.Cases.ToDictionary(c => c.CaseNo, c => c.Facts.Key, StringComparer.Ordinal);
        LogReplay replay = new(data, candidate, (transition, _) =>
        {
            if (transition.Kind == AlertTransitionKind.Firing && transition.At >= from && transition.At < to)
            {
                fired[transition.RuleName] = fired.GetValueOrDefault(transition.RuleName) + 1;
            }
        }, numbered is null ? null : numbered.GetValueOrDefault)
        {
            Until = to,
            To = first?.LastOffset,
            Progress = progress is null ? null : (records, at) => progress(run, records, at),
        };
        replay.Run();
        return replay;
    }

    private List<Case> Within(IEnumerable<Case> cases) =>
        [.. cases.Where(c => c.OpenedAt >= from && c.OpenedAt < to).OrderBy(c => c.OpenedAt).ThenBy(c => c.Number)];

    private IReadOnlyList<StoredCase>? Stored(EventTime end)
    {
        string path = Path.Combine(data, "cases.db");
        return File.Exists(path) ? StoredCase.Read(path, from, to < end ? to : end + TimeSpan.FromMilliseconds(1)) : null;
    }

    /// <summary>A candidate from a folder: a whole city, or rule files that stand in place of those of the city in force.</summary>
    /// <param name="folder">A folder with a city.yaml, or with rule files.</param>
    /// <param name="inForce">Gives the city in force; asked only where the folder is no city.</param>
    public static CitySnapshotResult Candidate(string folder, Func<CitySnapshot> inForce)
    {
        if (File.Exists(Path.Combine(folder, "city.yaml")))
        {
            return CitySnapshot.Read(folder);
        }

        const string Rules = "rules/";
        string from = Directory.Exists(Path.Combine(folder, "rules")) ? Path.Combine(folder, "rules") : folder;
        List<CityFile> files = [.. inForce().Files.Where(f => !f.Path.StartsWith(Rules, StringComparison.Ordinal))];
        files.AddRange(Directory.GetFiles(from, "*.yaml").Order(StringComparer.Ordinal).Select(f => new CityFile(Rules + Path.GetFileName(f), File.ReadAllText(f))));
        return CitySnapshot.Create(files);
    }
}
