using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>Makes a timeline of what the stores have. Pure: the log's time is a part of what it is given.</summary>
internal static class TimelineBuilder
{
    /// <summary>Clocks shown at most.</summary>
    public const int ClockLimit = 50;

    /// <summary>Related cases shown at most.</summary>
    public const int RelatedLimit = 50;

    /// <summary>Longest text of an entry, characters; the whole one is in the case.</summary>
    public const int TextLengthLimit = 400;

    private static readonly FrozenDictionary<Type, string> Types =
        typeof(CaseEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().ToFrozenDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!);

    /// <summary>Makes it.</summary>
    public static Timeline Build(TimelineSources sources)
    {
        TimelineWindow window = sources.Window;
        EventTime until = sources.Case.IsOpen ? sources.Now : window.To;
        IReadOnlyList<CaseStretch> stages = CaseTime.Stretches(sources.History, until);
        IReadOnlyList<CaseClockRun> clocks = sources.Clocks;
        RelatedCase[] related = [.. sources.Related.Where(r => WasOpen(r, window)).OrderBy(r => r.Case.OpenedAt).ThenBy(r => r.Case.Number)];
        RelatedCase[] shown = [.. related.OrderBy(r => r.Relation == CaseRelation.Child).Take(RelatedLimit).OrderBy(r => r.Case.OpenedAt).ThenBy(r => r.Case.Number)];
        return new Timeline
        {
            Case = sources.Case,
            Now = sources.Now,
            Window = window,
            Quiet = sources.Quiet,
            Names = sources.Names,
            Stages = stages,
            TimeSpent = CaseTime.Sum(stages),
            Clocks = [.. clocks.TakeLast(ClockLimit)],
            ClocksLeftOut = Math.Max(0, clocks.Count - ClockLimit),
            Entries = TimelineFold.Fold([.. sources.History.Select(e => EntryOf(e, window)), .. Alerts(sources), .. Silences(sources), .. Switches(sources)], window),
            Readings = sources.Readings,
            Related = shown,
            RelatedLeftOut = related.Length - shown.Length,
            Children = [.. related.Where(r => r.Relation == CaseRelation.Child).Select(r => new TimeStretch(r.Case.OpenedAt, r.Case.ClosedAt ?? EventTime.Max(sources.Now, r.Case.OpenedAt)))],
            Warnings = [.. Warnings(sources, related).OrderBy(w => w.At)],
        };
    }

    // A reopened case has no end, whatever it once had.
    private static bool WasOpen(RelatedCase other, TimelineWindow window) =>
        other.Case.OpenedAt <= window.To && (other.Case.ClosedAt is not { } closed || closed >= window.From);

    private static TimelineEntry EntryOf(CaseEvent next, TimelineWindow window) =>
        new(next.At, next.At, Types[next.GetType()], LaneOf(next), next.Actor, Text(next.Summary))
        {
            IsAfter = next.At > window.To,
            Clock = next switch { ClockReminded reminded => reminded.Clock, ClockOverdue overdue => overdue.Clock, _ => null },
        };

    private static TimelineLane LaneOf(CaseEvent next) => next switch
    {
        CaseCollected or OccurrenceAdded or AlertPendingAgain or AlertCleared or SeverityRaised or ConditionCleared or ConditionBreached or ConditionHeld or CaseReportJoined => TimelineLane.Sensing,
        ClockReminded or ClockOverdue or CaseSupervised or CaseWhistled or PartyArrived => TimelineLane.Supervision,
        CaseMerged or CaseMemberJoined or CaseStormJoined or StormChildJoined or EvidenceSealed or CaseRated => TimelineLane.Surroundings,
        _ => TimelineLane.Work,
    };

    private static IEnumerable<TimelineEntry> Alerts(TimelineSources sources) =>
        from alert in sources.Alerts
        where sources.Window.Has(alert.At) && alert.Kind is AlertTransitionKind.Firing or AlertTransitionKind.Resolved
        let fires = alert.Kind == AlertTransitionKind.Firing
        select new TimelineEntry(
            alert.At,
            alert.At,
            fires ? TimelineEntry.FiringType : TimelineEntry.ResolvedType,
            TimelineLane.Sensing,
            CaseEvent.GatewayActor,
            Text(fires ? $"{alert.RuleName} on {alert.DeviceId}: {alert.Cause}" : $"{alert.RuleName} on {alert.DeviceId} is over"));

