using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;
using Gateway.Rules.Overlays;
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

    private readonly EffectiveCity _effective;

    private readonly FrozenDictionary<string, EffectiveRule> _rulesByName;

    private readonly FrozenDictionary<string, WorkingCalendar> _calendars;

    private readonly IReadOnlyDictionary<string, CaseTerms> _terms;

    private CitySnapshot(string revision, IReadOnlyList<CityFile> files, EffectiveCity city, CityDefinition definition, IReadOnlyList<EffectiveRule> effective, RuleSet rules)
    {
        _effective = city;
        Effective = effective;
        _rulesByName = effective.ToFrozenDictionary(e => e.Rule.Alert.Text, StringComparer.Ordinal);
        Revision = revision;
        Files = files;
        Definition = definition;
        Rules = rules;
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById(definition.TimeZone);
        _calendars = definition.Calendars.ToFrozenDictionary(c => c.Id, c => new WorkingCalendar(c, TimeZone), StringComparer.Ordinal);
        _terms = CaseTerms.Of(definition.Rules);
        FileHashes = HashesOf(files);
    }

    /// <summary>SHA-256 over paths and texts of all files, lower-case hex.</summary>
    public string Revision { get; }

    /// <summary>The files it was made of.</summary>
    public IReadOnlyList<CityFile> Files { get; }

    /// <summary>As written, but for the rules: those that hold.</summary>
    public CityDefinition Definition { get; }

    /// <summary>As compiled.</summary>
    public RuleSet Rules { get; }

    /// <summary>The rules that hold, with the overlays each has been through.</summary>
    public IReadOnlyList<EffectiveRule> Effective { get; }

    /// <summary>The city's time zone.</summary>
    public TimeZoneInfo TimeZone { get; }

    /// <summary>SHA-256 of each file, by path, lower-case hex.</summary>
    public IReadOnlyDictionary<string, string> FileHashes { get; }

    /// <summary>The area tree that holds at a time: the newest that has begun, or the first of all.</summary>
    public AreaTree AreasAt(EventTime time) =>
        Definition.AreaTrees.LastOrDefault(t => t.ValidFrom <= time) ?? Definition.AreaTrees[0];

    /// <summary>A unit of any dated tree, the newest that has it: cases of a unit that is no more are still found by its code; null for none.</summary>
    public Area? FindArea(string code) => Definition.AreaTrees.Reverse().Select(t => t.Find(code)).FirstOrDefault(a => a is not null);

    /// <summary>The same city as its overlays make it at a time; always the same instance where the same overlays hold.</summary>
    public CitySnapshot At(EventTime time) => _effective.At(time);

    /// <summary>When another set of overlays holds after a time; never is <see cref="EventTime.MaxValue"/>.</summary>
    public EventTime NextChange(EventTime after) => EffectiveRules.NextChange(Definition.Overlays, after, TimeZone);

    /// <summary>A rule that holds, by its name; null when there is none.</summary>
    public EffectiveRule? Find(string rule) => _rulesByName.GetValueOrDefault(rule);

    /// <summary>SHA-256, lower-case hex, of what a rule was made of: of its file, or of that and the overlays it has been through.</summary>
    public string HashOf(RuleDefinition rule) => HashOf(new EffectiveRule(rule, Find(rule.Alert.Text)?.Overlays ?? []), FileHashes);

    /// <summary>SHA-256 of each of some files, by path, lower-case hex.</summary>
    public static IReadOnlyDictionary<string, string> HashesOf(IReadOnlyList<CityFile> files) =>
        files.ToDictionary(f => f.Path, f => Hash(Encoding.UTF8.GetBytes(f.Text)), StringComparer.Ordinal);

    /// <summary>The same of a rule of any city, by the hashes of that city's files.</summary>
    public static string HashOf(EffectiveRule rule, IReadOnlyDictionary<string, string> fileHashes)
    {
        string file = rule.Rule.Alert.Location.File;
        string own = fileHashes[file];
        string[] others = [.. rule.Overlays.Select(o => o.File).Where(f => f != file).Select(f => fileHashes[f])];
        return others.Length == 0 ? own : Hash(Encoding.ASCII.GetBytes(string.Concat([own, .. others])));
    }

    /// <summary>What case decisions look up at a time.</summary>
    public CaseSettings CaseSettingsAt(EventTime time, bool exercise) => new()
    {
        Router = new Router(Definition.Responsibility, Definition.Mode),
        Areas = AreasAt(time),
        Calendars = _calendars,
        Terms = _terms,
        Storms = Definition.Storms,
        Limits = Definition.Limits,
        TimeZone = TimeZone,
        Mode = Definition.Mode,
        Exercise = exercise,
    };

    /// <summary>Reads a city folder, checks and compiles it; all or nothing.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="mode">The switches of mode that hold besides, in place of any in the folder; null for none.</param>
    public static CitySnapshotResult Read(string directory, CityFile? mode = null)
    {
        CityFolderReading reading = CityFolder.Read(directory);
        CitySnapshotResult result = Create(mode is null ? reading.Files : With(reading.Files, mode));
        List<Finding> findings = [.. reading.Findings, .. result.Findings];
        return new CitySnapshotResult(reading.Findings.Any(f => f.Level == FindingLevel.Error) ? null : result.Snapshot, Ordered(findings));
    }

    /// <summary>Files of a city with one put in the place of the one of its path, or added.</summary>
    public static IReadOnlyList<CityFile> With(IReadOnlyList<CityFile> files, CityFile one) => [.. files.Where(f => f.Path != one.Path), one];

    /// <summary>Checks and compiles; all or nothing. The tests beside the rules are run too: a city whose own tests fail is refused.</summary>
    public static CitySnapshotResult Create(IReadOnlyList<CityFile> files)
    {
        (EffectiveCity? effective, IReadOnlyList<Finding> compiled) = Compile(files);
        if (effective is null)
        {
            return new CitySnapshotResult(null, compiled);
        }

        List<Finding> findings = [.. compiled, .. FailedTests(effective)];
        bool refused = findings.Any(f => f.Level == FindingLevel.Error);
        return new CitySnapshotResult(refused ? null : effective.At(EventTime.MinValue), Ordered(findings));
    }

    /// <summary>Checks and compiles, and leaves the tests; the city is null when there is an error.</summary>
    public static (EffectiveCity? City, IReadOnlyList<Finding> Findings) Compile(IReadOnlyList<CityFile> files)
    {
        CityReadResult read = CityReader.Read(files);
        if (read.City is not { } city)
        {
            return (null, Ordered([.. read.Findings, .. RuleCompiler.CheckExpressions(read.Draft.Rules, read.Draft.Devices, CityContext.Of(read.Draft))]));
        }

        EffectiveCity effective = new(files, city);
        IReadOnlyList<Finding> findings = Ordered([.. read.Findings, .. effective.Findings]);
        return (findings.Any(f => f.Level == FindingLevel.Error) ? null : effective, findings);
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

    private static IEnumerable<Finding> FailedTests(EffectiveCity city) =>
        from file in city.Tests()
        from result in file.Results
        from failure in result.Failures
        select new Finding(FindingLevel.Error, FailedTestCode, failure.Location, $"test \"{result.Name.Text}\" fails: {failure.Message}", "mend the rule or the test");

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static IReadOnlyList<Finding> Ordered(IEnumerable<Finding> findings) =>
        [.. findings.OrderBy(f => f.Location.File, StringComparer.Ordinal).ThenBy(f => f.Location.Line).ThenBy(f => f.Location.Column)];

    /// <summary>The snapshots of one city, one for each set of overlays that may hold together: all are compiled before any is taken.</summary>
    internal sealed class EffectiveCity
    {
        private const int CombinationLimit = 64;

        private readonly string _revision;
        private readonly IReadOnlyList<CityFile> _files;
        private readonly CityDefinition _city;
        private readonly CityContext _context;
        private readonly Dictionary<string, CitySnapshot> _byOverlays = new(StringComparer.Ordinal);
        private readonly HashSet<Finding> _findings = [];

        /// <summary>Compiles every combination, those of other modes than today's too.</summary>
        public EffectiveCity(IReadOnlyList<CityFile> files, CityDefinition city)
        {
            _revision = RevisionOf(files);
            _files = files;
            _city = city;
            _context = CityContext.Of(city);
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (string mode in city.Modes.Where(m => m == city.Mode || city.Overlays.Count > 0))
            {
                for (EventTime? at = EventTime.MinValue; at is { } time; at = Next(time))
                {
                    IReadOnlyList<OverlayDefinition> overlays = EffectiveRules.Holding(city.Overlays, time, mode, _context.TimeZone);
                    if (!seen.Add($"{mode} {Key(overlays)}"))
                    {
                        continue;
                    }

                    if (seen.Count > CombinationLimit)
                    {
                        _findings.Add(new Finding(FindingLevel.Error, FindingCodes.TooManyCombinations.Code, new SourceLocation(city.Overlays[^1].File, 1, 1), FindingCodes.TooManyCombinations.Meaning, FindingCodes.TooManyCombinations.Fix));
                        return;
                    }

                    Compile(overlays, _context with { Mode = mode }, isOfToday: mode == city.Mode);
                }
            }
        }

        /// <summary>What compiling found, each once.</summary>
        public IReadOnlyCollection<Finding> Findings => _findings;

        /// <summary>The city as written.</summary>
        public CityDefinition Written => _city;

        /// <summary>The snapshot of a time.</summary>
        public CitySnapshot At(EventTime time) => _byOverlays[Key(EffectiveRules.Holding(_city.Overlays, time, _city.Mode, _context.TimeZone))];

        /// <summary>Runs the tests beside the rules, and those of the overlays against the rules they change and bring.</summary>
        /// <param name="only">One file of them; null for all.</param>
        public IEnumerable<(string File, IReadOnlyList<RuleTestResult> Results)> Tests(string? only = null)
        {
            RuleTestBudget budget = new();
            IReadOnlyList<RuleTestResult> Run(IReadOnlyList<RuleTestDefinition> tests, IReadOnlyList<RuleDefinition> rules) =>
                RuleTestRunner.Run(tests, rules, _city.Devices, _city.AreaTrees[^1], _context, budget);
            foreach (IGrouping<string, RuleDefinition> file in _city.Rules.GroupBy(r => r.Alert.Location.File, StringComparer.Ordinal).Where(f => only is null || f.Key == only).OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                yield return (file.Key, Run(_city.Tests.GetValueOrDefault(file.Key) ?? [], [.. file]));
            }

            foreach (OverlayDefinition overlay in _city.Overlays.Where(o => only is null || o.File == only))
            {
                // The mode and the time it is for hold in its tests, where they say nothing else.
                IReadOnlyList<RuleTestDefinition> tests = [.. overlay.Tests.Select(t => t with { Mode = t.Mode ?? overlay.Mode, Start = t.Start ?? overlay.From })];
                yield return (overlay.File, Run(tests, [.. EffectiveRules.Of(_city.Rules, [overlay]).Where(r => r.Overlays.Count > 0).Select(r => r.Rule)]));
            }
        }

        private EventTime? Next(EventTime after) => EffectiveRules.NextChange(_city.Overlays, after, _context.TimeZone) is var next && next < EventTime.MaxValue ? next : null;

        private void Compile(IReadOnlyList<OverlayDefinition> overlays, CityContext context, bool isOfToday)
        {
            IReadOnlyList<EffectiveRule> effective = EffectiveRules.Of(_city.Rules, overlays);
            IReadOnlyList<RuleDefinition> rules = [.. effective.Select(e => e.Rule)];
            RuleCompilation compilation = RuleCompiler.Compile(rules, _city.Devices, _city.AreaTrees[^1], context);
            _findings.UnionWith(compilation.Findings);
            if (isOfToday && compilation.Rules is { } compiled)
            {
                _byOverlays[Key(overlays)] = new CitySnapshot(_revision, _files, this, _city with { Rules = rules }, effective, compiled);
            }
        }

        private static string Key(IEnumerable<OverlayDefinition> overlays) => string.Join('\n', overlays.Select(o => o.File));
    }
}
