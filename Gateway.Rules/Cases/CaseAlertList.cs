using System.Collections;
using System.Collections.Immutable;

namespace Gateway.Rules.Cases;

/// <summary>
/// The alerts of a case in the order they joined. Immutable; finding and replacing one costs the logarithm of their number, because in
/// a storm one case takes thousands of them, one at a time.
/// </summary>
internal sealed class CaseAlertList : IReadOnlyList<CaseAlert>
{
    private readonly ImmutableList<CaseAlert> _alerts;
    private readonly ImmutableDictionary<string, ImmutableArray<int>> _places; // by device: few rules each
    private readonly int _breaching;

    private CaseAlertList(ImmutableList<CaseAlert> alerts, ImmutableDictionary<string, ImmutableArray<int>> places, int breaching)
    {
        _alerts = alerts;
        _places = places;
        _breaching = breaching;
    }

    public static CaseAlertList Empty { get; } = new([], ImmutableDictionary<string, ImmutableArray<int>>.Empty, 0);

    public int Count => _alerts.Count;

    /// <summary>Whether some alert holds or may be about to.</summary>
    public bool IsBreaching => _breaching > 0;

    public CaseAlert this[int index] => _alerts[index];

    /// <summary>The same alerts as a list of this kind; the later of two of one rule and device counts.</summary>
    public static CaseAlertList From(IReadOnlyList<CaseAlert> alerts) =>
        alerts as CaseAlertList ?? alerts.Aggregate(Empty, (list, alert) => list.With(alert));

    public CaseAlert? Find(string rule, string deviceId)
    {
        foreach (int place in PlacesOf(deviceId))
        {
            if (_alerts[place].Rule == rule)
            {
                return _alerts[place];
            }
        }

        return null;
    }

    /// <summary>The alerts of a device.</summary>
    public IEnumerable<CaseAlert> Of(string deviceId) => PlacesOf(deviceId).Select(place => _alerts[place]);

    /// <summary>The list with an alert added, or put in the place of the one of its rule and device.</summary>
    public CaseAlertList With(CaseAlert alert)
    {
        int added = alert.IsBreaching ? 1 : 0;
        ImmutableArray<int> places = PlacesOf(alert.DeviceId);
        foreach (int place in places)
        {
            if (_alerts[place].Rule == alert.Rule)
            {
                int removed = _alerts[place].IsBreaching ? 1 : 0;
                return new CaseAlertList(_alerts.SetItem(place, alert), _places, _breaching + added - removed);
            }
        }

        return new CaseAlertList(_alerts.Add(alert), _places.SetItem(alert.DeviceId, places.Add(_alerts.Count)), _breaching + added);
    }

    private ImmutableArray<int> PlacesOf(string deviceId) => _places.TryGetValue(deviceId, out ImmutableArray<int> places) ? places : [];

    public IEnumerator<CaseAlert> GetEnumerator() => _alerts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
