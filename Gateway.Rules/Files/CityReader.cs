using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Files.Readers;
using Gateway.Rules.Files.Yaml;
using Gateway.Rules.Overlays;
using Gateway.Rules.Suppression;

namespace Gateway.Rules.Files;

/// <summary>
/// Reads a whole city folder: every file by the reader of its kind, then the checks across files, and all findings at once. Pure: the
/// same files give the same result. Expressions are kept as text with their place; the rule compiler reads them.
/// </summary>
public static class CityReader
{
    /// <summary>Reads the files; bad input of any kind gives findings, never an exception.</summary>
    /// <param name="files">The files of the folder, in any order; they are read in ordinal order of their paths.</param>
    public static CityReadResult Read(IReadOnlyList<CityFile> files)
    {
        FindingSink sink = new();
        CityDefinition city = new Reading(CityFileSet.Sort(files, sink), sink).ReadCity();
        IReadOnlyList<Finding> findings = sink.ToSortedList();
        return new CityReadResult(findings.Any(f => f.Level == FindingLevel.Error) ? null : city, city, findings);
    }

    /// <summary>One reading; each step uses what the steps before it found out, however much of that was wrong.</summary>
    private sealed class Reading(CityFileSet files, FindingSink sink)
    {
        public CityDefinition ReadCity()
        {
            CitySettings settings = ReadSettings();
            IReadOnlyList<AreaTree> trees = ReadAreaTrees(settings);
            AreaIndex areas = new(trees);

            IReadOnlyList<ProfileSource> profiles = ReadProfiles(out HashSet<string> brokenKinds);
            DeviceFileReader devices = new(profiles.Select(p => p.Profile), brokenKinds, areas, sink);
            foreach (CityFile file in files.Of(CityFileKind.Devices))
            {
                devices.Read(file);
            }

            IReadOnlyList<CalendarDefinition> calendars = ReadCalendars(out HashSet<string> calendarIds);
            IReadOnlyList<RuleFile> ruleFiles = ReadRules();
            IReadOnlyList<RuleDefinition> rules = [.. ruleFiles.SelectMany(f => f.Rules)];
            IReadOnlyList<OverlayDefinition> overlays = ReadOverlays(rules, settings);
            IReadOnlyList<RuleDefinition> all = [.. rules, .. overlays.SelectMany(o => o.Rules)];
            RuleCheck ruleCheck = new(sink, areas);
            ruleCheck.CheckNames(all);
            ruleCheck.CheckReferences(all, profiles.Select(p => p.Kind.Text).ToHashSet(StringComparer.Ordinal), brokenKinds, devices);

            ruleCheck.CheckInhibitions(all);
            IReadOnlyList<SilenceDefinition> silences = ReadSilences(new SilenceFileReader(sink, all.Select(r => r.Alert.Text).ToHashSet(StringComparer.Ordinal), devices, areas));
            ResponsibilityList responsibility = ReadDuty(areas, calendarIds, all, settings);
            return new CityDefinition
            {
                Name = settings.Name,
                TimeZone = settings.TimeZone,
                PartitionLevel = settings.PartitionLevel,
                Modes = settings.Modes,
                Mode = settings.Mode,
                ModeSwitches = settings.ModeSwitches,
                Storms = settings.Storms,
                Limits = settings.ModeLimits.GetValueOrDefault(settings.Mode, settings.Limits),
                AreaTrees = trees,
                Devices = new DeviceRegister([.. profiles.Select(p => p.Profile)], sink.HasErrors ? [] : devices.Devices),
                Rules = rules,
                Overlays = overlays,
                Silences = silences,
                Tests = ruleFiles.ToDictionary(f => f.Path, f => f.Tests, StringComparer.Ordinal),
                Responsibility = responsibility,
                Calendars = calendars,
            };
        }

        private CitySettings ReadSettings()
        {
            IReadOnlyList<CityFile> found = files.Of(CityFileKind.City);
            if (found.Count == 0)
            {
                Missing("city.yaml", "city.yaml with the city's name and time zone");
                return new CitySettings();
            }

            CitySettings settings = Tree(found[0]) is { } node ? CityFileReader.Read(node, sink) : new CitySettings();
            IReadOnlyList<ModeSwitch> switches = files.Of(CityFileKind.Mode) is [var file] && Tree(file) is { } tree ? new ModeFileReader(sink, settings.Modes).Read(tree) : [];
            return switches is [var latest, ..] && settings.Modes.Contains(latest.Mode) ? settings with { Mode = latest.Mode, ModeSwitches = switches } : settings;
        }

        private IReadOnlyList<AreaTree> ReadAreaTrees(CitySettings settings)
        {
            IReadOnlyList<CityFile> found = files.Of(CityFileKind.Areas);
            if (found.Count == 0)
            {
                Missing("areas/", "a file of areas/ with the area tree");
            }

            List<AreaTreeSource> trees = [];
            foreach (CityFile file in found)
            {
                if (Tree(file) is not { } node || new AreaFileReader(settings.AreaCodes, sink).Read(node) is not { } tree)
                {
                    continue;
                }

                if (trees.Find(t => t.Tree.Version == tree.Tree.Version) is { } sameVersion)
                {
                    sink.Add(FindingCodes.DuplicateTree, tree.VersionLocation, $"version {FindingSink.Quote(tree.Tree.Version)} is also that of {sameVersion.VersionLocation}");
                }
                else if (trees.Find(t => t.Tree.ValidFrom == tree.Tree.ValidFrom) is { } sameDay)
                {
                    sink.Add(FindingCodes.DuplicateTree, tree.ValidFromLocation, $"valid_from is also that of {sameDay.ValidFromLocation}");
                }

                trees.Add(tree);
            }

            return [.. trees.Select(t => t.Tree).OrderBy(t => t.ValidFrom)];
        }

