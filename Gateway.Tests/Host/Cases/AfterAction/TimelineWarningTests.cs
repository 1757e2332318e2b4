using Gateway.Host.Cases.AfterAction;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>What counts as a warning ahead of a case, and what does not.</summary>
public sealed class TimelineWarningTests
{
    private static readonly AlertOccurrence Occurrence = new(
        AlertSeverity.Warning,
        TimelineDrill.At(0),
        Reports: true,
        new CaseEvidence(0, TimelineDrill.At(0), TimelineDrill.At(0), TimelineScenes.Gauge, "", "water_level 0.2 m >= 0.15", new RuleReference("rules/flood-underpass.yaml", "underpass-flood", "")));

    [Fact]
    public void Storm_begins_with_the_first_breach_of_any_of_its_parts_and_not_with_the_one_that_tipped_it()
    {
        using TimelineDrill drill = new();
        LongHistory history = new(20, 0, [TimelineScenes.Gauge]);
        Case[] children = [.. history.Cases.Where(c => c.CaseNo != history.Storm)];
        Case storm = history.Cases.Single(c => c.CaseNo == history.Storm);
        Case seen = children[3] with { Facts = children[3].Facts with { OccurredAt = TimelineDrill.At(-500), Rule = null, Source = "hotline" } };
        Case early = children[7] with { Facts = children[7].Facts with { OccurredAt = TimelineDrill.At(-20) } };
        CaseEvent[] events = [.. history.Events.Where(e => e.CaseNo == history.Storm)];

        Assert.Equal(TimelineDrill.At(-20), WindowOf([.. children, seen, early]).Breach);
        Assert.Equal(TimelineDrill.At(-20) - TimelineWindow.Usual, WindowOf([early]).From);
        Assert.Equal(TimelineDrill.At(0), WindowOf([]).Breach);
        Assert.Null(WindowOf([seen]).Breach);

        drill.Put(history.Events, [.. history.Cases.Except([children[7]]), early], TimelineDrill.At(120));
        Assert.Equal(TimelineDrill.At(-20), drill.Timeline(history.Storm, 120).Window.Breach); // as the store has it

        TimelineWindow WindowOf(Case[] parts) => TimelineWindow.Of(storm, events, parts, TimelineWindow.Usual, TimelineWindow.Usual, TimelineDrill.At(120));
    }

    [Fact]
    public void Case_that_was_less_bad_on_the_same_device_warned()
    {
        Forewarning warning = Assert.Single(Warned(other => other));
        Assert.Equal((TimelineDrill.At(-10), TimelineDrill.At(0), AlertSeverity.Warning), (warning.At, warning.Breach, warning.Ahead));
    }

    [Fact]
    public void Case_that_was_as_bad_warned_only_where_its_rule_foresees()
    {
        Assert.Empty(Warned(other => With(other, f => f with { Severity = AlertSeverity.Warning })));
        Assert.Empty(Warned(other => With(other, f => f with { Severity = AlertSeverity.Critical, Key = f.Key with { Event = "flood.road" } })));
        Assert.Single(Warned(other => With(other, f => f with { Severity = AlertSeverity.Warning }), forecasting: true));
    }

    [Fact]
    public void Case_of_something_else_warned_of_nothing()
    {
        Assert.Empty(Warned(other => With(other, f => f with { Key = f.Key with { Event = "gas.leak" } })));
        Assert.Empty(Warned(other => With(other, f => f with { Exercise = true })));
        Assert.Empty(Warned(other => other with { Status = CaseStatus.Voided }));
        Assert.Empty(Warned(other => With(other, f => f with { DeviceId = "FLD-000002" }), CaseRelation.Member));
        Assert.Single(Warned(other => other, CaseRelation.Member));
        Assert.Empty(Warned(other => other with { OpenedAt = TimelineDrill.At(-240 * 24 * 60) }));
        Assert.Empty(Warned(other => other with { ClosedAt = TimelineDrill.At(-5) }));
    }

    [Fact]
    public void Alert_is_measured_against_the_first_breach_and_not_against_what_the_case_became()
    {
        Assert.Single(Alerted(AlertSeverity.Info, -10, openedMinute: 1));
        Assert.Empty(Alerted(AlertSeverity.Warning, -10, openedMinute: 1));
    }

    [Fact]
    public void What_was_said_when_people_had_reported_it_already_warned_of_nothing()
    {
        Assert.Empty(Alerted(AlertSeverity.Info, -10, openedMinute: -30));
        Assert.Empty(Warned(other => other, openedMinute: -30));
        Assert.Single(Alerted(AlertSeverity.Info, -40, openedMinute: -30));
    }

    [Fact]
    public void Case_that_got_worse_says_how_long_it_was_there_before()
    {
        Forewarning warning = Assert.Single(Itself([Placed(2, 20, new SeverityRaised(AlertSeverity.Critical, "worse"), 30)]));
        Assert.Equal((TimelineDrill.At(1), TimelineDrill.At(30)), (warning.At, warning.Breach));
    }

