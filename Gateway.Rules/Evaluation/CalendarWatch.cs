using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>The calendars rules ask for: whether their hours run, and when that next changes. Not safe for threads.</summary>
internal sealed class CalendarWatch(RuleSet rules)
{
    // A calendar looks ahead somewhat more than a year: a holiday beyond that is found when it is nearer.
    private const long LookAgainMs = 365L * 24 * 3600 * 1000;

    private readonly long[] _changesMs = Enumerable.Repeat(long.MinValue, rules.Calendars.Count).ToArray();

    /// <summary>Whether the hours of each run, 1 or 0; not known before log time begins.</summary>
    public double[] Values { get; } = Enumerable.Repeat(double.NaN, rules.Calendars.Count).ToArray();

    /// <summary>When the first of them changes; <see cref="long.MaxValue"/> for never.</summary>
    public long NextMs { get; private set; } = long.MaxValue;

    /// <summary>Log time begins, or goes on from saved state.</summary>
    public void Begin(long nowMs)
    {
        Array.Fill(_changesMs, nowMs);
        _ = Pass(nowMs);
    }

    /// <summary>Sets what holds at an instant; says which calendars changed.</summary>
    public IReadOnlyList<int> Pass(long nowMs)
    {
        List<int> changed = [];
        EventTime now = new(nowMs);
        for (int number = 0; number < Values.Length; number++)
        {
            if (_changesMs[number] <= nowMs)
            {
                changed.Add(number);
                Values[number] = rules.Calendars[number].Calendar.IsWorking(now) ? 1 : 0;
                EventTime next = rules.Calendars[number].Calendar.NextChange(now);
                _changesMs[number] = next == EventTime.MaxValue ? nowMs + LookAgainMs : next.UnixMilliseconds;
            }
        }

        NextMs = _changesMs.Length == 0 ? long.MaxValue : _changesMs.Min();
        return changed;
    }
}
