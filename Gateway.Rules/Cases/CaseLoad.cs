using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>What one unit has on its hands. Not safe for threads.</summary>
public sealed class CaseLoadCounts
{
    private readonly List<TimeSpan> _times = [];
    private readonly long[] _open = new long[(int)Enum.GetValues<AlertSeverity>().Max() + 1];

    /// <summary>Cases opened in the period.</summary>
    public long Opened { get; private set; }

    /// <summary>Cases closed in the period as done, whenever they were opened.</summary>
    public long Closed { get; private set; }

    /// <summary>Cases found to be false alarms in the period.</summary>
    public long Voided { get; private set; }

    /// <summary>Open cases of which a running clock is past its limit now.</summary>
    public long Overdue { get; private set; }

    /// <summary>Cases that are open now.</summary>
    public long Open => _open.Sum();

    /// <summary>Median time from opening to closing of the cases closed in the period, of an even number the lower one; null without any.</summary>
    public TimeSpan? MedianTimeToClose
    {
        get
        {
            _times.Sort();
            return _times.Count == 0 ? null : _times[(_times.Count - 1) / 2];
        }
    }

    /// <summary>Cases that are open now, of a severity.</summary>
    public long OpenOf(AlertSeverity severity) => _open[(int)severity];

    internal void Add(in CaseFigures c, EventTime from, EventTime to, EventTime now)
    {
        bool isOpen = c.Status.IsOpen();
        _open[(int)c.Severity] += isOpen ? 1 : 0;
        Overdue += isOpen && c.DueAt < now ? 1 : 0;
        Opened += c.OpenedAt >= from && c.OpenedAt < to ? 1 : 0;
        if (c.ClosedAt is { } closed && closed >= from && closed < to)
        {
            Voided += c.Status == CaseStatus.Voided ? 1 : 0;
            if (c.IsClosed)
            {
                Closed++;
                _times.Add(closed - c.OpenedAt);
            }
        }
    }
}

/// <summary>
/// The load of each unit of one level, and of each lead: what is open now, and what came and went in a period. A case counts in the unit of its
/// day, so that a re-cut shows what each new unit takes over only from its day on. Exercises, merged cases and storms that only stand for
/// other cases count nowhere. Not safe for threads.
/// </summary>
/// <param name="level">Which units.</param>
/// <param name="area">Only cases of this unit; null for all.</param>
/// <param name="from">The period's beginning.</param>
/// <param name="to">Its end, not in it.</param>
/// <param name="now">The time open cases are judged at.</param>
public sealed class CaseLoad(AreaLevel level, string? area, EventTime from, EventTime to, EventTime now)
{
    private readonly SortedDictionary<string, CaseLoadCounts> _units = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, CaseLoadCounts> _leads = new(StringComparer.Ordinal);

    /// <summary>By unit code; empty for cases that are filed with a unit above the level.</summary>
    public IReadOnlyDictionary<string, CaseLoadCounts> Units => _units;

    /// <summary>By who leads; empty for nobody yet.</summary>
    public IReadOnlyDictionary<string, CaseLoadCounts> Leads => _leads;

    /// <summary>Gives a unit a row, though it may have no case.</summary>
    public void Expect(string unit) => Row(_units, unit);

    /// <summary>Takes a case in.</summary>
    /// <param name="c">What is counted.</param>
    /// <param name="lead">Who leads.</param>
    /// <param name="path">Its units, from the lowest to the city.</param>
    public void Add(in CaseFigures c, string lead, IReadOnlyList<string> path)
    {
        if (c.IsExercise || c.Status == CaseStatus.Merged || c.IsRollUp || (area is not null && !path.Contains(area)))
        {
            return;
        }

        // The city is the last, a district the one before it, and so on: no level is ever left out between.
        int place = path.Count - 1 - (int)level;
        Row(_units, place >= 0 ? path[place] : "").Add(c, from, to, now);
        Row(_leads, lead).Add(c, from, to, now);
    }

    private static CaseLoadCounts Row(SortedDictionary<string, CaseLoadCounts> rows, string name)
    {
        if (!rows.TryGetValue(name, out CaseLoadCounts? row))
        {
            rows.Add(name, row = new CaseLoadCounts());
        }

        return row;
    }
}
