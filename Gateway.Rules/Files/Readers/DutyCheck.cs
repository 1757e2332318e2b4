using Gateway.Rules.Areas;
using Gateway.Rules.Cases;

namespace Gateway.Rules.Files.Readers;

/// <summary>
/// What is only seen over all duty files together: units, calendars and areas that do not exist, two leads, forbidden rows, and events
/// that a rule files but nobody leads somewhere (转办 needs exactly one lead).
/// </summary>
internal sealed class DutyCheck(FindingSink sink, AreaIndex areas)
{
    private const int UncoveredShown = 3;

    private readonly Dictionary<string, ResponsibleUnit> _units = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Event, string Area), RowSource> _rows = [];
    private readonly List<ForbiddenPair> _forbidden = [];

    /// <summary>Checks all files and makes the list of them.</summary>
    /// <param name="files">The files that could be read.</param>
    /// <param name="unitsComplete">Whether all could be read: only then is a unit that is not declared wrong for certain.</param>
    /// <param name="calendars">Ids of the calendars, with those of broken files.</param>
    public ResponsibilityList Check(IReadOnlyList<DutyFile> files, bool unitsComplete, IReadOnlySet<string> calendars)
    {
        foreach (UnitSource unit in files.SelectMany(f => f.Units))
        {
            AddUnit(unit, calendars);
        }

        foreach (ForbiddenSource forbidden in files.SelectMany(f => f.Forbidden))
        {
            CheckUnit(forbidden.Unit, unitsComplete);
            _forbidden.Add(forbidden.Pair);
        }

        foreach (RowSource row in files.SelectMany(f => f.Rows))
        {
            CheckUnit(row.Lead, unitsComplete);
            foreach (SourceText helper in row.CoHandlers)
            {
                CheckUnit(helper, unitsComplete);
            }

            AddRow(row);
        }

        return new ResponsibilityList(_units, [.. _rows.Values.Select(r => r.Row)], _forbidden);
    }

    /// <summary>Reports every event of a rule that has no lead in some part of the newest area tree.</summary>
    public void CheckRoutes(IReadOnlyList<RuleDefinition> rules)
    {
        if (areas.Newest is not { } tree)
        {
            return;
        }

        ILookup<string, Area> children = tree.Areas.ToLookup(a => a.Parent, StringComparer.Ordinal);
        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (SourceText kind in rules.Select(r => r.Case?.Event).OfType<SourceText>().Where(e => NameShape.IsEventKind(e.Text) && done.Add(e.Text)))
        {
            HashSet<string> led = [.. _rows.Values.Where(r => Leads(r.Row, kind.Text)).Select(r => r.Row.Area.Text)];
            List<string> uncovered = [];
            foreach (Area root in children[""])
            {
                FindUncovered(root, led, children, uncovered);
            }

            if (uncovered.Count > 0)
            {
                string more = uncovered.Count > UncoveredShown ? $" and {uncovered.Count - UncoveredShown} more" : "";
                sink.Add(FindingCodes.NoRoute, kind.Location, $"event {kind.Text} has no lead in {string.Join(", ", uncovered.Take(UncoveredShown))}{more}");
            }
        }
    }

    private bool Leads(ResponsibilityRow row, string kind) =>
        EventPattern.Covers(row.Event.Text, kind) && !_forbidden.Exists(p => p.Unit == row.Lead && EventPattern.Covers(p.Event, kind));

    /// <summary>The highest units below which nobody leads; true when nothing of <paramref name="area"/> is led.</summary>
    private static bool FindUncovered(Area area, HashSet<string> led, ILookup<string, Area> children, List<string> uncovered)
    {
        if (led.Contains(area.Code))
        {
            return false;
        }

        int before = uncovered.Count;
        bool whole = true;
        foreach (Area child in children[area.Code])
        {
            whole &= FindUncovered(child, led, children, uncovered);
        }

        if (whole)
        {
            uncovered.RemoveRange(before, uncovered.Count - before);
            uncovered.Add(area.Code);
        }

        return whole;
    }

    private void AddUnit(UnitSource unit, IReadOnlySet<string> calendars)
    {
        if (!_units.TryAdd(unit.Id.Text, unit.Unit))
        {
            sink.Add(FindingCodes.DuplicateUnit, unit.Id.Location, $"unit {unit.Id.Text} is written twice, first at {_units[unit.Id.Text].Location}");
        }

        if (unit.Calendar is { } calendar && !calendars.Contains(calendar.Text))
        {
            string? fix = Suggestion.Fix(calendar.Text, calendars);
            sink.Add(FindingCodes.UnknownCalendar, calendar.Location, $"calendar {FindingSink.Quote(calendar.Text)} does not exist", fix);
        }
    }

    private void CheckUnit(SourceText unit, bool unitsComplete)
    {
        if (unitsComplete && !_units.ContainsKey(unit.Text))
        {
            sink.Add(FindingCodes.UnknownDutyUnit, unit.Location, $"unit {FindingSink.Quote(unit.Text)} is not declared", Suggestion.Fix(unit.Text, _units.Keys));
        }
    }

    private void AddRow(RowSource source)
    {
        ResponsibilityRow row = source.Row;
        if (areas.IsUnknown(row.Area.Text))
        {
            sink.Add(FindingCodes.UnknownDutyArea, row.Area.Location, $"area {FindingSink.Quote(row.Area.Text)} is in no area tree", areas.Fix(row.Area.Text));
        }

        // Patterns that cover one event are nested, and so are the areas that hold one grid: only an equal pair can tie.
        if (!_rows.TryAdd((row.Event.Text, row.Area.Text), source))
        {
            ResponsibilityRow first = _rows[(row.Event.Text, row.Area.Text)].Row;
            sink.Add(
                FindingCodes.TwoLeads,
                source.Lead.Location,
                $"event {row.Event.Text} in area {row.Area.Text} is led by {FindingSink.Quote(source.Lead.Text)} here and by {FindingSink.Quote(first.Lead)} at {first.Event.Location}");
        }

        if (_forbidden.Find(p => p.Unit == row.Lead && EventPattern.Covers(p.Event, row.Event.Text)) is { } pair)
        {
            sink.Add(FindingCodes.Forbidden, source.Lead.Location, $"unit {row.Lead} may not lead {row.Event.Text}: {FindingSink.Quote(pair.Reason)} ({pair.Location})");
        }
    }
}
