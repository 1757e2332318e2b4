using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Calendars;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Suppression;

/// <summary>An alert transition on its way to the cases.</summary>
/// <param name="Transition">What changed.</param>
/// <param name="Offset">Log offset of the record that caused it.</param>
/// <param name="Values">The reading as text; empty where none caused it.</param>
public sealed record AlertNotice(AlertTransition Transition, long Offset, string Values);

/// <summary>An alert that fires and is kept from filing a case.</summary>
/// <param name="Notice">How it fired.</param>
/// <param name="By">What keeps it: <c>silence pump-works</c> or <c>alert smoke-detector-alarm</c>.</param>
public sealed record SuppressedAlert(AlertNotice Notice, string By);

/// <summary>
/// Between alerts and cases: keeps alerts that a silence or another alert of the same area covers from filing a case, and lets them through, as
/// of then, when what covers them ends while they still fire. What has reached a case is never kept from it again: a case is told the truth to its
/// end. All transitions of one instant are looked at before any is let through, so which came first decides nothing; inhibition has no circles,
/// so of a storm at least one alert always gets through. Deterministic; not safe for threads.
/// </summary>
public sealed class AlertGate
{
    private readonly SortedDictionary<AlertKey, SuppressedAlert> _held = [];
    private readonly Dictionary<AlertKey, string> _sources = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RuleDefinition>> _inhibitorsOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RuleDefinition> _inhibitors = new(StringComparer.Ordinal);
    private readonly List<(SilenceDefinition Silence, EventTime From, EventTime Until)> _silences = [];
    private DeviceRegister _devices = DeviceRegister.Empty;
    private AreaTree _areas = AreaTree.Empty;

    /// <summary>Alerts kept back, by rule and device.</summary>
    public IReadOnlyCollection<SuppressedAlert> Held => _held.Values;

    /// <summary>When a silence next ends that may keep an alert back; null when none does.</summary>
    public EventTime? NextDue { get; private set; }

    /// <summary>What keeps an alert back; null when nothing does.</summary>
    public string? SuppressorOf(string rule, string device, bool isAbsence) => _held.TryGetValue(new AlertKey(rule, device, isAbsence), out SuppressedAlert? held) ? held.By : null;

    /// <summary>Works by the rules and silences of a city from now on.</summary>
    /// <param name="rules">The rules that hold.</param>
    /// <param name="silences">The silences.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="areas">The area tree that holds.</param>
    /// <param name="zone">The city's time zone.</param>
    /// <param name="alerts">Alerts under way.</param>
    public void Activate(
        IReadOnlyList<RuleDefinition> rules, IReadOnlyList<SilenceDefinition> silences, DeviceRegister devices, AreaTree areas, TimeZoneInfo zone, IEnumerable<ActiveAlert> alerts)
    {
        (_devices, _areas) = (devices, areas);
        _inhibitors.Clear();
        _inhibitorsOf.Clear();
        // A rule in shadow mode acts on nothing, other alerts included.
        foreach (RuleDefinition rule in rules.Where(r => r is { Inhibits: not null, Mode: RuleMode.Active }))
        {
            _inhibitors.Add(rule.Alert.Text, rule);
            foreach (SourceText target in rule.Inhibits!.Rules)
            {
                _inhibitorsOf.TryAdd(target.Text, []);
                _inhibitorsOf[target.Text].Add(rule);
            }
        }

        _silences.Clear();
        _silences.AddRange(silences.Select(s => (s, s.From is { } from ? LocalTime.Instant(from, zone) : EventTime.MinValue, LocalTime.Instant(s.Until, zone))));
        _sources.Clear();
        _places.Clear();
        foreach (ActiveAlert alert in alerts.Where(a => a.State == AlertState.Firing))
        {
            Begin(new AlertKey(alert.RuleName, alert.DeviceId, alert.IsAbsence));
        }
    }

    /// <summary>The transitions of one instant; gives those that cases are told, in order.</summary>
    public IReadOnlyList<AlertNotice> Pass(IReadOnlyList<AlertNotice> notices, EventTime now)
    {
        if (notices.Count == 0 || (_inhibitors.Count == 0 && _silences.Count == 0 && _held.Count == 0))
        {
            return notices;
        }

        bool hasEnded = false;
        foreach (AlertTransition transition in notices.Select(n => n.Transition))
        {
            AlertKey key = AlertKey.Of(transition);
            hasEnded |= transition.Kind switch
            {
                AlertTransitionKind.Firing => Begin(key),
                AlertTransitionKind.Resolved or AlertTransitionKind.Withdrawn => End(key),
                _ => false,
            };
        }

        List<AlertNotice> through = [.. notices.Where(n => IsThrough(n, now))];
        if (hasEnded)
        {
            Release(now, through);
        }

        Plan(now);
        return through;
    }

