using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>The open cases of each family in each unit, in the order they opened. Follows from the cases alone. Storms do not count.</summary>
internal sealed class StormWatch
{
    private readonly Dictionary<(string Family, string Area), List<(EventTime OpenedAt, long Number, string CaseNo)>> _open = [];

    /// <summary>A case is open.</summary>
    public void Add(Case c)
    {
        foreach ((string, string) place in PlacesOf(c))
        {
            if (!_open.TryGetValue(place, out List<(EventTime, long, string)>? cases))
            {
                _open.Add(place, cases = []);
            }

            (EventTime, long, string) entry = (c.OpenedAt, c.Number, c.CaseNo);
            int at = cases.BinarySearch(entry);
            if (at < 0)
            {
                cases.Insert(~at, entry);
            }
        }
    }

    /// <summary>A case is not open any more.</summary>
    public void Remove(Case c)
    {
        foreach ((string, string) place in PlacesOf(c))
        {
            if (_open.TryGetValue(place, out List<(EventTime OpenedAt, long Number, string CaseNo)>? cases)
                && cases.BinarySearch((c.OpenedAt, c.Number, c.CaseNo)) is >= 0 and var at)
            {
                cases.RemoveAt(at);
                if (cases.Count == 0)
                {
                    _open.Remove(place);
                }
            }
        }
    }

    /// <summary>The open cases of a family in a unit that opened at <paramref name="since"/> or later, oldest first.</summary>
    public IReadOnlyList<string> Since(string family, string area, EventTime since)
    {
        if (!_open.TryGetValue((family, area), out List<(EventTime, long, string CaseNo)>? cases))
        {
            return [];
        }

        int from = cases.BinarySearch((since, long.MinValue, ""));
        return [.. cases.Skip(from < 0 ? ~from : from).Select(c => c.CaseNo)];
    }

    private static IEnumerable<(string Family, string Area)> PlacesOf(Case c) => c.Facts.AreaPath.Select(area => (StormSettings.FamilyOf(c.Facts.Key.Event), area));
}
