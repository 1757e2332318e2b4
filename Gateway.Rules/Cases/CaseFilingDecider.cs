using Gateway.Protocols.Devices;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>A breach that belongs to no open case: a new case, or a closed one again. Pure.</summary>
public static class CaseFilingDecider
{
    /// <summary>
    /// Collects, files and dispatches a new case; with no route it goes to the territory.
    /// </summary>
    /// <param name="caseNo">Its number.</param>
    /// <param name="number">The number's sequence.</param>
    /// <param name="transition">The alert.</param>
    /// <param name="context">What stands behind it; its rule has a case definition.</param>
    /// <param name="settings">Routes and areas that hold now.</param>
    public static IReadOnlyList<CaseEvent> Open(
        string caseNo, long number, AlertTransition transition, AlertContext context, CaseSettings settings)
    {
        CaseDefinition definition = context.Rule.Case ?? throw new ArgumentException("the rule files no case", nameof(context));
        Device device = context.Device;
        var events = new List<CaseEvent>();
        var draft = new CaseDraft(null, events);
        var stamp = new CaseStamp(transition.At, CaseEvent.GatewayActor, context.Offset);
        AlertOccurrence first = CaseSensorDecider.OccurrenceOf(transition, context);
        draft.Begin(caseNo, stamp, new CaseCollected(FactsOf(definition, device, first, context.Rule.Labels.GetValueOrDefault("campaign", ""), settings), number, first));
        File(draft, definition.Event.Text, settings.Areas.UnitFor(device.Area, device.Latitude, device.Longitude), settings, stamp);
        return events;
    }

    /// <summary>Files a case that has been collected, and gives it to who is responsible.</summary>
    internal static void File(CaseDraft draft, string kind, string area, CaseSettings settings, CaseStamp stamp)
    {
        Route? route = settings.Router.Find(kind, area, settings.Areas);
        draft.Add(stamp, new CaseFiled(route?.FilingCondition ?? ""));
        if (route is null)
        {
            GiveToTerritory(draft, settings, stamp, $"nobody is responsible for {kind} in {area}");
        }
        else
        {
            IReadOnlyList<CaseClock> clocks = Clocks.ForDispatch(route.Limits, settings.CalendarOf(route.Lead), stamp);
            draft.Add(stamp, new CaseDispatched(route.Lead, route.CoHandlers, route.Limits, clocks, route.ClosingCondition, route.Location.ToString()));
        }
    }

    /// <summary>Opens a closed case again: same lead, new clocks.</summary>
    /// <param name="closed">A closed case whose <see cref="Case.ReopenUntil"/> has not passed.</param>
    /// <param name="transition">The alert.</param>
    /// <param name="context">What stands behind it.</param>
    /// <param name="settings">Calendars that hold now.</param>
    public static IReadOnlyList<CaseEvent> Reopen(Case closed, AlertTransition transition, AlertContext context, CaseSettings settings)
    {
        var events = new List<CaseEvent>();
        var draft = new CaseDraft(closed, events);
        var stamp = new CaseStamp(transition.At, CaseEvent.GatewayActor, context.Offset);
        draft.Add(stamp, new CaseReopened(Clocks.ForDispatch(settings.LimitsOf(closed), settings.CalendarOf(closed.Lead), stamp), $"{transition.Cause} within {closed.ReopenWithin} of closing"));
        CaseSensorDecider.Join(draft, transition, context, stamp);
        return events;
    }

    internal static void GiveToTerritory(CaseDraft draft, CaseSettings settings, CaseStamp stamp, string reason)
    {
        IReadOnlyList<CaseClock> clocks = Clocks.ForDispatch(settings.Limits.Unowned, null, stamp);
        draft.Add(stamp, new CaseUnowned(draft.Case.Facts.Key.Jurisdiction, settings.Limits.Unowned, clocks, reason));
    }

    private static CaseFacts FactsOf(CaseDefinition definition, Device device, AlertOccurrence first, string campaign, CaseSettings settings)
    {
        string[] path = [.. settings.Areas.Ancestry(settings.Areas.UnitFor(device.Area, device.Latitude, device.Longitude)).Select(a => a.Code)];
        return new CaseFacts
        {
            Key = CaseKey.For(definition, device, settings.Areas),
            Severity = first.Severity,
            OccurredAt = first.OccurredAt,
            Source = CaseFacts.SensorSource,
            Mode = settings.Mode,
            Campaign = campaign,
            Exercise = settings.Exercise,
            AreaPath = path.Length == 0 ? [device.Area] : path,
            AreaVersion = settings.Areas.Version,
            DeviceId = device.Id,
            Building = device.Building,
            Address = device.Address,
            Latitude = device.Latitude,
            Longitude = device.Longitude,
            Rule = first.Evidence.Rule,
            Latched = definition.Latched,
            VerifyHold = definition.VerifyHold,
            ReopenWithin = definition.ReopenWithin,
        };
    }
}
