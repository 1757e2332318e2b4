using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Host.Series;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>Reads what a timeline is made of: the effects beside <see cref="TimelineBuilder"/>. Safe for any number of threads.</summary>
/// <param name="store">The cases.</param>
/// <param name="series">The readings.</param>
/// <param name="evidence">The sealed evidence.</param>
/// <param name="archive">The cities of other days.</param>
internal sealed class TimelineReader(ICaseStore store, ISeriesStore series, EvidenceFolder evidence, CityArchive archive)
{
    /// <summary>Devices of a case whose readings are shown; the rest is counted.</summary>
    public const int DeviceLimit = 8;

    /// <summary>Fields of a device that are shown.</summary>
    public const int FieldLimit = 4;

    private readonly RulesArchive _rules = new(evidence, archive);

    private static readonly TimeSpan LongestLookBack = TimeSpan.FromDays(1);

    /// <summary>Reads it; null where there is no such case.</summary>
    /// <param name="caseNo">The case.</param>
    /// <param name="before">How far ahead of the first breaching reading it looks.</param>
    /// <param name="after">How far behind the end.</param>
    /// <param name="city">Today's city.</param>
    /// <param name="now">The log's time.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public TimelineSources? Read(string caseNo, TimeSpan before, TimeSpan after, CitySnapshot city, EventTime now, CancellationToken cancellation)
    {
        // Of the history read last the state is a fold: the two cannot disagree.
        IReadOnlyList<CaseEvent> history = store.History(caseNo);
        if (Case.Fold(history) is not { } c)
        {
            return null;
        }

        EventTime present = EventTime.Max(now, c.UpdatedAt);
        IReadOnlyList<RelatedCase> related = new RelatedCases(store).Of(c, history, TimelineWindow.EndOf(c, after, present), cancellation);
        Case[] children = [.. related.Where(r => r.Relation == CaseRelation.Child).Select(r => r.Case)];
        TimelineWindow window = TimelineWindow.Of(c, history, children, before, after, present);
        IReadOnlyList<CaseClockRun> clocks = CaseClockRun.Of(history, present);
        IReadOnlyList<TimeStretch> quiet = QuietTime.Of(c, history, clocks, window);
        IReadOnlyList<CaseDevice> devices = CaseDevice.Of(c, history, children);
        cancellation.ThrowIfCancellationRequested();
        Asked asked = new(RulesOfThen.Of(c, history, city, _rules), c, city, window, [.. devices.Take(DeviceLimit)]);
        cancellation.ThrowIfCancellationRequested();
        ReadingsReader readings = new(series, new SeriesCatalog(city.Definition.Devices, city.AreasAt(now)), window, quiet);
        List<DeviceReadings> measured = [.. Measured(asked, readings, cancellation)];
        IReadOnlyList<AlertTransition> alerts = Recollected(asked, readings, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new TimelineSources
        {
            Case = c,
            History = history,
            Now = present,
            Window = window,
            Clocks = clocks,
            Quiet = quiet,
            Names = Names(c, history, city),
            Readings = new TimelineReadings(measured, Math.Max(0, devices.Count - DeviceLimit), readings.IsCutShort),
            Related = related,
            Alerts = alerts,
            Forecasting = asked.NamesOf(r => true, v => v.Limits.Any(l => l.Kind == RuleLimitKind.Forecast)),
            Kindred = asked.NamesOf(r => r.Case is null, v => v.Fields.Any(asked.Fields.Contains)),
            AreRulesOfThen = asked.Rules.AreOfThen,
            Silences = [.. Silences(asked, reachesPresent: c.IsOpen || window.To >= present)],
            Switches = city.Definition.ModeSwitches,
        };
    }

    private static TimelineNames Names(Case c, IReadOnlyList<CaseEvent> history, CitySnapshot city)
    {
        Dictionary<string, string> parties = new(StringComparer.Ordinal);
        IEnumerable<string> ids = history.SelectMany(e => e switch
        {
            CaseUnowned u => [u.Territory],
            CaseDispatched d => [d.Lead],
            CaseWhistled w => w.Units,
            _ => Array.Empty<string>(),
        });
        foreach (string id in ids.Distinct())
        {
            parties[id] = city.Definition.Responsibility.Units.GetValueOrDefault(id)?.Name ?? city.FindArea(id)?.Name ?? id;
        }

        return new TimelineNames(city.TimeZone, parties, [.. c.Facts.AreaPath.Select(code => city.FindArea(code)?.Name ?? code)]);
    }

    private static IEnumerable<DeviceReadings> Measured(Asked asked, ReadingsReader readings, CancellationToken cancellation)
    {
        foreach (CaseDevice device in asked.Devices)
        {
            (string Field, TimelineLimit? Limit)[] looked = [.. asked.LooksAt(device)];
            List<DeviceReadings> series = [];
            foreach (IGrouping<string, (string Field, TimelineLimit? Limit)> field in looked.GroupBy(l => l.Field).Take(FieldLimit))
            {
                if (readings.Read(new SeriesKey(device.DeviceId, field.Key), [.. field.Select(f => f.Limit).OfType<TimelineLimit>()], cancellation) is { } found)
                {
                    series.Add(found);
                }
            }

            // A field may be sent less often than another: the device is silent when it sends none of them.
            IReadOnlyList<TimeStretch> silent = QuietTime.Common(series.Select(s => s.Silences));
            foreach (DeviceReadings one in series)
            {
                yield return series.Count == 1 ? one : one with { Silences = silent };
            }
        }
    }

    // Rules with a case have told what they said: it stands in the cases.
    private static IReadOnlyList<AlertTransition> Recollected(Asked asked, ReadingsReader readings, CancellationToken cancellation)
    {
        RuleDefinition[] without = [.. asked.Rules.Rules.Where(r => r.Case is null && r.Mode == RuleMode.Active)];
        Device[] devices = [.. asked.Devices.Select(d => asked.City.Definition.Devices.Find(d.DeviceId)).OfType<Device>()];
        if (without.Length == 0 || devices.Length == 0)
        {
            return [];
        }

        TimeSpan lookBack = RuleReach.Longest(asked.City.Rules) is var longest && longest < LongestLookBack ? longest : LongestLookBack;
        EventTime until = asked.Window.To;
        (IReadOnlyList<RecalledValue> values, bool isWhole) = readings.Recall(devices, lookBack, until, cancellation);
        if (!isWhole && asked.Window.Breach is { } breach && breach < until)
        {
            until = breach; // what warned did so before it
            (values, _) = readings.Recall(devices, lookBack, until, cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
        return values.Count == 0 ? [] : AlertRecollection.Of(without, devices, asked.Areas, asked.Context, values, until);
    }

    // Only today's silences are known. One without a beginning holds for as long as it has been written, which nobody knows: of a case that is over it tells nothing.
    private static IEnumerable<CoveringSilence> Silences(Asked asked, bool reachesPresent) =>
        from silence in asked.City.Definition.Silences
        where silence.From is not null || reachesPresent
        where asked.Devices.Any(d => asked.City.Definition.Devices.Find(d.DeviceId) is { } device
            && (silence.Rules.Count == 0 ? silence.IsFor(device, asked.Areas) : d.Rules.Any(r => silence.Covers(r.Name, device, asked.Areas))))
        let zone = asked.City.TimeZone
        select new CoveringSilence(silence.Id.Text, silence.From is { } begin ? LocalTime.Instant(begin, zone) : EventTime.MinValue, LocalTime.Instant(silence.Until, zone), silence.Reason);

    /// <summary>What is asked about: the devices shown, and the rules and areas of then.</summary>
    private sealed class Asked(RulesOfThen rules, Case c, CitySnapshot city, TimelineWindow window, IReadOnlyList<CaseDevice> devices)
    {
        private readonly Dictionary<(string Rule, string Kind), RuleView> _views = [];
        private HashSet<string>? _fields;

        /// <summary>The city as far as rules depend on it, in the mode of then.</summary>
        public CityContext Context { get; } = ContextOf(city, c.Facts.Mode);

        public RulesOfThen Rules => rules;

        public CitySnapshot City => city;

        public AreaTree Areas { get; } = city.AreasAt(c.OpenedAt);

        public TimelineWindow Window => window;

        public IReadOnlyList<CaseDevice> Devices => devices;

        /// <summary>Fields that the rules of the case look at.</summary>
        public HashSet<string> Fields => _fields ??= [.. devices.SelectMany(LooksAt).Select(l => l.Field)];

        /// <summary>The fields that the rules which fired on a device look at, each with each of its limits.</summary>
        public IEnumerable<(string Field, TimelineLimit? Limit)> LooksAt(CaseDevice device)
        {
            if (city.Definition.Devices.Find(device.DeviceId)?.Profile is not { } profile)
            {
                yield break;
            }

            foreach (RuleReference reference in device.Rules)
            {
                if (rules.Find(reference) is not { } found)
                {
                    continue;
                }

                RuleView view = ViewOf(found.Rule, profile);
                foreach (string field in view.Fields)
                {
                    yield return (field, null);
                }

                foreach (RuleLimit limit in view.Limits)
                {
                    yield return (limit.Field, new TimelineLimit(reference.Name, found.IsOfThen, limit));
                }
            }
        }

        /// <summary>Names of those among some rules of which something holds.</summary>
        public HashSet<string> NamesOf(Func<RuleDefinition, bool> among, Func<RuleView, bool> holds) =>
        [
            .. from profile in devices.Select(d => city.Definition.Devices.Find(d.DeviceId)?.Profile).OfType<DeviceProfile>().Distinct()
               from rule in rules.Rules
               where among(rule) && rule.Match.Kind.Text == profile.Kind && holds(ViewOf(rule, profile))
               select rule.Alert.Text,
        ];

        private static CityContext ContextOf(CitySnapshot city, string mode) =>
            CityContext.Of(city.Definition) is var context && context.Modes.Contains(mode) ? context with { Mode = mode } : context with { Mode = mode, Modes = [.. context.Modes, mode] };

        private RuleView ViewOf(RuleDefinition rule, DeviceProfile profile)
        {
            if (!_views.TryGetValue((rule.Alert.Text, profile.Kind), out RuleView? view))
            {
                _views[(rule.Alert.Text, profile.Kind)] = view = RuleView.Of(rule, profile, Context) ?? RuleView.Nothing;
            }

            return view;
        }
    }
}
