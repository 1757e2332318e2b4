using Gateway.Rules.Compilation;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// When the devices of each area last met the conditions that rules count them by. Only devices that met one lately take memory. Hits come in
/// the order of the log, so those of an area form a list whose oldest is first: a hit, a count and an expiry cost the same however many there are.
/// Not safe for threads.
/// </summary>
internal sealed class AreaTable(RuleSet rules)
{
    private readonly AreaHits[] _terms = [.. rules.AreaTerms.Select(t => new AreaHits(t))];

    /// <summary>The hits of a term.</summary>
    public AreaHits this[AreaTerm term] => _terms[term.Index];

    /// <summary>The hits of every term.</summary>
    public IReadOnlyList<AreaHits> Terms => _terms;
}

/// <summary>The hits of one term, by group.</summary>
internal sealed class AreaHits
{
    private const int None = -1;

    private readonly AreaGroups _groups;
    private readonly bool _isRadius;
    private readonly long _withinMs;
    private readonly Dictionary<long, Group> _byGroup = [];
    private readonly Dictionary<int, int> _byDevice = [];
    private readonly Stack<int> _free = new();
    private readonly List<Hit> _hits = [];

    /// <summary>Creates one without hits.</summary>
    public AreaHits(AreaCount count)
    {
        Term = count.Term;
        _groups = count.Groups;
        _isRadius = count.Term.Scope == AreaScope.Radius;
        _withinMs = (long)count.Term.Within.TotalMilliseconds;
    }

    /// <summary>The term.</summary>
    public AreaTerm Term { get; }

    /// <summary>How old an observation may be, when it is received, to count.</summary>
    public long WithinMs => _withinMs;

    /// <summary>All hits, oldest first, those of one instant by device.</summary>
    public IEnumerable<(int Device, long AtMs)> All => _byDevice.Values.Select(n => (_hits[n].Device, _hits[n].AtMs)).OrderBy(h => h.AtMs).ThenBy(h => h.Device);

    /// <summary>A device met the condition; times never go back.</summary>
    public void Add(int device, long nowMs)
    {
        long key = _groups[device];
        if (_byDevice.TryGetValue(device, out int number))
        {
            Unlink(key, number);
        }
        else
        {
            number = _free.TryPop(out int free) ? free : _hits.Count;
            if (number == _hits.Count)
            {
                _hits.Add(default);
            }

            _byDevice.Add(device, number);
        }

        Group group = _byGroup.GetValueOrDefault(key, Group.Empty);
        _hits[number] = new Hit(device, nowMs, group.Last, None);
        if (group.Last != None)
        {
            _hits[group.Last] = _hits[group.Last] with { Next = number };
        }

        _byGroup[key] = new Group(group.First == None ? number : group.First, number, group.Count + 1);
    }

    /// <summary>How many devices count for one that is judged now.</summary>
    public int Count(int device, long nowMs)
    {
        if (!_isRadius)
        {
            return Expire(_groups[device], nowMs).Count;
        }

        int count = 0;
        for (int cell = 0; cell < AreaGroups.CellsAround; cell++)
        {
            for (int number = Expire(AreaGroups.Around(_groups[device], cell), nowMs).First; number != None; number = _hits[number].Next)
            {
                int other = _hits[number].Device;
                count += other != device && _groups.DistanceMetres(device, other) <= Term.RadiusMetres ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>When the count of a device may next fall without a reading; <see cref="long.MaxValue"/> for never. Ask after <see cref="Count"/>.</summary>
    public long NextChangeMs(int device)
    {
        IEnumerable<long> groups = _isRadius
            ? Enumerable.Range(0, AreaGroups.CellsAround).Select(c => AreaGroups.Around(_groups[device], c))
            : [_groups[device]];
        return groups.Select(g => _byGroup.GetValueOrDefault(g, Group.Empty).First).Where(n => n != None)
            .Select(n => _hits[n].AtMs + _withinMs + 1).DefaultIfEmpty(long.MaxValue).Min();
    }

    private Group Expire(long key, long nowMs)
    {
        Group group = _byGroup.GetValueOrDefault(key, Group.Empty);
        while (group.First != None && nowMs - _hits[group.First].AtMs > _withinMs)
        {
            int number = group.First;
            _byDevice.Remove(_hits[number].Device);
            group = Unlink(key, number);
            _free.Push(number);
        }

        return group;
    }

    private Group Unlink(long key, int number)
    {
        Hit hit = _hits[number];
        Group group = _byGroup[key];
        if (hit.Previous != None)
        {
            _hits[hit.Previous] = _hits[hit.Previous] with { Next = hit.Next };
        }

        if (hit.Next != None)
        {
            _hits[hit.Next] = _hits[hit.Next] with { Previous = hit.Previous };
        }

        Group left = new(group.First == number ? hit.Next : group.First, group.Last == number ? hit.Previous : group.Last, group.Count - 1);
        if (left.Count == 0)
        {
            _byGroup.Remove(key);
            return Group.Empty;
        }

        _byGroup[key] = left;
        return left;
    }

    private readonly record struct Hit(int Device, long AtMs, int Previous, int Next);

    private readonly record struct Group(int First, int Last, int Count)
    {
        public static readonly Group Empty = new(None, None, 0);
    }
}
