using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>What each event does to a case: the meaning of the history. It decides nothing; deciding is done before an event exists.</summary>
internal static class CaseFold
{
    private static readonly ClockKind[] DispatchClocks = [ClockKind.Accept, ClockKind.Resolve];

    public static Case Apply(Case? state, CaseEvent next)
    {
        if (next.Sequence != (state?.Sequence ?? 0) + 1 || (state is not null && state.CaseNo != next.CaseNo))
        {
            throw new InvalidOperationException($"event {next.Sequence} of {next.CaseNo} does not follow event {state?.Sequence ?? 0} of {state?.CaseNo}");
        }

        if (next is CaseCollected collected)
        {
            return Collect(collected);
        }

        Case c = state ?? throw new InvalidOperationException($"{next.CaseNo} does not begin with its collection");
        return Change(c, next) with { Sequence = next.Sequence, UpdatedAt = EventTime.Max(c.UpdatedAt, next.At) };
    }

    private static Case Collect(CaseCollected e)
    {
        var c = new Case
        {
            CaseNo = e.CaseNo,
            Number = e.Number,
            Facts = e.Facts,
            Status = CaseStatus.Collected,
            Severity = e.Facts.Severity,
            OpenedAt = e.At,
            UpdatedAt = e.At,
            Sequence = e.Sequence,
        };
        c = e.First is { } first ? Occur(c, first) : c;
        return e.Report is { } report ? Told(c, report) : c;
    }