    [Fact]
    public void Case_that_was_closed_in_between_and_opened_anew_as_something_worse_warned_of_nothing()
    {
        CaseEvent[] reopened =
        [
            Placed(2, 20, new CaseClosed(true, ""), 100),
            Placed(3, 30, new CaseReopened([], "again"), 1_300),
            Placed(4, 30, new OccurrenceAdded(Occurrence with { Severity = AlertSeverity.Critical, OccurredAt = TimelineDrill.At(1_299) }), 1_300),
            Placed(5, 30, new SeverityRaised(AlertSeverity.Critical, "worse"), 1_300),
        ];
        Assert.Empty(Itself(reopened));

        Forewarning later = Assert.Single(Itself([.. reopened[..3], Placed(5, 40, new SeverityRaised(AlertSeverity.Emergency, "worst"), 1_330)]));
        Assert.Equal((TimelineDrill.At(1_300), TimelineDrill.At(1_330)), (later.At, later.Breach));
    }

    [Fact]
    public void Worse_began_when_its_first_reading_was_beyond_and_not_when_that_had_held_long_enough()
    {
        CaseEvent[] worse =
        [
            Placed(2, 20, new OccurrenceAdded(Occurrence with { Severity = AlertSeverity.Critical, OccurredAt = TimelineDrill.At(25) }), 30),
            Placed(3, 20, new SeverityRaised(AlertSeverity.Critical, "worse"), 30),
        ];
        Assert.Equal(TimelineDrill.At(25), Assert.Single(Itself(worse)).Breach);
    }

    private static CaseEvent Placed(int sequence, long offset, CaseEvent next, double minute) =>
        next with { CaseNo = "AJ-20260127-000001", Sequence = sequence, Offset = offset, At = TimelineDrill.At(minute) };

    private static Case With(Case other, Func<CaseFacts, CaseFacts> change) => other with { Facts = change(other.Facts) };

    private static IReadOnlyList<Forewarning> Itself(IReadOnlyList<CaseEvent> more)
    {
        TimelineSources sources = Plain(openedMinute: 1);
        return TimelineBuilder.Build(sources with { History = [.. sources.History, .. more] }).Warnings;
    }

    // A case of the same device that was opened ten minutes before the first breach, changed.
    private static IReadOnlyList<Forewarning> Warned(Func<Case, Case> change, CaseRelation relation = CaseRelation.SameDevice, bool forecasting = false, double openedMinute = 1)
    {
        TimelineSources sources = Plain(openedMinute);
        Case other = sources.Case with
        {
            CaseNo = "AJ-20260127-000002",
            OpenedAt = TimelineDrill.At(-10),
            Facts = sources.Case.Facts with { Severity = AlertSeverity.Info, Rule = new RuleReference("", "other", "") },
        };
        return TimelineBuilder.Build(sources with { Related = [new RelatedCase(change(other), relation)], Forecasting = new HashSet<string>(forecasting ? ["other"] : []) }).Warnings;
    }

    private static IReadOnlyList<Forewarning> Alerted(AlertSeverity severity, double minute, double openedMinute)
    {
        EventTime at = TimelineDrill.At(minute);
        AlertTransition alert = new(0, 0, AlertTransitionKind.Firing, severity, at, at, at, IsAbsence: false, "it rises") { RuleName = "rising", DeviceId = TimelineScenes.Gauge };
        return TimelineBuilder.Build(Plain(openedMinute) with { Alerts = [alert], Kindred = new HashSet<string>(["rising"]) }).Warnings;
    }

    // A case whose first breach was at 0 as a warning, and which became critical.
    private static TimelineSources Plain(double openedMinute)
    {
        CaseFacts facts = new()
        {
            Key = new CaseKey("330102001", "flood.underpass", CaseScope.Device, TimelineScenes.Gauge),
            Severity = AlertSeverity.Warning,
            OccurredAt = TimelineDrill.At(0),
            Source = "sensor",
            Mode = "normal",
            AreaPath = ["330102001001G01"],
            AreaVersion = "2026-01-01",
            DeviceId = TimelineScenes.Gauge,
            Rule = Occurrence.Evidence.Rule,
        };
        bool isReported = openedMinute < 0;
        CaseEvent first = Placed(1, 1, new CaseCollected(facts, 1, isReported ? null : Occurrence), openedMinute);
        CaseEvent[] history = isReported ? [first, Placed(2, 2, new OccurrenceAdded(Occurrence), 1)] : [first];
        Case c = Case.Apply(null, first) with { Severity = AlertSeverity.Critical };
        EventTime now = TimelineDrill.At(2_000);
        return new TimelineSources
        {
            Case = c,
            History = history,
            Now = now,
            Window = new TimelineWindow(TimelineDrill.At(-60), now, TimelineDrill.At(0)),
            Clocks = [],
            Names = new TimelineNames(TimeZoneInfo.Utc, new Dictionary<string, string>(), []),
        };
    }
}