        private IReadOnlyList<ProfileSource> ReadProfiles(out HashSet<string> brokenKinds)
        {
            IReadOnlyList<CityFile> found = files.Of(CityFileKind.Profiles);
            if (found.Count == 0)
            {
                Missing("profiles/", "a file of profiles/ for each device kind");
            }

            brokenKinds = new HashSet<string>(StringComparer.Ordinal);
            List<ProfileSource> profiles = [];
            foreach (CityFile file in found)
            {
                if (Tree(file) is { } node && ProfileFileReader.Read(node, sink) is { } profile)
                {
                    profiles.Add(profile);
                }
                else
                {
                    // By custom a file is called after its kind; so a broken profile does not make every device of it wrong too.
                    brokenKinds.Add(CityFileSet.Stem(file));
                }
            }

            return ProfileCheck.Check(profiles, sink);
        }

        private IReadOnlyList<CalendarDefinition> ReadCalendars(out HashSet<string> ids)
        {
            Dictionary<string, CalendarDefinition> calendars = new(StringComparer.Ordinal);
            ids = new HashSet<string>(StringComparer.Ordinal);
            foreach (CityFile file in files.Of(CityFileKind.Calendars))
            {
                if (Tree(file) is not { } node || new CalendarFileReader(sink).Read(node) is not { } calendar)
                {
                    ids.Add(CityFileSet.Stem(file));
                }
                else if (!calendars.TryAdd(calendar.Id, calendar))
                {
                    SourceLocation first = calendars[calendar.Id].Location;
                    sink.Add(FindingCodes.DuplicateCalendar, calendar.Location, $"calendar {FindingSink.Quote(calendar.Id)} is written twice, first at {first}");
                }
            }

            ids.UnionWith(calendars.Keys);
            return [.. calendars.Values];
        }

        private IReadOnlyList<RuleFile> ReadRules()
        {
            List<RuleFile> read = [];
            foreach (CityFile file in files.Of(CityFileKind.Rules))
            {
                if (Tree(file) is { } node)
                {
                    read.Add(new RuleFileReader(sink).Read(file.Path, node));
                }
            }

            return read;
        }

        private List<OverlayDefinition> ReadOverlays(IReadOnlyList<RuleDefinition> rules, CitySettings settings)
        {
            OverlayFileReader reader = new(sink, rules.Select(r => r.Alert.Text).ToHashSet(StringComparer.Ordinal), settings.Modes);
            List<OverlayDefinition> read = [];
            foreach (CityFile file in files.Of(CityFileKind.Overlays))
            {
                if (Tree(file) is { } node)
                {
                    read.Add(reader.Read(file.Path, node));
                }
            }

            ILookup<string, RuleDefinition> byName = rules.ToLookup(r => r.Alert.Text, StringComparer.Ordinal);
            foreach (RuleChange change in read.SelectMany(o => o.Changes))
            {
                RuleDefinition? rule = byName[change.Alert.Text].FirstOrDefault();
                foreach (LevelChange level in change.Levels.Where(l => l.Expression is null && rule is not null && rule.Levels.All(r => r.Severity != l.Severity)))
                {
                    sink.Add(FindingCodes.OverlayLevel, level.Location, $"rule {FindingSink.Quote(change.Alert.Text)} has no level {level.Severity.ToString().ToLowerInvariant()}");
                }
            }

            return read;
        }

        private List<SilenceDefinition> ReadSilences(SilenceFileReader reader)
        {
            List<SilenceDefinition> read = [];
            foreach (CityFile file in files.Of(CityFileKind.Silences))
            {
                if (Tree(file) is { } node)
                {
                    read.AddRange(reader.Read(node));
                }
            }

            return read;
        }

        private ResponsibilityList ReadDuty(AreaIndex areas, HashSet<string> calendarIds, IReadOnlyList<RuleDefinition> rules, CitySettings settings)
        {
            bool complete = true;
            List<DutyFile> read = [];
            foreach (CityFile file in files.Of(CityFileKind.Duty))
            {
                if (Tree(file) is { } node)
                {
                    read.Add(new DutyFileReader(sink, settings.Modes).Read(node));
                }
                else
                {
                    complete = false;
                }
            }

            DutyCheck check = new(sink, areas);
            ResponsibilityList list = check.Check(read, complete, calendarIds);
            if (complete)
            {
                check.CheckRoutes(rules);
            }

            return list;
        }

        /// <summary>The file's tree, or null when it is broken, or empty, which is a finding as well.</summary>
        private YamlNode? Tree(CityFile file)
        {
            int before = sink.Count;
            YamlNode? node = YamlTreeReader.Read(file, sink);
            if (node is null && sink.Count == before)
            {
                sink.Add(FindingCodes.MissingKey, new SourceLocation(file.Path, 1, 1), "the file is empty", "write its content, or remove it");
            }

            return node;
        }

        private void Missing(string path, string what) =>
            sink.Add(FindingCodes.MissingFile, new SourceLocation(path, 1, 1), $"the city has no {path}", $"add {what}; city generate writes a whole example");
    }
}