    private static Case Change(Case c, CaseEvent next) => next switch
    {
        CaseFiled => c with { Status = CaseStatus.Filed },
        CaseUnowned e => Started(c, e.Clocks) with { Status = CaseStatus.Unowned, Lead = e.Territory, CoHandlers = [], Limits = e.Limits },
        CaseDispatched e => Started(c, e.Clocks) with
        {
            Status = CaseStatus.Dispatched,
            Lead = e.Lead,
            CoHandlers = e.CoHandlers,
            Limits = e.Limits,
            ClosingCondition = e.ClosingCondition,
        },
        CaseReopened e => Started(c, e.Clocks) with
        {
            Status = CaseStatus.Dispatched,
            Reopens = c.Reopens + 1,
            ClosedAt = null,
            ReportedAt = null,
            ReportedBy = "",
            Score = null,
            Rating = null,
            ReturnsInARow = 0,
        },
        CaseAccepted e => Stopped(Handled(c, e.KeepsName, e.Actor), e.At, [ClockKind.Accept]) with { Status = CaseStatus.InProgress, AcceptedBy = e.Actor, ReturnsInARow = 0 },
        CaseReturned e => Stopped(c, e.At, DispatchClocks) with
        {
            Status = CaseStatus.Filed,
            Lead = "",
            CoHandlers = [],
            Returns = c.Returns + 1,
            ReturnsInARow = e.InARow,
        },
        CaseReported e => Unheld(Stopped(Handled(c, e.KeepsName, e.Actor), e.At, DispatchClocks)) with
        {
            Status = CaseStatus.Reported,
            ReportedAt = e.At,
            ReportedBy = e.Actor,
            Request = null,
            DeferredUntil = null,
        },
        VerificationStarted e => Started(c, e.Clocks) with { Status = CaseStatus.Verifying },
        VerificationFailed e => Started(Stopped(Handled(c, e.KeepsNames), e.At, [ClockKind.Verify]), e.Clocks) with
        {
            Status = CaseStatus.Dispatched,
            Reworks = c.Reworks + 1,
            ReportedAt = null,
            ReportedBy = "",
        },
        CaseClosed e => StoppedAll(Handled(c, e.KeepsNames), e.At) with { Status = CaseStatus.Closed, ClosedAt = e.At, StormReopenWithin = e.ReopenWithin },
        CaseVoided e => StoppedAll(c, e.At) with { Status = CaseStatus.Voided, ClosedAt = e.At, Request = null, DeferredUntil = null },
        CaseCommented => c,
        CaseRequested e => c with { Request = new CaseRequest(e.Kind, e.Until, e.Actor, e.At) },
        CaseRequestDenied e => Supervised(c, e.KeepsName, e.Actor) with { Request = null },
        CaseDeferred e => Paused(Supervised(c, e.KeepsName, e.Actor), e.At) with { Request = null, DeferredUntil = e.Until, Deferrals = c.Deferrals + 1 },
        CaseExtended e => Started(Supervised(c, e.KeepsName, e.Actor), e.Clocks) with { Request = null, Extensions = c.Extensions + 1 },
        CaseDeferralEnded e => Started(c, e.Clocks) with { DeferredUntil = null },
        CaseSupervised e => Supervised(c, e.KeepsName, e.Actor) with { Escalation = e.Level },
        CaseWhistled e => Started(c, e.Clocks) with { Whistles = c.Whistles + 1 },
        PartyArrived e => WithClock(c, ClockKind.Arrive, e.Unit, k => k with { StoppedAt = e.At }),
        CaseMerged e => StoppedAll(c, e.At) with { Status = CaseStatus.Merged, MergedInto = e.Into, ClosedAt = e.At, Request = null, DeferredUntil = null },
        CaseMemberJoined e => Joined(c, e),
        CaseReportJoined e => e.Place is { } place ? Told(c, e.Report) with { Places = [.. c.Places, place] } : Told(c, e.Report),
        CaseStormJoined e => c with { Storm = e.Storm },
        StormChildJoined e => c with
        {
            Children = [.. c.Children, e.Child],
            Severity = e.Severity > c.Severity ? e.Severity : c.Severity,
            Certainty = c.Children.Count > 0 ? CaseCertainty.Observed : c.Certainty,
        },
        CaseEvaluated e => c with { Status = CaseStatus.Evaluated, Score = e.Score },
        EvidenceSealed e => c with { SealedDecision = e.Decision },
        CaseRated e => c with { Rating = e.Score },
        OccurrenceAdded e => e.Place is { } place ? Occur(c, e.Occurrence) with { Places = [.. c.Places, place] } : Occur(c, e.Occurrence),
        AlertPendingAgain e => WithAlert(c, c.AlertList.Find(e.Rule, e.DeviceId) is { } known
            ? known with { State = CaseAlertState.Pending, HeldAt = null }
            : new CaseAlert(e.Rule, e.DeviceId, CaseAlertState.Pending, e.Reports, HasFired: false, HeldAt: null)),
        AlertCleared e => Clear(c, e),
        SeverityRaised e => c with { Severity = e.Severity },
        ConditionCleared e => c with { ClearedAt = e.At },
        ConditionBreached => Unheld(c) with { ClearedAt = null },
        ConditionHeld e => c.AlertList.Of(e.DeviceId).Where(a => a.AwaitsReading).Aggregate(c, (state, a) => WithAlert(state, a with { HeldAt = e.ObservedAt })),
        ClockReminded e => WithClock(c, e.Clock, e.Party, k => k with { Reminded = true }),
        ClockOverdue e => WithClock(c, e.Clock, e.Party, k => k with { Level = e.Level }) with
        {
            Escalation = e.Level > c.Escalation && !e.PartyAlone ? e.Level : c.Escalation,
        },
        _ => throw new InvalidOperationException($"{next.GetType().Name} cannot follow in {c.CaseNo}"),
    };

    private static Case Occur(Case c, AlertOccurrence occurrence)
    {
        CaseEvidence evidence = occurrence.Evidence;
        bool another = c.Alerts.Any(a => a.HasFired && a.DeviceId != evidence.DeviceId);
        var alert = new CaseAlert(evidence.Rule.Name, evidence.DeviceId, CaseAlertState.Firing, occurrence.Reports, HasFired: true, HeldAt: null);
        return WithAlert(c, alert) with
        {
            Occurrences = c.Occurrences + 1,
            Certainty = another || c.ReportCount > 0 ? CaseCertainty.Observed : c.Certainty,
            Evidence = Added(c.Evidence, evidence),
        };
    }

    private static List<CaseEvidence> Added(IReadOnlyList<CaseEvidence> held, CaseEvidence next)
    {
        var list = new List<CaseEvidence>(held);
        if (list.Count == Case.EvidenceCountLimit)
        {
            list.RemoveAt(Case.EvidenceCountLimit / 2);
        }

        list.Add(next);
        return list;
    }

