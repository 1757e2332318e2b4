using Gateway.Rules.Areas;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Cases;

/// <summary>
/// Finds the lead for an event kind in an area: the most specific event wins (the kind itself, then its families from narrow to wide,
/// then <c>*</c>), then the most specific area. A row whose lead the negative list forbids for the kind is passed over. Immutable, safe
/// for any number of threads; a look-up costs (families + 2) x (area levels) dictionary probes, whatever the length of the list.
/// </summary>
public sealed class Router
{
    private readonly Dictionary<(string Event, string Area), List<ResponsibilityRow>> _rows = [];
    private readonly HashSet<(string Event, string Unit)> _forbidden;
    private readonly ResponsibilityList _list;
    private readonly string _mode;

    /// <summary>Creates a router.</summary>
    /// <param name="list">A checked list.</param>
    /// <param name="mode">The mode the city is in.</param>
    public Router(ResponsibilityList list, string mode = CityContext.NormalMode)
    {
        (_list, _mode) = (list, mode);
        _forbidden = [.. list.Forbidden.Select(f => (f.Event, f.Unit))];
        foreach (ResponsibilityRow row in list.Rows)
        {
            (string, string) key = (row.Event.Text, row.Area.Text);
            if (!_rows.TryGetValue(key, out List<ResponsibilityRow>? rows))
            {
                _rows.Add(key, rows = []);
            }

            rows.Add(row);
        }
    }

    /// <summary>Whether the list knows this unit.</summary>
    public bool IsUnit(string unit) => _list.Units.ContainsKey(unit);

    /// <summary>Id of the calendar a unit's clocks run on; empty for what is no unit.</summary>
    public string CalendarOf(string unit) => _list.Units.TryGetValue(unit, out ResponsibleUnit? known) ? known.Calendar : "";

    /// <summary>Whether the negative list forbids this unit to lead this kind.</summary>
    public bool IsForbidden(string eventKind, string unit) => Patterns(eventKind).Any(p => _forbidden.Contains((p, unit)));

    /// <summary>The route for an event kind in an area of <paramref name="areas"/>; null when nobody is responsible.</summary>
    public Route? Find(string eventKind, string area, AreaTree areas)
    {
        foreach (string pattern in Patterns(eventKind))
        {
            foreach (Area unit in areas.Ancestry(area))
            {
                if (_rows.TryGetValue((pattern, unit.Code), out List<ResponsibilityRow>? rows)
                    && rows.Find(r => !IsForbidden(eventKind, r.Lead)) is { } row)
                {
                    return new Route(row.Lead, row.CoHandlers, row.ModeLimits.GetValueOrDefault(_mode, row.Limits), row.FilingCondition, row.ClosingCondition, row.Event.Location);
                }
            }
        }

        return null;
    }

    /// <summary>The kind, its families from narrow to wide, and all: <c>a.b.c</c>, <c>a.b.*</c>, <c>a.*</c>, <c>*</c>.</summary>
    private static IEnumerable<string> Patterns(string eventKind)
    {
        yield return eventKind;
        for (int dot = eventKind.LastIndexOf('.'); dot > 0; dot = eventKind.LastIndexOf('.', dot - 1))
        {
            yield return string.Concat(eventKind.AsSpan(0, dot), ".*");
        }

        yield return "*";
    }
}
