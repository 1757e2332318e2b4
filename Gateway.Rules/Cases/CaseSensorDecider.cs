using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>What alerts and readings do to an open case. Pure.</summary>
public static class CaseSensorDecider
{
    /// <summary>The events of one alert transition; empty where it changes nothing.</summary>
    /// <param name="state">The open case the alert belongs to.</param>
    /// <param name="transition">The transition.</param>
    /// <param name="context">What stands behind it.</param>
    /// <param name="place">Where the device is, when the case did not stand for that place so far; null otherwise.</param>
    public static IReadOnlyList<CaseEvent> Decide(Case state, AlertTransition transition, AlertContext context, CasePlace? place = null)
    {
        var events = new List<CaseEvent>();
        var draft = new CaseDraft(state, events);
        var stamp = new CaseStamp(transition.At, CaseEvent.GatewayActor, context.Offset);
        CaseAlert? known = state.AlertList.Find(context.Rule.Alert.Text, context.Device.Id);
        switch (transition.Kind)
        {
            case AlertTransitionKind.Firing or AlertTransitionKind.Recurred:
            case AlertTransitionKind.Raised when known is not { State: CaseAlertState.Firing }:
                Join(draft, transition, context, stamp, place);
                break;
            case AlertTransitionKind.Raised:
                RaiseSeverity(draft, transition, stamp);
                break;
            case AlertTransitionKind.Pending when known is not { IsBreaching: true }:
                draft.Add(stamp, new AlertPendingAgain(context.Rule.Alert.Text, context.Device.Id, Reports(context), transition.Cause));
                NoteBreach(draft, transition, context, stamp);
                break;
            case AlertTransitionKind.Dropped or AlertTransitionKind.Resolved or AlertTransitionKind.Withdrawn when known is { IsBreaching: true }:
                draft.Add(stamp, new AlertCleared(known.Rule, known.DeviceId, transition.Kind == AlertTransitionKind.Withdrawn));
                if (!draft.Case.AlertList.IsBreaching)
                {
                    draft.Add(stamp, new ConditionCleared());
                }

                break;
        }

        return events;
    }

    /// <summary>The event of a live reading that shows the clear state held; empty where it shows nothing new.</summary>
    /// <param name="state">The open case.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="observedAt">Observation time of the reading, whose own alert transitions have been handled.</param>
    /// <param name="at">Log time.</param>
    /// <param name="offset">Log offset of the reading.</param>
    public static IReadOnlyList<CaseEvent> Read(Case state, string deviceId, EventTime observedAt, EventTime at, long offset)
    {
        bool held = state.HoldUntil is { } until && observedAt >= until && state.AlertList.Of(deviceId).Any(a => a.AwaitsReading);
        if (!held)
        {
            return [];
        }

        var events = new List<CaseEvent>();
        new CaseDraft(state, events).Add(new CaseStamp(at, CaseEvent.GatewayActor, offset), new ConditionHeld(deviceId, observedAt));
        return events;
    }

    internal static void Join(CaseDraft draft, AlertTransition transition, AlertContext context, CaseStamp stamp, CasePlace? place = null)
    {
        draft.Add(stamp, new OccurrenceAdded(OccurrenceOf(transition, context)) { Place = place });
        RaiseSeverity(draft, transition, stamp);
        NoteBreach(draft, transition, context, stamp);
    }

    internal static AlertOccurrence OccurrenceOf(AlertTransition transition, AlertContext context)
    {
        var rule = new RuleReference(context.Rule.Alert.Location.File, context.Rule.Alert.Text, context.RuleSha256);
        var evidence = new CaseEvidence(
            context.Offset, transition.At, transition.ObservedAt, context.Device.Id, context.Values, transition.Cause, rule);
        return new AlertOccurrence(transition.Severity, transition.OccurredAt, Reports(context), evidence);
    }

    private static void RaiseSeverity(CaseDraft draft, AlertTransition transition, CaseStamp stamp)
    {
        if (transition.Severity > draft.Case.Severity)
        {
            draft.Add(stamp, new SeverityRaised(transition.Severity, transition.Cause));
        }
    }

    private static void NoteBreach(CaseDraft draft, AlertTransition transition, AlertContext context, CaseStamp stamp)
    {
        if (draft.Case.ClearedAt is not null)
        {
            draft.Add(stamp, new ConditionBreached(context.Device.Id, transition.Cause));
        }
    }

    private static bool Reports(AlertContext context) => context.Device.Profile.ReportingInterval > TimeSpan.Zero;
}
