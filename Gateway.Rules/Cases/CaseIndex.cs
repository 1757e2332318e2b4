using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;

namespace Gateway.Rules.Cases;

/// <summary>The cases of a book, found by number, key, alert, due time and awaited device. Everything in it follows from the cases alone.</summary>
internal sealed class CaseIndex
{
    private readonly Dictionary<string, Case> _cases = [];
    private readonly Dictionary<CaseKey, string> _byKey = [];
    private readonly Dictionary<(string Rule, string DeviceId), string> _byAlert = [];
    private readonly SortedSet<(EventTime At, long Number, string CaseNo)> _due = [];
    private readonly Dictionary<string, List<Awaited>> _awaited = [];
    private readonly Dictionary<(string Rule, string DeviceId), string> _ofStorm = []; // also of alerts that have cleared
    private readonly Dictionary<string, SortedDictionary<long, string>> _byKind = [];
    private readonly Dictionary<string, SortedDictionary<long, string>> _unsensed = [];
    private readonly StormWatch _watch = new();

    private readonly record struct Awaited(string CaseNo, EventTime Until);

    public IReadOnlyCollection<Case> Cases => _cases.Values;

    /// <summary>Asked for every record of the log: it allocates nothing.</summary>
    public EventTime? NextDue => _due.Count == 0 ? null : _due.Min.At;

    public Case? Find(string caseNo) => _cases.GetValueOrDefault(caseNo);

    public Case? ByKey(CaseKey key) => _byKey.TryGetValue(key, out string? caseNo) ? _cases[caseNo] : null;

    public Case? ByAlert(string rule, string deviceId) => _byAlert.TryGetValue((rule, deviceId), out string? caseNo) ? _cases[caseNo] : null;

    /// <summary>The cases of an event kind, oldest first; storms do not count.</summary>
    public IEnumerable<Case> OfKind(string kind) => Of(_byKind, kind);

    /// <summary>Those of them that people reported and no sensor has said anything of.</summary>
    public IEnumerable<Case> Unsensed(string kind) => Of(_unsensed, kind);

    /// <summary>The open storm of a family in a unit; null when there is none.</summary>
    public Case? OpenStorm(string family, string area, AreaTree areas) => ByKey(CaseKey.ForStorm(family, area, areas)) is { IsOpen: true } storm ? storm : null;

    /// <summary>The storm of a family in a unit that is over and may be reopened; null when there is none.</summary>
    public Case? ClosedStorm(string family, string area, AreaTree areas) => ByKey(CaseKey.ForStorm(family, area, areas)) is { IsOpen: false } storm ? storm : null;

    /// <summary>The open cases of a family in a unit that opened at <paramref name="since"/> or later, oldest first; storms do not count.</summary>
    public IReadOnlyList<string> OpenSince(string family, string area, EventTime since) => _watch.Since(family, area, since);

    /// <summary>The open storm that has had an alert; null for none. Its key says nothing of the device, and what breaches again must not pass it by.</summary>
    public Case? StormOf(string rule, string deviceId) => HeldStormOf(rule, deviceId) is { IsOpen: true } storm ? storm : null;

    /// <summary>The storm that has had an alert, is over and may be reopened; null for none.</summary>
    public Case? ClosedStormOf(string rule, string deviceId) => HeldStormOf(rule, deviceId) is { IsOpen: false } storm ? storm : null;

    /// <summary>The case that has something due first, at <paramref name="now"/> or before; null when none has.</summary>
    public Case? FirstDue(EventTime now) => _due.Count > 0 && _due.Min is var first && first.At <= now ? _cases[first.CaseNo] : null;

