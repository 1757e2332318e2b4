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

        // How bad the first breach was: what the case became is measured against itself. What was said when the case stood already warned of nothing.
        AlertSeverity severity = sources.History.SelectMany(TimelineWindow.Occurrences).MinBy(o => o.OccurredAt)?.Severity ?? sources.Case.Facts.Severity;
        Breach first = new(breach, EventTime.Min(breach, sources.Case.OpenedAt), severity);
        return [.. EarlierCases(sources, related, first), .. EarlierAlerts(sources, first), .. Itself(sources.History, breach)];
    }

    // Of the same family on the same device, less bad at first or by a rule that foresees, and still open when it came true.
    private static IEnumerable<Forewarning> EarlierCases(TimelineSources sources, IReadOnlyList<RelatedCase> related, Breach breach) =>
        from other in related
        let c = sources.Case
        let facts = other.Case.Facts
        where (other.Relation == CaseRelation.SameDevice || (other.Relation == CaseRelation.Member && facts.DeviceId.Length > 0 && facts.DeviceId == c.Facts.DeviceId))
            && other.Case.Status != CaseStatus.Voided && facts.Exercise == c.Facts.Exercise
            && StormSettings.FamilyOf(facts.Key.Event) == StormSettings.FamilyOf(c.Facts.Key.Event)
            && other.Case.OpenedAt >= sources.Window.From && other.Case.OpenedAt < breach.Before && (other.Case.ClosedAt is not { } closed || closed >= breach.At)
            && (facts.Severity < breach.Severity || (facts.Rule is { } rule && sources.Forecasting.Contains(rule.Name)))
        select new Forewarning(
            ForewarningSource.Case, facts.Rule?.Name ?? "", other.Case.CaseNo, facts.DeviceId, facts.Severity, breach.Severity, other.Case.OpenedAt, breach.At, other.Case.Evidence is [var first, ..] ? Text(first.Cause) : "", IsOfThen: true);

    // The latest time it fired before the breach, where it was still firing then.
    private static IEnumerable<Forewarning> EarlierAlerts(TimelineSources sources, Breach breach)
    {
        foreach (IGrouping<(string RuleName, string DeviceId), AlertTransition> alert in sources.Alerts.GroupBy(a => (a.RuleName, a.DeviceId)))
        {
            AlertTransition? last = alert.LastOrDefault(a => a.At < breach.At && a.Kind is AlertTransitionKind.Firing or AlertTransitionKind.Resolved);
            if (last is { Kind: AlertTransitionKind.Firing } && last.At >= sources.Window.From && last.At < breach.Before && sources.Kindred.Contains(last.RuleName)
                && (last.Severity < breach.Severity || sources.Forecasting.Contains(last.RuleName)))
            {
                yield return new Forewarning(ForewarningSource.Alert, last.RuleName, "", last.DeviceId, last.Severity, breach.Severity, last.At, breach.At, Text(last.Cause), sources.AreRulesOfThen);
            }
        }
    }

    // The case was there before it became worse: that is a warning too, of each severity it reached. One that was closed in between began anew when it was
    // opened again.
    private static IEnumerable<Forewarning> Itself(IReadOnlyList<CaseEvent> history, EventTime breach)
    {
        if (history[0].At < breach || !history.SelectMany(TimelineWindow.Occurrences).Any())
        {
            yield break;
        }

        foreach (SeverityRaised worse in history.OfType<SeverityRaised>().DistinctBy(e => e.Severity))
        {
            CaseEvent begun = history.LastOrDefault(e => e is CaseReopened && e.Sequence < worse.Sequence) ?? history[0];
            EventTime came = OccurrenceOf(history, worse.Offset) is { } cause ? EventTime.Min(cause.OccurredAt, worse.At) : worse.At;
            if (came > begun.At && OccurrenceOf(history, begun.Offset) is { } first)
            {
                yield return new Forewarning(
                    ForewarningSource.Severity, first.Evidence.Rule.Name, begun.CaseNo, first.Evidence.DeviceId, first.Severity, worse.Severity, begun.At, came, Text(worse.Cause), IsOfThen: true);
            }
        }
    }

    private static AlertOccurrence? OccurrenceOf(IReadOnlyList<CaseEvent> history, long offset) =>
        history.Where(e => e.Offset == offset).SelectMany(TimelineWindow.Occurrences).FirstOrDefault();

    // What operators write into their files has not been through the door of the API.
    private static string Text(string text)
    {
        string struck = PersonNumbers.Strike(text);
        return struck.Length <= TextLengthLimit ? struck : string.Concat(struck.AsSpan(0, char.IsHighSurrogate(struck[TextLengthLimit - 1]) ? TextLengthLimit - 1 : TextLengthLimit), "…");
    }

    /// <summary>The first breach.</summary>
    /// <param name="At">When it began.</param>
    /// <param name="Before">What warned of it did so before this: neither it nor the case was there.</param>
    /// <param name="Severity">How bad it was.</param>
    private readonly record struct Breach(EventTime At, EventTime Before, AlertSeverity Severity);
}
