using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>A time between two instants.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends.</param>
public readonly record struct TimeStretch(EventTime From, EventTime To);

/// <summary>One clock of a case over its whole life: a case holds the latest of each kind, its history all of them.</summary>
/// <param name="Clock">The clock as it stands, or stood when it stopped or another took its place.</param>
/// <param name="Party">Whose it is: its own party, or who led the case when it started.</param>
/// <param name="EndedAt">When it stopped or another took its place; null while it runs.</param>
/// <param name="Paused">When it stood still 缓办; the last one ends with what is counted where it still does.</param>
/// <param name="Late">When it was beyond its limit: until it stopped or got a later limit 延期; the last one ends with what is counted where it still is.</param>
public sealed record CaseClockRun(CaseClock Clock, string Party, EventTime? EndedAt, IReadOnlyList<TimeStretch> Paused, IReadOnlyList<TimeStretch> Late)
{
    /// <summary>The limit that passed first without what the clock waits for; null for none. An extension does not undo it.</summary>
    public EventTime? BreachedAt => Late is [var first, ..] ? first.From : null;

    /// <summary>The clocks of a history, in the order they started.</summary>
    /// <param name="history">The events of one case, in order.</param>
    /// <param name="now">Until when a pause that goes on is counted.</param>
    public static IReadOnlyList<CaseClockRun> Of(IEnumerable<CaseEvent> history, EventTime now)
    {
        List<Draft> drafts = [];
        Case? state = null;
        foreach (CaseEvent next in history)
        {
            IReadOnlyList<CaseClock> before = state?.Clocks ?? [];
            state = Case.Apply(state, next);
            if (ReferenceEquals(before, state.Clocks))
            {
                continue;
            }

            foreach (CaseClock clock in state.Clocks)
            {
                if (drafts.Find(d => d.IsSame(clock)) is { } known)
                {
                    known.Follow(clock, next.At);
                }
                else
                {
                    drafts.Add(new Draft(clock, clock.Party.Length > 0 ? clock.Party : state.Lead));
                }
            }

            foreach (Draft gone in drafts.Where(d => !state.Clocks.Any(d.IsSame)))
            {
                gone.Replace(next.At);
            }
        }

        return [.. drafts.Select(d => d.ToRun(now))];
    }

    private sealed class Draft(CaseClock clock, string party)
    {
        private readonly List<TimeStretch> _paused = [];
        private readonly List<TimeStretch> _late = [];
        private CaseClock _clock = clock;
        private EventTime? _replacedAt;
        private EventTime? _lateSince;

        // A clock that was extended or went on keeps its start.
        public bool IsSame(CaseClock other) => (_clock.Kind, _clock.Party, _clock.StartedAt, _clock.Offset) == (other.Kind, other.Party, other.StartedAt, other.Offset);

        public void Follow(CaseClock now, EventTime at)
        {
            if (_clock.PausedAt is { } since && now.PausedAt is null)
            {
                _paused.Add(new TimeStretch(since, at));
            }

            bool isLate = now.Level > EscalationLevel.None;
            if (isLate && _clock.StoppedAt is null)
            {
                _lateSince ??= now.DueAt;
            }

            if (_lateSince is { } limit && (!isLate || now.StoppedAt is not null))
            {
                _late.Add(new TimeStretch(limit, EventTime.Max(limit, at)));
                _lateSince = null;
            }

            _clock = now;
        }

        public void Replace(EventTime at) => _replacedAt ??= _clock.StoppedAt ?? at;

        public CaseClockRun ToRun(EventTime now)
        {
            IReadOnlyList<TimeStretch> paused = _clock.PausedAt is { } since ? [.. _paused, new TimeStretch(since, EventTime.Max(since, now))] : _paused;
            EventTime? ended = _clock.StoppedAt ?? _replacedAt;
            IReadOnlyList<TimeStretch> late = _lateSince is { } limit ? [.. _late, new TimeStretch(limit, EventTime.Max(limit, ended ?? now))] : _late;
            return new CaseClockRun(_clock, party, ended, paused, late);
        }
    }
}