    /// <summary>Time has passed: gives the alerts whose silence has ended.</summary>
    public IReadOnlyList<AlertNotice> Advance(EventTime now)
    {
        return NextDue is { } due && due <= now ? Renew(now) : [];
    }

    /// <summary>The city has changed, or time has passed: gives the alerts that nothing keeps back any more.</summary>
    public IReadOnlyList<AlertNotice> Renew(EventTime now)
    {
        List<AlertNotice> through = [];
        Release(now, through);
        Plan(now);
        return through;
    }

    /// <summary>Takes back alerts that were kept when the state was saved; after <see cref="Activate"/>.</summary>
    public void Restore(IEnumerable<SuppressedAlert> held, EventTime now)
    {
        foreach (SuppressedAlert one in held)
        {
            _held[AlertKey.Of(one.Notice.Transition)] = one;
        }

        Plan(now);
    }

    private bool IsThrough(AlertNotice notice, EventTime now)
    {
        AlertTransition transition = notice.Transition;
        AlertKey key = AlertKey.Of(transition);
        switch (transition.Kind)
        {
            case AlertTransitionKind.Firing when Suppressor(key, now) is { } by:
                _held[key] = new SuppressedAlert(notice, by);
                return false;
            case AlertTransitionKind.Raised or AlertTransitionKind.Lowered or AlertTransitionKind.Recurred when _held.TryGetValue(key, out SuppressedAlert? held):
                AlertTransition kept = held.Notice.Transition with { Severity = transition.Severity, Cause = transition.Cause, ObservedAt = transition.ObservedAt };
                _held[key] = held with { Notice = notice with { Transition = kept } };
                return false;
            case AlertTransitionKind.Resolved or AlertTransitionKind.Withdrawn:
                // Told even so: a case may have heard that it was pending. Of an alert it never heard of an end changes nothing.
                _held.Remove(key);
                return true;
            default:
                return true;
        }
    }

    private void Release(EventTime now, List<AlertNotice> through)
    {
        foreach ((AlertKey key, SuppressedAlert held) in _held.Where(h => Suppressor(h.Key, now) is null).ToArray())
        {
            _held.Remove(key);
            through.Add(held.Notice with { Transition = held.Notice.Transition with { At = now } });
        }
    }

    private void Plan(EventTime now) => NextDue = _held.Count == 0 ? null
        : _silences.Where(s => s.Until > now).Select(s => (EventTime?)s.Until).Min();

    private string? Suppressor(AlertKey key, EventTime now)
    {
        if (_devices.Find(key.Device) is not { } device)
        {
            return null;
        }

        foreach ((SilenceDefinition silence, EventTime from, EventTime until) in _silences)
        {
            if (from <= now && now < until && silence.Covers(key.Rule, device, _areas))
            {
                return $"silence {silence.Id}";
            }
        }

        RuleDefinition? inhibitor = _inhibitorsOf.GetValueOrDefault(key.Rule)?.FirstOrDefault(r => _places.ContainsKey(Place(r, device, _areas)));
        return inhibitor is null ? null : $"alert {inhibitor.Alert}";
    }

    private bool Begin(AlertKey key)
    {
        if (_inhibitors.TryGetValue(key.Rule, out RuleDefinition? rule) && _devices.Find(key.Device) is { } device && _sources.TryAdd(key, Place(rule, device, _areas)))
        {
            _places[_sources[key]] = _places.GetValueOrDefault(_sources[key]) + 1;
        }

        return false;
    }

    private bool End(AlertKey key)
    {
        if (!_sources.Remove(key, out string? place))
        {
            return false;
        }

        if (--_places[place] > 0)
        {
            return false; // another of its kind still covers the place
        }

        return _places.Remove(place);
    }

    /// <summary>The place that an alert of an inhibiting rule covers: two devices of equal places are in the same.</summary>
    internal static string Place(RuleDefinition rule, Device device, AreaTree areas) => $"{rule.Alert}\n" + rule.Inhibits!.Area switch
    {
        InhibitionArea.Device => device.Id,
        InhibitionArea.Building => device.Building.Length == 0 ? $"device {device.Id}" : $"{device.Area} {device.Building}",
        InhibitionArea.Grid => device.Area,
        InhibitionArea.Community => areas.AncestorAt(device.Area, AreaLevel.Community)?.Code ?? device.Area,
        _ => areas.AncestorAt(device.Area, AreaLevel.Street)?.Code ?? device.Area,
    };

    private readonly record struct AlertKey(string Rule, string Device, bool IsAbsence) : IComparable<AlertKey>
    {
        public static AlertKey Of(AlertTransition transition) => new(transition.RuleName, transition.DeviceId, transition.IsAbsence);

        public int CompareTo(AlertKey other)
        {
            int order = string.CompareOrdinal(Rule, other.Rule);
            order = order != 0 ? order : string.CompareOrdinal(Device, other.Device);
            return order != 0 ? order : IsAbsence.CompareTo(other.IsAbsence);
        }
    }
}
