using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;
using Gateway.Rules.Testing;

namespace Gateway.Host.City;

/// <summary>Result of making a snapshot: the snapshot when there is no error, and every finding either way.</summary>
/// <param name="Snapshot">The snapshot, or null.</param>
/// <param name="Findings">All findings of all files, in the order of file, line and column.</param>
internal sealed record CitySnapshotResult(CitySnapshot? Snapshot, IReadOnlyList<Finding> Findings);

/// <summary>
/// Everything operators edit, read, checked and compiled as one: the only form in which the running gateway knows it. Immutable,
/// safe for any number of threads; the revision is the SHA-256 over all its files.
/// </summary>
internal sealed class CitySnapshot
{
    /// <summary>Code of the finding that a rule's own test fails.</summary>
    public const string FailedTestCode = "T001";

    private CitySnapshot(string revision, IReadOnlyList<CityFile> files, CityDefinition definition, RuleSet rules)
    {
        Revision = revision;
        Files = files;
        Definition = definition;
        Rules = rules;
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById(definition.TimeZone);
        FileHashes = files.ToDictionary(f => f.Path, f => Hash(Encoding.UTF8.GetBytes(f.Text)), StringComparer.Ordinal);
    }

    /// <summary>SHA-256 over paths and texts of all files, lower-case hex.</summary>
    public string Revision { get; }

    /// <summary>The files it was made of.</summary>
    public IReadOnlyList<CityFile> Files { get; }

    /// <summary>As written.</summary>
    public CityDefinition Definition { get; }

    /// <summary>As compiled.</summary>
    public RuleSet Rules { get; }

    /// <summary>The city's time zone.</summary>
    public TimeZoneInfo TimeZone { get; }

    /// <summary>SHA-256 of each file, by path, lower-case hex.</summary>
    public IReadOnlyDictionary<string, string> FileHashes { get; }

    /// <summary>The area tree that holds at a time: the newest that has begun, or the first of all.</summary>
    public AreaTree AreasAt(EventTime time) =>
        Definition.AreaTrees.LastOrDefault(t => t.ValidFrom <= time) ?? Definition.AreaTrees[0];

    /// <summary>What case decisions look up at a time.</summary>
    public CaseSettings CaseSettingsAt(EventTime time, bool exercise) => new()
    {
        Router = new Router(Definition.Responsibility),
        Areas = AreasAt(time),
        TimeZone = TimeZone,
        Mode = Definition.Mode,
        Exercise = exercise,
    };

    /// <summary>Reads a city folder, checks and compiles it; all or nothing.</summary>
    public static CitySnapshotResult Read(string directory)
    {
        CityFolderReading reading = CityFolder.Read(directory);
        CitySnapshotResult result = Create(reading.Files);
        List<Finding> findings = [.. reading.Findings, .. result.Findings];
        return new CitySnapshotResult(reading.Findings.Any(f => f.Level == FindingLevel.Error) ? null : result.Snapshot, Ordered(findings));
    }

    /// <summary>Checks and compiles; all or nothing. The tests beside the rules are run too: a city whose own tests fail is refused.</summary>
    public static CitySnapshotResult Create(IReadOnlyList<CityFile> files)
    {
        CityReadResult read = CityReader.Read(files);
        if (read.City is not { } city)
        {
            return new CitySnapshotResult(null, Ordered([.. read.Findings, .. RuleCompiler.CheckExpressions(read.Draft.Rules, read.Draft.Devices, CityContext.Of(read.Draft))]));
        }

        RuleCompilation compilation = RuleCompiler.Compile(city.Rules, city.Devices, city.AreaTrees[^1], CityContext.Of(city));
        List<Finding> findings = [.. read.Findings, .. compilation.Findings];
        bool refused = compilation.Rules is null || findings.Any(f => f.Level == FindingLevel.Error);
        if (!refused)
        {
            findings.AddRange(FailedTests(city));
            refused = findings.Any(f => f.Level == FindingLevel.Error);
        }

        CitySnapshot? snapshot = refused ? null : new CitySnapshot(RevisionOf(files), files, city, compilation.Rules!);
        return new CitySnapshotResult(snapshot, Ordered(findings));
    }

    /// <summary>The revision of a set of files.</summary>
    public static string RevisionOf(IReadOnlyList<CityFile> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (CityFile file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            byte[] path = Encoding.UTF8.GetBytes(file.Path);
            byte[] text = Encoding.UTF8.GetBytes(file.Text);
            hash.AppendData(BitConverter.GetBytes(path.Length));
            hash.AppendData(path);
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<Finding> FailedTests(CityDefinition city)
    {
        RuleTestBudget budget = new();
        return from file in city.Tests
               let rules = city.Rules.Where(r => r.Alert.Location.File == file.Key).ToList()
               from result in RuleTestRunner.Run(file.Value, rules, city.Devices, city.AreaTrees[^1], CityContext.Of(city), budget)
               from failure in result.Failures
               select new Finding(FindingLevel.Error, FailedTestCode, failure.Location, $"test \"{result.Name.Text}\" fails: {failure.Message}", "mend the rule or the test");
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static IReadOnlyList<Finding> Ordered(IEnumerable<Finding> findings) =>
        [.. findings.OrderBy(f => f.Location.File, StringComparer.Ordinal).ThenBy(f => f.Location.Line).ThenBy(f => f.Location.Column)];
}
