using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>Reports of people to cases: which case one belongs to, and what it leads to. Pure.</summary>
internal static class CaseIntakeDecider
{
    /// <summary>The keys a report may belong to, the narrowest first.</summary>
    public static IReadOnlyList<CaseKey> Keys(CaseIntake intake, AreaTree areas)
    {
        string jurisdiction = areas.AncestorAt(intake.Area, AreaLevel.Street)?.Code ?? intake.Area;
        List<CaseKey> keys = [];
        if (intake.DeviceId.Length > 0)
        {
            keys.Add(new CaseKey(jurisdiction, intake.Event, CaseScope.Device, intake.DeviceId));
        }

        if (intake.Building.Length > 0)
        {
            keys.Add(new CaseKey(jurisdiction, intake.Event, CaseScope.Building, intake.Building));
        }

        keys.Add(new CaseKey(jurisdiction, intake.Event, CaseScope.Grid, intake.Area));
        return keys;
    }

    /// <summary>The key of the case it would open: of the scope its event's rules have, or of the grid.</summary>
    public static CaseKey KeyOf(CaseIntake intake, CaseSettings settings)
    {
        IReadOnlyList<CaseKey> keys = Keys(intake, settings.Areas);
        return keys.FirstOrDefault(k => k.Scope == settings.Terms.GetValueOrDefault(intake.Event)?.Scope) ?? keys[^1];
    }

    /// <summary>The report as the case keeps it.</summary>
    public static CaseReport ReportOf(CaseIntake intake, EventTime at) => new(at, intake.OccurredAt ?? at, intake.Source, intake.ExternalId, intake.Description)
    {
        Area = intake.Area,
        Building = intake.Building,
        Address = intake.Address,
        Latitude = intake.Latitude,
        Longitude = intake.Longitude,
    };

    /// <summary>The events of a report that joins a case, which a closed one reopens; none where the case has this very report already.</summary>
    public static IReadOnlyList<CaseEvent> Join(Case open, CaseIntake intake, CaseSettings settings, EventTime at, long offset)
    {
        CaseReport report = ReportOf(intake, at);
        if (Has(open, report))
        {
            return [];
        }

        List<CaseEvent> events = [];
        CaseDraft draft = new(open, events);
        CaseStamp stamp = new(at, ActorOf(intake), offset);
        if (!open.IsOpen)
        {
            CaseStamp own = stamp with { Actor = CaseEvent.GatewayActor };
            draft.Add(own, new CaseReopened(Clocks.ForDispatch(settings.LimitsOf(open), settings.CalendarOf(open.Lead), own), $"reported by {intake.Source} within {open.ReopenWithin} of closing"));
        }

        draft.Add(stamp, new CaseReportJoined(report) { Place = NewPlace(open, intake) });
        if (intake.Severity > open.Severity)
        {
            draft.Add(stamp, new SeverityRaised(intake.Severity, $"reported by {intake.Source}"));
        }

        return events;
    }

    /// <summary>The events of a report that opens a case.</summary>
    public static IReadOnlyList<CaseEvent> Open(string caseNo, long number, CaseIntake intake, CaseSettings settings, EventTime at, long offset)
    {
        CaseTerms? terms = settings.Terms.GetValueOrDefault(intake.Event);
        (double Longitude, double Latitude)? middle = settings.Areas.Find(intake.Area)?.Middle;
        string[] path = [.. settings.Areas.Ancestry(intake.Area).Select(a => a.Code)];
        List<CaseEvent> events = [];
        CaseDraft draft = new(null, events);
        CaseFacts facts = new()
        {
            Key = KeyOf(intake, settings),
            Severity = intake.Severity,
            OccurredAt = intake.OccurredAt ?? at,
            Source = intake.Source,
            Mode = settings.Mode,
            Exercise = settings.Exercise,
            AreaPath = path.Length == 0 ? [intake.Area] : path,
            AreaVersion = settings.Areas.Version,
            DeviceId = intake.DeviceId,
            Building = intake.Building,
            Address = intake.Address,
            Latitude = intake.Latitude ?? middle?.Latitude ?? 0,
            Longitude = intake.Longitude ?? middle?.Longitude ?? 0,
            NoPosition = intake.Latitude is null && middle is null,
            PositionIsMiddle = intake.Latitude is null && middle is not null,
            Latched = terms?.Latched ?? false,
            VerifyHold = terms?.VerifyHold ?? TimeSpan.Zero,
            ReopenWithin = terms?.ReopenWithin ?? TimeSpan.Zero,
        };
        draft.Begin(caseNo, new CaseStamp(at, ActorOf(intake), offset), new CaseCollected(facts, number, First: null) { Report = ReportOf(intake, at) });
        CaseFilingDecider.File(draft, intake.Event, intake.Area, settings, new CaseStamp(at, CaseEvent.GatewayActor, offset));
        return events;
    }

    /// <summary>Whether a case that has a report of this source and number may have this very one: it is of the same event, and names the same unit.</summary>
    public static bool MayHave(Case holder, CaseIntake intake)
    {
        CaseReport[] known = [.. holder.Reports.Where(r => r.ExternalId == intake.ExternalId && r.Source == intake.Source && r.Area.Length > 0)];
        return holder.Keys.Any(k => k.Event == intake.Event) && (known.Length == 0 || known.Any(r => r.Area == intake.Area));
    }

    private static string ActorOf(CaseIntake intake) => intake.Actor.Length > 0 ? intake.Actor : intake.Source;

    private static bool Has(Case open, CaseReport report) =>
        report.ExternalId.Length > 0 && open.Reports.Any(r => r.ExternalId == report.ExternalId && r.Source == report.Source && (r.Area.Length == 0 || r.Area == report.Area));

    // Who names a building says what the case is about more closely; what is in another one is another matter from then on.
    private static CasePlace? NewPlace(Case open, CaseIntake intake) =>
        intake.Building.Length == 0 || open.IsStorm || open.Places.Count >= CasePlace.ToldLimit || intake.Building == open.Facts.Building || open.Places.Any(p => p.Building == intake.Building)
            ? null
            : new CasePlace(open.Facts.Key, intake.Area, intake.Building, intake.Latitude, intake.Longitude);
}
