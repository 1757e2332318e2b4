using System.Text.Json.Serialization;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>What a timeline says of a case, beyond what the golden files show.</summary>
public sealed class TimelineTests
{
    [Fact]
    public void Window_reaches_from_before_the_first_breach_to_behind_the_end_and_never_beyond_the_present()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            TimelineWindow usual = drill.Timeline(caseNo, now).Window;
            Case c = drill.Store.Find(caseNo)!;
            Assert.Equal((usual.Breach!.Value - TimeSpan.FromHours(1), c.ClosedAt!.Value + TimeSpan.FromHours(1)), (usual.From, usual.To));
            TimelineWindow wide = drill.Timeline(caseNo, now, TimeSpan.FromHours(6), TimeSpan.FromDays(7)).Window;
            Assert.Equal((usual.Breach!.Value - TimeSpan.FromHours(6), TimelineDrill.At(now)), (wide.From, wide.To));
        }
    }

    [Fact]
    public void Stages_are_all_seven_and_have_no_gaps_and_their_sum_is_the_duration()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            Assert.Equal(
                [CaseStatus.Collected, CaseStatus.Filed, CaseStatus.Dispatched, CaseStatus.InProgress, CaseStatus.Reported, CaseStatus.Verifying, CaseStatus.Closed, CaseStatus.Evaluated],
                timeline.Stages.Select(s => s.Status));
            Assert.All(timeline.Stages.Zip(timeline.Stages.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.Equal(timeline.Case.ClosedAt!.Value - timeline.Case.OpenedAt, TimeSpan.FromTicks(timeline.TimeSpent.Sum(s => s.Spent.Ticks)));
            Assert.Equal(CaseTime.Of(drill.Store.History(caseNo), timeline.Now), timeline.TimeSpent);
        }
    }

    [Fact]
    public void Silent_gauge_is_a_gap_with_nothing_received_and_something_expected()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            DeviceReadings series = Assert.Single(drill.Timeline(caseNo, now).Readings.Series);
            Assert.Equal(("water_level", "m"), (series.Key.Metric, series.Unit));
            Assert.Equal([new TimeStretch(TimelineDrill.At(30), TimelineDrill.At(46))], series.Silences);
            ReadingBucket[] silent = [.. series.Buckets.Where(b => b.Start > TimelineDrill.At(30) && b.Start + b.Width < TimelineDrill.At(46))];
            Assert.True(silent.Length > 10);
            Assert.All(silent, b => Assert.True(b is { Received: 0, Last: null, Minimum: null, Maximum: null, Expected: > 0 }));
            Assert.InRange(series.Buckets.Count, 100, ReadingsReader.BucketLimit);
            Assert.Equal(drill.Timeline(caseNo, now).Window.From, series.Buckets[0].Start);
        }
    }

    [Fact]
    public void Limits_are_those_of_the_rules_that_fired_and_what_must_hold_together_is_no_limit_by_itself()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            IReadOnlyList<TimelineLimit> limits = Assert.Single(drill.Timeline(caseNo, now).Readings.Series).Limits;
            Assert.All(limits, l => Assert.True(l.IsOfThen));
            Assert.Equal([0.15, 0.27, 0.5], limits.Where(l => l is { Rule: "underpass-flood", Limit.Kind: RuleLimitKind.Raise }).Select(l => l.Limit.Value));
            Assert.Equal([0.1, 0.15, 0.27], limits.Where(l => l is { Rule: "underpass-flood", Limit.Kind: RuleLimitKind.Clear }).Select(l => l.Limit.Value));
            Assert.Equal(
                [(RuleLimitKind.Part, 0.27, false), (RuleLimitKind.Forecast, 0.27, true)],
                limits.Where(l => l.Rule == "underpass-rising").Select(l => (l.Limit.Kind, l.Limit.Value, l.Limit.IsUpward)));
        }
    }

    [Fact]
    public void Case_that_a_forecast_opened_says_how_long_before_each_worse_severity_it_was_there()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            IReadOnlyList<Forewarning> warnings = drill.Timeline(caseNo, now).Warnings;
            Assert.Equal([AlertSeverity.Critical, AlertSeverity.Emergency], warnings.Select(w => w.Ahead));
            Assert.All(warnings, w => Assert.Equal((ForewarningSource.Severity, "underpass-rising"), (w.Source, w.Rule)));
            Assert.All(warnings, w => Assert.InRange(w.Lead, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(40)));
        }
    }

    [Fact]
    public void Clock_that_stood_still_has_its_pause_and_is_in_time_all_the_same()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Deferred();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            CaseClockRun resolve = Assert.Single(timeline.Clocks, k => k.Clock.Kind == ClockKind.Resolve);
            Assert.Equal(TimelineDrill.At(95), Assert.Single(resolve.Paused).From);
            Assert.Null(resolve.BreachedAt);
            CaseClockRun accept = Assert.Single(timeline.Clocks, k => k.Clock.Kind == ClockKind.Accept);
            Assert.Equal((accept.Clock.DueAt, TimelineDrill.At(42)), (accept.BreachedAt, Assert.Single(accept.Late).To));
            Assert.True(Assert.Single(timeline.Quiet) is { } quiet && quiet.To - quiet.From > TimeSpan.FromDays(9));
            Assert.All(timeline.Readings.Series, s => Assert.InRange(s.Buckets.Count, 100, ReadingsReader.BucketLimit));
            Assert.True(timeline.Readings.Series[0].Buckets.Count(b => b.Width <= TimeSpan.FromMinutes(1)) > 100); // the hours that matter keep their detail
        }
    }

    [Fact]
    public void Limits_are_of_the_day_where_its_city_is_sealed_and_said_to_be_todays_where_it_is_not()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            CityFile rules = drill.City.Files.Single(f => f.Path == "rules/flood-underpass.yaml");
            IReadOnlyList<CityFile> files = CitySnapshot.With(drill.City.Files, rules with { Text = rules.Text[..rules.Text.IndexOf("\ntests:", StringComparison.Ordinal)].Replace("water_level >= 0.50", "water_level >= 0.80", StringComparison.Ordinal) + "\n" });
            CitySnapshot today = CitySnapshot.Create(files).Snapshot!;
            Assert.Equal((0.8, false), Highest());
            drill.Seal(now, caseNo);
            Assert.Equal((0.5, true), Highest());

            (double Value, bool IsOfThen) Highest() => TimelineBuilder.Build(drill.Sources(caseNo, now, today: today)).Readings.Series[0].Limits
                .Where(l => l.Limit.Kind == RuleLimitKind.Raise).Select(l => (l.Limit.Value, l.IsOfThen)).Max();
        }
    }

    [Fact]
    public void Rule_whose_hash_is_another_than_that_of_the_sealed_city_is_not_the_rule_of_then()
    {
        using TimelineDrill drill = new();
        IReadOnlyDictionary<string, string> hashes = drill.City.FileHashes;
        RulesOfThen rules = new(drill.City.Effective, AreOfThen: true, hashes);
        Assert.True(Find(hashes["rules/flood-underpass.yaml"]));
        Assert.True(Find(""));
        Assert.False(Find(new string('a', 64)));
        Assert.False((rules with { AreOfThen = false }).Find(new RuleReference("", "underpass-flood", ""))!.Value.IsOfThen);

        bool Find(string hash) => rules.Find(new RuleReference("rules/flood-underpass.yaml", "underpass-flood", hash))!.Value.IsOfThen;
    }

    [Fact]
    public void Rules_of_then_are_read_once()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            drill.Seal(now, caseNo);
            CitySnapshot today = CitySnapshot.Create(CitySnapshot.With(drill.City.Files, new CityFile("silences/none.yaml", "silences: []\n"))).Snapshot!;
            Assert.NotEqual(drill.City.Revision, today.Revision);
            TimelineReader reader = drill.Reader;
            TimelineSources first = Read();
            Directory.Delete(drill.Evidence.Path, recursive: true);
            drill.Forget();
            Assert.True(first.AreRulesOfThen);
            Assert.True(Read().AreRulesOfThen);
            Assert.False(drill.Sources(caseNo, now, today: today).AreRulesOfThen); // one that has not read them

            TimelineSources Read() => reader.Read(caseNo, TimelineWindow.Usual, TimelineWindow.Usual, today, TimelineDrill.At(now), CancellationToken.None)!;
        }
    }

    [Fact]
    public void Alerts_are_worked_out_in_the_mode_the_city_was_in()
    {
        const string again = "AJ-20260127-000777";
        CityFile watch = new("rules/watch.yaml", """
            rules:
              - alert: watch
                match: {kind: flood}
                expr: "water_level >= 0.1 and mode == emergency"
                severity: info
            """);
        using TimelineDrill drill = new(snapshot: CitySnapshot.Create(CitySnapshot.With(CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!.Files, watch)).Snapshot!);
        drill.Levels(TimelineScenes.Gauge, -10, 20, 0.03, 0.4);
        string caseNo = Assert.Single(drill.Cases).CaseNo;
        CaseEvent[] events = [.. drill.Store.History(caseNo).Select(e => (e is CaseCollected c ? c with { Facts = c.Facts with { Mode = "emergency", Key = c.Facts.Key with { Instance = "another" } }, Number = 777 } : e) with { CaseNo = again })];
        drill.Put(events, [Case.Fold(events)!], TimelineDrill.At(20));
        Assert.DoesNotContain(drill.Sources(caseNo, 30).Alerts, a => a.RuleName == "watch");
        Assert.Contains(drill.Sources(again, 30).Alerts, a => a is { RuleName: "watch", Kind: AlertTransitionKind.Firing });
    }

    [Fact]
    public void Device_is_silent_while_it_sends_none_of_its_fields()
    {
        TimeStretch Span(double from, double to) => new(TimelineDrill.At(from), TimelineDrill.At(to));
        Assert.Equal([Span(2, 5), Span(8, 9), Span(20, 21)], QuietTime.Common([[Span(0, 5), Span(8, 9), Span(15, 30)], [Span(2, 10), Span(20, 21)]]));
        Assert.Equal([Span(1, 2)], QuietTime.Common([[Span(1, 2)]]));
        Assert.Empty(QuietTime.Common([[Span(1, 2)], []]));
    }

    [Fact]
    public void Seal_of_a_reopening_says_nothing_of_the_day_the_case_was_opened()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            drill.Seal(now, caseNo, decision: 7);
            Assert.False(drill.Sources(caseNo, now).AreRulesOfThen);
        }
    }

    [Fact]
    public void Silence_without_a_beginning_and_one_of_other_rules_is_not_told_of_a_case_that_is_over()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            CitySnapshot? today = CitySnapshot.Create(CitySnapshot.With(drill.City.Files, new CityFile("silences/all.yaml", """
                silences:
                  - {id: always, devices: [FLD-000001], until: 2027-01-01 00:00, reason: works, by: drainage-office}
                  - {id: then, devices: [FLD-000001], rules: [underpass-flood], from: 2026-01-20 00:00, until: 2026-02-15 00:00, reason: works, by: drainage-office}
                  - {id: other, devices: [FLD-000001], rules: [road-ponding], from: 2026-01-20 00:00, until: 2026-02-15 00:00, reason: works, by: drainage-office}
                """))).Snapshot;
            Assert.NotNull(today);
            Assert.Equal(["always", "then"], drill.Sources(caseNo, now, after: TimelineWindow.Longest, today: today).Silences.Select(s => s.Id).Order()); // its window reaches the present
            Assert.Equal(["then"], drill.Sources(caseNo, now + 10_000, today: today).Silences.Select(s => s.Id));
        }
    }

    [Fact]
    public void Silences_of_the_device_and_switches_of_the_mode_within_the_window_are_told()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            TimelineSources sources = drill.Sources(caseNo, now) with
            {
                Silences = [new CoveringSilence("pump-works", EventTime.MinValue, TimelineDrill.At(10), "ring 13800138000"), new CoveringSilence("old", EventTime.MinValue, TimelineDrill.At(-999), "")],
                Switches = [new ModeSwitch("emergency", "supervisor/chen", "red rain warning", TimelineDrill.At(-5)), new ModeSwitch("normal", "supervisor/chen", "over", TimelineDrill.At(9999))],
            };
            Timeline timeline = TimelineBuilder.Build(sources);
            TimelineEntry silence = Assert.Single(timeline.Entries, e => e.Type == TimelineEntry.SilenceType);
            Assert.Equal((timeline.Window.From, TimelineDrill.At(10), "silence pump-works: ring ***"), (silence.At, silence.Until, silence.Text));
            TimelineEntry mode = Assert.Single(timeline.Entries, e => e.Type == TimelineEntry.ModeType);
            Assert.Equal(("supervisor/chen", "the city goes to mode emergency: red rain warning"), (mode.Actor, mode.Text));
            Assert.Contains("静默 silence", TimelinePicture.Draw(timeline), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Device_that_was_silent_in_the_case_has_its_other_case_beside_it()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            RelatedCase other = Assert.Single(drill.Timeline(caseNo, now).Related);
            Assert.Equal(("device.silent", CaseRelation.SameDevice), (other.Case.Facts.Key.Event, other.Relation));
        }
    }

    [Fact]
    public void Case_without_readings_has_none_and_a_picture_that_says_so()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Reported();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            Assert.Empty(timeline.Readings.Series);
            Assert.Null(timeline.Window.Breach);
            Assert.Contains("No readings: people reported it", TimelinePicture.Draw(timeline), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_rule_of_the_sample_city_can_be_looked_at_alone()
    {
        using TimelineDrill drill = new();
        CityContext context = CityContext.Of(drill.City.Definition);
        Assert.All(drill.City.Effective.Select(e => e.Rule), rule =>
        {
            DeviceProfile profile = drill.City.Definition.Devices.Profiles.Single(p => p.Kind == rule.Match.Kind.Text);
            Assert.True(RuleView.Of(rule, profile, context) is not null, $"{rule.Alert} does not compile alone");
        });
    }

    [Fact]
    public void Unknown_case_has_no_timeline()
    {
        using TimelineDrill drill = new();
        Assert.Null(drill.Sources("AJ-20200101-000001", 0));
    }

    [Fact]
    public void Every_kind_of_event_and_status_has_a_name_in_both_languages()
    {
        object[] types = [.. typeof(CaseEvent).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false).Cast<JsonDerivedTypeAttribute>().Select(a => a.TypeDiscriminator!)];
        Assert.NotEmpty(types);
        Assert.All(types, t => Assert.True(PictureWords.Knows((string)t), $"{t} has no name"));
        Assert.Equal(Enum.GetValues<CaseStatus>().Length, Enum.GetValues<CaseStatus>().Select(s => PictureWords.Of(s).ToString()).Distinct().Count());
    }
}
