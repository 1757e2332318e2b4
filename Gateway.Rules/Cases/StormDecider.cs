using Gateway.Rules.Areas;

namespace Gateway.Rules.Cases;

/// <summary>Where something new would begin a case, and which storms are on there. A value of one decision.</summary>
/// <param name="Unit">Code of the community; of the lowest unit above a grid where there is none.</param>
/// <param name="Storm">The storm of that unit; null when none is on.</param>
/// <param name="OpenChildren">How many of its cases are open.</param>
/// <param name="IsWider">Whether a storm of a unit above it is on.</param>
/// <param name="Closed">The storm of that unit that is over and may be reopened; null when there is none.</param>
internal readonly record struct StormPlace(string Unit, Case? Storm, int OpenChildren, bool IsWider, Case? Closed)
{
    /// <summary>The storm whose own case takes what is new, which reopens one that is over; null where it gets a case.</summary>
    public Case? Taker(StormSettings settings) =>
        Storm is null ? (IsWider ? Closed : null)
        : IsWider || OpenChildren >= settings.Children ? Storm : null;

    /// <summary>Whether what is new begins the storm of its unit: the storm above it has come here.</summary>
    public bool BeginsStorm => Storm is null && IsWider && Closed is null;
}

/// <summary>
/// Many cases of one family at once 风暴. Where they gather, a case of the unit stands above them: the unit has one thing to lead, the city one
/// to look at, and what still comes does not bury them. Pure.
/// </summary>
internal static class StormDecider
{
    /// <summary>Levels that storms stand above each other at most, with room for re-cut units.</summary>
    public const int LevelLimit = 16;

    /// <summary>The storms over the place where something new happens.</summary>
    public static StormPlace PlaceOf(string eventKind, string area, CaseSettings settings, CaseIndex index)
    {
        string family = StormSettings.FamilyOf(eventKind);
        string? unit = null;
        Case? storm = null, closed = null;
        foreach (Area next in settings.Storms.Except.Contains(family) ? [] : settings.Areas.Ancestry(area).Where(a => settings.Storms.From(a.Level) < int.MaxValue))
        {
            Case? here = index.OpenStorm(family, next.Code, settings.Areas);
            if (unit is null)
            {
                (unit, storm, closed) = (next.Code, here, index.ClosedStorm(family, next.Code, settings.Areas));
            }
            else if (here is not null)
            {
                return new StormPlace(unit, storm, OpenChildren(storm), IsWider: true, closed);
            }
        }

        return new StormPlace(unit ?? area, storm, OpenChildren(storm), IsWider: false, closed);

        int OpenChildren(Case? over) => over?.Children.Count(c => index.Find(c) is { IsOpen: true }) ?? 0;
    }

    /// <summary>The events that begin a storm.</summary>
    /// <param name="caseNo">Its number.</param>
    /// <param name="number">The number's sequence.</param>
    /// <param name="cause">A case that is about to be part of it, or what would have been one: the family, how bad, since when, which rule.</param>
    /// <param name="unit">Code of the unit it is over.</param>
    /// <param name="beginning">What begins it, where the storm above it has come to the unit; null where cases have gathered.</param>
    /// <param name="settings">What holds now.</param>
    /// <param name="stamp">Who, when, by which record.</param>
    public static IReadOnlyList<CaseEvent> Open(string caseNo, long number, CaseFacts cause, string unit, CaseCollected? beginning, CaseSettings settings, CaseStamp stamp)
    {
        string family = StormSettings.FamilyOf(cause.Key.Event);
        CaseTerms[] terms = TermsOf(family, settings);
        (double Longitude, double Latitude)? middle = settings.Areas.Find(unit)?.Middle;
        List<CaseEvent> events = [];
        CaseDraft draft = new(null, events);
        CaseFacts facts = new()
        {
            Key = CaseKey.ForStorm(family, unit, settings.Areas),
            Severity = cause.Severity,
            OccurredAt = cause.OccurredAt,
            Source = CaseFacts.StormSource,
            Mode = settings.Mode,
            Exercise = settings.Exercise,
            AreaPath = [.. settings.Areas.Ancestry(unit).Select(a => a.Code)],
            AreaVersion = settings.Areas.Version,
            Latitude = middle?.Latitude ?? 0,
            Longitude = middle?.Longitude ?? 0,
            NoPosition = middle is null,
            Rule = beginning?.First?.Evidence.Rule,
            Latched = terms.Any(t => t.Latched),
            VerifyHold = terms.Select(t => t.VerifyHold).Append(TimeSpan.Zero).Max(),
        };
        draft.Begin(caseNo, stamp, new CaseCollected(facts, number, beginning?.First) { Report = beginning?.Report });
        CaseFilingDecider.File(draft, facts.Key.Event, unit, settings, stamp);
        return events;
    }

    /// <summary>The events that open a storm again that is over, because cases have gathered once more.</summary>
    /// <param name="closed">A closed storm whose <see cref="Case.ReopenUntil"/> has not passed.</param>
    /// <param name="settings">Calendars that hold now.</param>
    /// <param name="stamp">Who, when, by which record.</param>
    public static IReadOnlyList<CaseEvent> Reopen(Case closed, CaseSettings settings, CaseStamp stamp)
    {
        List<CaseEvent> events = [];
        IReadOnlyList<CaseClock> clocks = Clocks.ForDispatch(settings.LimitsOf(closed), settings.CalendarOf(closed.Lead), stamp);
        new CaseDraft(closed, events).Add(stamp, new CaseReopened(clocks, $"cases have gathered again within {closed.ReopenWithin} of closing") { Gathered = true });
        return events;
    }

    /// <summary>
    /// How soon after closing a recurrence reopens a storm: as the longest of its family. Worked out when it closes, by the rules of that day; other
    /// cases have theirs from their rule, and this is zero.
    /// </summary>
    public static TimeSpan ReopenWithin(Case c, CaseSettings settings) =>
        c.IsStorm ? TermsOf(StormSettings.FamilyOf(c.Facts.Key.Event), settings).Select(t => t.ReopenWithin).Append(TimeSpan.Zero).Max() : TimeSpan.Zero;

    /// <summary>A case becomes part of a storm: what happens to the one, and to the other.</summary>
    public static (CaseEvent[] Child, CaseEvent[] Storm) Join(Case child, Case storm, CaseStamp stamp)
    {
        List<CaseEvent> joined = [], grown = [];
        new CaseDraft(child, joined).Add(stamp, new CaseStormJoined(storm.CaseNo));
        new CaseDraft(storm, grown).Add(stamp, new StormChildJoined(child.CaseNo, child.Severity));
        return ([.. joined], [.. grown]);
    }

    private static CaseTerms[] TermsOf(string family, CaseSettings settings) =>
        [.. settings.Terms.Where(t => StormSettings.FamilyOf(t.Key) == family).Select(t => t.Value)];
}
