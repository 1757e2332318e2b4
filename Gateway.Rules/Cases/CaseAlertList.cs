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
    private readonly ImmutableDictionary<(string Rule, string DeviceId), int> _places;
    private readonly int _breaching;

    private CaseAlertList(ImmutableList<CaseAlert> alerts, ImmutableDictionary<(string Rule, string DeviceId), int> places, int breaching)
    {
        _alerts = alerts;
        _places = places;
        _breaching = breaching;
    }

    public static CaseAlertList Empty { get; } = new([], ImmutableDictionary<(string Rule, string DeviceId), int>.Empty, 0);

    public int Count => _alerts.Count;

    /// <summary>Whether some alert holds or may be about to.</summary>
    public bool IsBreaching => _breaching > 0;

    public CaseAlert this[int index] => _alerts[index];

    /// <summary>The same alerts as a list of this kind; the later of two of one rule and device counts.</summary>
    public static CaseAlertList From(IReadOnlyList<CaseAlert> alerts) =>
        alerts as CaseAlertList ?? alerts.Aggregate(Empty, (list, alert) => list.With(alert));

    public CaseAlert? Find(string rule, string deviceId) => _places.TryGetValue((rule, deviceId), out int place) ? _alerts[place] : null;

    /// <summary>The list with an alert added, or put in the place of the one of its rule and device.</summary>
    public CaseAlertList With(CaseAlert alert)
    {
        (string, string) key = (alert.Rule, alert.DeviceId);
        int added = alert.IsBreaching ? 1 : 0;
        if (!_places.TryGetValue(key, out int place))
        {
            return new CaseAlertList(_alerts.Add(alert), _places.Add(key, _alerts.Count), _breaching + added);
        }

        int removed = _alerts[place].IsBreaching ? 1 : 0;
        return new CaseAlertList(_alerts.SetItem(place, alert), _places, _breaching + added - removed);
    }

    public IEnumerator<CaseAlert> GetEnumerator() => _alerts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