    private static Case Clear(Case c, AlertCleared e)
    {
        CaseAlert? known = c.AlertList.Find(e.Rule, e.DeviceId);
        CaseAlertState state = e.Withdrawn ? CaseAlertState.Withdrawn : CaseAlertState.Cleared;
        return known is null ? c : WithAlert(c, known with { State = state });
    }

    // Who accepted and reported it last may stand in an event of an earlier version, which kept no names.
    private static Case Handled(Case c, bool keepsNames, params string[] actors) =>
        keepsNames ? c with { Handlers = CaseHands.With(CaseHands.HandlersOf(c), actors) } : c;

    private static Case Supervised(Case c, bool keepsName, string actor) =>
        keepsName ? c with { Supervisors = CaseHands.With(c.Supervisors, [actor]) } : c;

    private static Case WithAlert(Case c, CaseAlert alert) => c with { Alerts = c.AlertList.With(alert) };

    private static Case Unheld(Case c) => c with { Alerts = [.. c.Alerts.Select(a => a.HeldAt is null ? a : a with { HeldAt = null })] };

    private static Case Started(Case c, IReadOnlyList<CaseClock> clocks) =>
        c with { Clocks = [.. c.Clocks.Where(k => clocks.All(n => n.Kind != k.Kind || n.Party != k.Party)), .. clocks] };

    private static Case Paused(Case c, EventTime at) =>
        c with { Clocks = [.. c.Clocks.Select(k => k.StoppedAt is null && k.Kind != ClockKind.Arrive ? k with { PausedAt = at } : k)] };

    // A person's word and a sensor's are two independent sources, as two sensors are.
    private static Case Told(Case c, CaseReport report) => c with
    {
        ReportCount = c.ReportCount + 1,
        Reports = c.Reports.Count < Case.EvidenceCountLimit ? [.. c.Reports, report] : c.Reports,
        Certainty = c.Occurrences > 0 ? CaseCertainty.Observed : c.Certainty,
    };

    private static Case Joined(Case c, CaseMemberJoined e)
    {
        CaseAlertList alerts = c.AlertList;
        foreach (CaseAlert alert in e.Alerts)
        {
            alerts = alerts.With(alert);
        }

        int devices = alerts.Where(a => a.HasFired).Select(a => a.DeviceId).Distinct(StringComparer.Ordinal).Take(2).Count();
        return Unheld(c with { Alerts = alerts }) with
        {
            Members = [.. c.Members, e.Member],
            Places = e.Places.Count == 0 ? c.Places : [.. c.Places, .. e.Places],
            MembersSensedAt = Case.Earlier(c.MembersSensedAt, e.SensedAt),
            MembersToldAt = Case.Earlier(c.MembersToldAt, e.ToldAt),
            Occurrences = c.Occurrences + e.Occurrences,
            ReportCount = c.ReportCount + e.ReportCount,
            Handlers = CaseHands.With(c.Handlers, e.Handlers),
            Supervisors = CaseHands.With(c.Supervisors, e.Supervisors),
            Severity = e.Severity > c.Severity ? e.Severity : c.Severity,
            Certainty = devices > 1 || e.Certainty == CaseCertainty.Observed || e.Together == CaseCertainty.Observed ? CaseCertainty.Observed : c.Certainty,
            ClearedAt = alerts.IsBreaching ? null : alerts.Count > 0 ? c.ClearedAt ?? e.At : null,
        };
    }

    private static Case Stopped(Case c, EventTime at, ClockKind[] kinds) =>
        c with { Clocks = [.. c.Clocks.Select(k => k.StoppedAt is null && kinds.Contains(k.Kind) ? k with { StoppedAt = at, PausedAt = null } : k)] };

    private static Case StoppedAll(Case c, EventTime at) => Stopped(c, at, Enum.GetValues<ClockKind>());

    private static Case WithClock(Case c, ClockKind kind, string party, Func<CaseClock, CaseClock> change) =>
        c with { Clocks = [.. c.Clocks.Select(k => k.Kind == kind && k.Party == party ? change(k) : k)] };
}