    public bool IsAwaited(string deviceId, EventTime observedAt)
    {
        if (_awaited.Count == 0 || !_awaited.TryGetValue(deviceId, out List<Awaited>? cases))
        {
            return false;
        }

        foreach (Awaited awaited in cases)
        {
            if (observedAt >= awaited.Until)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Numbers of the cases that wait for a reading of the device, oldest first, whenever each began to wait: a restart does not know that any more. A
    /// copy, because taking the reading changes them.
    /// </summary>
    public string[] AwaitedBy(string deviceId) => _awaited.TryGetValue(deviceId, out List<Awaited>? cases) ? [.. cases.Select(a => a.CaseNo).OrderBy(c => _cases[c].Number)] : [];

    /// <summary>Files a case in place of its earlier state; one that is over for good is let go.</summary>
    /// <param name="before">The earlier state, as it was filed; null for a new case.</param>
    /// <param name="after">The state now.</param>
    /// <param name="events">What lies between.</param>
    public void Put(Case? before, Case after, IReadOnlyList<CaseEvent> events)
    {
        bool simple = before is { IsOpen: true } && after.IsOpen && before.HoldUntil == after.HoldUntil
            && before.Members.Count == after.Members.Count && before.Places.Count == after.Places.Count && IsUnsensed(before) == IsUnsensed(after);
        if (simple && (after.HoldUntil is null || events is [ConditionHeld]))
        {
            Update(before!, after, events);
            return;
        }

        if (before is not null)
        {
            Remove(before);
        }

        if (after.IsOpen || after.ReopenUntil is not null)
        {
            Add(after);
        }
    }

    public void Forget(Case known) => Remove(known);

    /// <summary>The widest open storm below a unit that a case is part of; the case itself where it is part of none, or of a wider one alone.</summary>
    public Case Outermost(string caseNo, string unit)
    {
        Case state = _cases[caseNo];
        for (int level = 0; level < StormDecider.LevelLimit && Find(state.Storm) is { IsOpen: true } storm && storm.Facts.AreaPath.Skip(1).Contains(unit); level++)
        {
            state = storm;
        }

        return state;
    }

    /// <summary>Whether a storm is part of another, or of what that is part of: after a re-cut of units one may lie in the other both ways.</summary>
    public bool IsPartOf(Case storm, string child)
    {
        Case? above = storm;
        for (int level = 0; level < StormDecider.LevelLimit && above is not null; level++)
        {
            if (above.Storm == child)
            {
                return true;
            }

            above = Find(above.Storm);
        }

        return above is not null;
    }

    /// <summary>The common way, whose cost does not grow with the alerts a case has: a storm adds thousands to one case.</summary>
    private void Update(Case before, Case after, IReadOnlyList<CaseEvent> events)
    {
        _cases[after.CaseNo] = after;
        if (DueOf(before) != DueOf(after))
        {
            RemoveDue(before);
            AddDue(after);
        }

        foreach (CaseEvent next in events)
        {
            switch (next)
            {
                case OccurrenceAdded { Occurrence.Evidence: { } evidence }:
                    _byAlert[(evidence.Rule.Name, evidence.DeviceId)] = after.CaseNo;
                    if (after.IsStorm)
                    {
                        _ofStorm[(evidence.Rule.Name, evidence.DeviceId)] = after.CaseNo;
                    }

                    break;
                case AlertPendingAgain pending:
                    _byAlert[(pending.Rule, pending.DeviceId)] = after.CaseNo;
                    break;
                case AlertCleared cleared:
                    _byAlert.Remove((cleared.Rule, cleared.DeviceId));
                    break;
                case ConditionHeld held:
                    LetGo(after.CaseNo, held.DeviceId);
                    break;
            }
        }
    }

    private void Add(Case c)
    {
        _cases[c.CaseNo] = c;
        if (c is { IsOpen: true, IsStorm: false })
        {
            _watch.Add(c);
        }

        foreach (CaseKey key in c.Keys)
        {
            _byKey[key] = c.CaseNo;
        }

        List(c);
        AddDue(c);
        foreach (CaseAlert alert in c.Alerts)
        {
            if (alert.IsBreaching)
            {
                _byAlert[(alert.Rule, alert.DeviceId)] = c.CaseNo;
            }

            if (c.IsStorm)
            {
                _ofStorm[(alert.Rule, alert.DeviceId)] = c.CaseNo;
            }

            if (c.HoldUntil is { } until && alert.AwaitsReading)
            {
                Await(alert.DeviceId, new Awaited(c.CaseNo, until));
            }
        }
    }

    private void Remove(Case c)
    {
        _cases.Remove(c.CaseNo);
        _watch.Remove(c);
        Unlist(_byKind, c);
        Unlist(_unsensed, c);
        foreach (CaseKey key in c.Keys)
        {
            if (_byKey.TryGetValue(key, out string? holder) && holder == c.CaseNo)
            {
                _byKey.Remove(key);
            }
        }

        RemoveDue(c);
        foreach (CaseAlert alert in c.Alerts)
        {
            if (alert.IsBreaching)
            {
                _byAlert.Remove((alert.Rule, alert.DeviceId));
            }

            if (c.IsStorm && _ofStorm.TryGetValue((alert.Rule, alert.DeviceId), out string? holder) && holder == c.CaseNo)
            {
                _ofStorm.Remove((alert.Rule, alert.DeviceId));
            }

            LetGo(c.CaseNo, alert.DeviceId);
        }
    }

    private static bool IsUnsensed(Case c) => c is { IsStorm: false, AlertList.Count: 0 };

    private IEnumerable<Case> Of(Dictionary<string, SortedDictionary<long, string>> lists, string kind) =>
        lists.TryGetValue(kind, out SortedDictionary<long, string>? cases) ? cases.Values.Select(c => _cases[c]) : [];

    private void List(Case c)
    {
        foreach (Dictionary<string, SortedDictionary<long, string>> lists in c.IsStorm ? [] : IsUnsensed(c) ? new[] { _byKind, _unsensed } : [_byKind])
        {
            (lists.TryGetValue(c.Facts.Key.Event, out SortedDictionary<long, string>? cases) ? cases : lists[c.Facts.Key.Event] = [])[c.Number] = c.CaseNo;
        }
    }

    private static void Unlist(Dictionary<string, SortedDictionary<long, string>> lists, Case c)
    {
        if (lists.TryGetValue(c.Facts.Key.Event, out SortedDictionary<long, string>? cases) && cases.Remove(c.Number) && cases.Count == 0)
        {
            lists.Remove(c.Facts.Key.Event);
        }
    }

    private Case? HeldStormOf(string rule, string deviceId) => _ofStorm.TryGetValue((rule, deviceId), out string? caseNo) ? _cases[caseNo] : null;

    private void LetGo(string caseNo, string deviceId)
    {
        if (_awaited.TryGetValue(deviceId, out List<Awaited>? cases) && cases.RemoveAll(a => a.CaseNo == caseNo) > 0 && cases.Count == 0)
        {
            _awaited.Remove(deviceId);
        }
    }

    private void Await(string deviceId, Awaited awaited)
    {
        if (!_awaited.TryGetValue(deviceId, out List<Awaited>? cases))
        {
            _awaited.Add(deviceId, cases = []);
        }

        if (!cases.Contains(awaited))
        {
            cases.Add(awaited);
        }
    }

    private void AddDue(Case c)
    {
        if (DueOf(c) is { } due)
        {
            _due.Add((due, c.Number, c.CaseNo));
        }
    }

    private void RemoveDue(Case c)
    {
        if (DueOf(c) is { } due)
        {
            _due.Remove((due, c.Number, c.CaseNo));
        }
    }

    /// <summary>When time alone changes something: a clock, or the end of the time to reopen, which is held inclusively.</summary>
    private static EventTime? DueOf(Case c) => c.IsOpen ? c.NextClockAt : c.ReopenUntil + TimeSpan.FromMilliseconds(1);
}