    private static IEnumerable<TimelineEntry> Silences(TimelineSources sources) =>
        from silence in sources.Silences
        where silence.From <= sources.Window.To && silence.Until >= sources.Window.From
        select new TimelineEntry(
            EventTime.Max(silence.From, sources.Window.From),
            EventTime.Min(silence.Until, sources.Window.To),
            TimelineEntry.SilenceType,
            TimelineLane.Surroundings,
            CaseEvent.GatewayActor,
            Text($"silence {silence.Id}{(silence.Reason.Length > 0 ? $": {silence.Reason}" : "")}"));

    private static IEnumerable<TimelineEntry> Switches(TimelineSources sources) =>
        from one in sources.Switches
        where sources.Window.Has(one.At)
        select new TimelineEntry(one.At, one.At, TimelineEntry.ModeType, TimelineLane.Surroundings, one.Actor, Text($"the city goes to mode {one.Mode}: {one.Reason}"));

    private static IEnumerable<Forewarning> Warnings(TimelineSources sources, IReadOnlyList<RelatedCase> related)
    {
        if (sources.Window.Breach is not { } breach)
        {
            return [];
        }

        return [.. EarlierCases(sources.Case, related, breach), .. EarlierAlerts(sources, breach), .. Itself(sources.History, breach)];
    }

    // Of the same family on the same devices, less bad at first, and still open when it came true.
    private static IEnumerable<Forewarning> EarlierCases(Case c, IReadOnlyList<RelatedCase> related, EventTime breach) =>
        from other in related
        where other.Relation is CaseRelation.SameDevice or CaseRelation.Member
            && StormSettings.FamilyOf(other.Case.Facts.Key.Event) == StormSettings.FamilyOf(c.Facts.Key.Event)
            && other.Case.OpenedAt < breach && (other.Case.ClosedAt is not { } closed || closed >= breach)
            && (other.Case.Facts.Severity < c.Severity || other.Case.Facts.Key.Event != c.Facts.Key.Event)
        let facts = other.Case.Facts
        select new Forewarning(
            ForewarningSource.Case, facts.Rule?.Name ?? "", other.Case.CaseNo, facts.DeviceId, facts.Severity, c.Severity, other.Case.OpenedAt, breach, other.Case.Evidence is [var first, ..] ? Text(first.Cause) : "", IsOfThen: true);

    // The latest time it fired before the breach, where it was still firing then.
    private static IEnumerable<Forewarning> EarlierAlerts(TimelineSources sources, EventTime breach)
    {
        foreach (IGrouping<(string RuleName, string DeviceId), AlertTransition> alert in sources.Alerts.GroupBy(a => (a.RuleName, a.DeviceId)))
        {
            AlertTransition? last = alert.LastOrDefault(a => a.At < breach && a.Kind is AlertTransitionKind.Firing or AlertTransitionKind.Resolved);
            if (last is { Kind: AlertTransitionKind.Firing } && last.At >= sources.Window.From && sources.Kindred.Contains(last.RuleName)
                && (last.Severity < sources.Case.Severity || sources.Forecasting.Contains(last.RuleName)))
            {
                yield return new Forewarning(ForewarningSource.Alert, last.RuleName, "", last.DeviceId, last.Severity, sources.Case.Severity, last.At, breach, Text(last.Cause), sources.AreRulesOfThen);
            }
        }
    }

    // The case was there before it became worse: that is a warning too, of each severity it reached.
    private static IEnumerable<Forewarning> Itself(IReadOnlyList<CaseEvent> history, EventTime breach)
    {
        EventTime opened = history[0].At;
        return history.SelectMany(TimelineWindow.Occurrences).FirstOrDefault() is { } first && opened >= breach
            ? from worse in history.OfType<SeverityRaised>().DistinctBy(e => e.Severity)
              where worse.At > opened
              select new Forewarning(
                  ForewarningSource.Severity, first.Evidence.Rule.Name, history[0].CaseNo, first.Evidence.DeviceId, first.Severity, worse.Severity, opened, worse.At, Text(worse.Cause), IsOfThen: true)
            : [];
    }

    // What operators write into their files has not been through the door of the API.
    private static string Text(string text)
    {
        string struck = PersonNumbers.Strike(text);
        return struck.Length <= TextLengthLimit ? struck : string.Concat(struck.AsSpan(0, char.IsHighSurrogate(struck[TextLengthLimit - 1]) ? TextLengthLimit - 1 : TextLengthLimit), "…");
    }
}
