using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>The rules of one lane at work: those that act at once, or those that wait equally long for late readings. Not safe for threads.</summary>
internal sealed class LaneEngine
{
    private readonly ConditionJudge _judge;
    private StateLoader? _loader;

    /// <summary>Creates one that has seen nothing.</summary>
    public LaneEngine(RuleSet rules, RuleLane lane, double clockSpeed)
    {
        State = new EngineState(rules, lane, clockSpeed);
        _judge = new ConditionJudge(State);
    }

    /// <summary>All it knows.</summary>
    public EngineState State { get; }

    /// <summary>When <see cref="Advance"/> next has something to look at; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDueMs => Math.Min(State.Timers.NextDueMs, State.Calendars.NextMs);

    /// <summary>Applies one row; time has been advanced to it.</summary>
    public void Evaluate(in ReadingBatch.Row key, DeviceProfile profile, ReadOnlySpan<double> values, ICollection<AlertTransition> sink)
    {
        GroupPlan plan = State.Devices.PlanOf(key.DeviceIndex);
        if (key.Quality == TimeQuality.Historical || plan.Layout is not { } layout)
        {
            return;
        }

        if (!ReferenceEquals(profile, layout.Profile))
        {
            throw new ArgumentException($"a row of kind {profile.Kind} for a device of kind {layout.Profile.Kind}", nameof(profile));
        }

        double[] page = State.Devices.Block(key.DeviceIndex, out int at);
        var now = new Moment(State.NowMs, key.ObservedAt.UnixMilliseconds);
        DeviceTable.Received(page, at) = State.NowMs;
        ulong moved = Merge(layout, values, page, at, key.ObservedAt.UnixMilliseconds);
        if (plan.Histories.Length > 0)
        {
            moved = State.Histories.Take(plan, key.DeviceIndex, page, at + DeviceTable.ValuesAt, values, now, moved);
        }

        long ageMs = State.NowMs - key.ObservedAt.UnixMilliseconds;
        foreach (ref readonly AbsencePlan absence in plan.Absences.AsSpan())
        {
            if (ageMs <= absence.MaxAgeMs)
            {
                bool hasEpisodes = DeviceTable.FirstEpisode(page, at) != 0;
                State.Absences.Heard(absence.Rule, key.DeviceIndex, ref page[at + absence.Cell], hasEpisodes, now, sink);
            }
        }

        // Nearly every row: all fields came, none is old, nothing is under way, and nothing begins.
        if ((plan.Positions & ~moved) == 0 && ageMs <= plan.MaxAgeMs && DeviceTable.FirstEpisode(page, at) == 0
            && plan.Any is { } any && !any(page, at + DeviceTable.ValuesAt, State.Calendars.Values))
        {
            return;
        }

        foreach (ref ConditionPlan condition in plan.Conditions.AsSpan())
        {
            if ((condition.Positions & moved) == 0 || ageMs > condition.MaxAgeMs)
            {
                continue;
            }

            if ((condition.Positions & ~moved) != 0)
            {
                _judge.JudgeMixed(condition, key.DeviceIndex, page, at, moved, now, sink);
                continue;
            }

            int raise = (condition.Raise ??= condition.Rule.Raise)(page, at + DeviceTable.ValuesAt, State.Calendars.Values);
            if ((raise & ConditionJudge.AnyTrue) != 0 || DeviceTable.FirstEpisode(page, at) != 0)
            {
                _judge.Judge(condition.Rule, key.DeviceIndex, raise, page, at + DeviceTable.ValuesAt, ulong.MaxValue, now, sink);
            }
        }
    }

    /// <summary>Lets log time pass, as <see cref="RuleEngine.Advance"/> says.</summary>
    public void Advance(EventTime now, ICollection<AlertTransition> sink)
    {
        if (now.UnixMilliseconds < NextDueMs && State.NowMs > EventTime.MinValue.UnixMilliseconds)
        {
            // Nearly every row: nothing is due.
            State.NowMs = Math.Max(State.NowMs, now.UnixMilliseconds);
            return;
        }

        if (State.NowMs == EventTime.MinValue.UnixMilliseconds)
        {
            State.Calendars.Begin(now.UnixMilliseconds);
        }

        while (true)
        {
            if (State.Timers.TryTake(Math.Min(now.UnixMilliseconds, State.Calendars.NextMs), out Timer timer))
            {
                State.NowMs = Math.Max(State.NowMs, timer.DueMs);
                Expire(timer, sink);
            }
            else if (State.Calendars.NextMs <= now.UnixMilliseconds)
            {
                State.NowMs = Math.Max(State.NowMs, State.Calendars.NextMs);
                IReadOnlyList<int> changed = State.Calendars.Pass(State.Calendars.NextMs);
                _judge.JudgeAnew(rule => rule.Calendars.Intersect(changed).Any(), isObserved: false, State.NowMs, sink);
            }
            else
            {
                break;
            }
        }

        State.NowMs = Math.Max(State.NowMs, now.UnixMilliseconds);
    }

    /// <summary>Takes over saved state of a lane; the engine must be new. <see cref="JudgeNew"/> follows, once all lanes have taken theirs.</summary>
    public StateLoad Load(SavedLane saved, EventTime at, ICollection<AlertTransition> sink)
    {
        _loader = new StateLoader(State, saved, at);
        StateLoad load = _loader.Load(sink);
        _judge.WatchAreas();
        return load;
    }

    /// <summary>Judges the rules that are new, or mean something else than the saved state's, on the latest values.</summary>
    public void JudgeNew(EventTime at, ICollection<AlertTransition> sink)
    {
        if (_loader is { } loader)
        {
            _judge.JudgeAnew(loader.IsNew, isObserved: true, Math.Max(State.NowMs, at.UnixMilliseconds), sink);
            _loader = null;
        }
    }

    /// <summary>All alerts pending or firing, ordered by rule, then device.</summary>
    public IEnumerable<ActiveAlert> ActiveAlerts() => State.Episodes.Active().Select(Show);

    private void Expire(in Timer timer, ICollection<AlertTransition> sink)
    {
        if (timer.Part == Timer.Absence)
        {
            State.Absences.Expire(timer, sink);
        }
        else if (timer.Part == Timer.AreaCount)
        {
            _judge.Recount(timer, sink);
        }
        else
        {
            State.Ladder.Expire(timer, sink);
        }
    }

    // Takes over the values of a row that are no older than the ones held; says which.
    private static ulong Merge(KindLayout layout, ReadOnlySpan<double> values, double[] page, int at, double observedMs)
    {
        ref double observed = ref DeviceTable.Observed(page, at);
        observed = observedMs < observed ? observed : observedMs;
        ulong moved = 0;
        int cell = at + DeviceTable.ValuesAt;
        ReadOnlySpan<int> columns = layout.Columns;
        for (int position = 0; position < columns.Length; position++, cell += 2)
        {
            double value = values[columns[position]];
            if (!double.IsNaN(value) && !(observedMs < page[cell + 1]))
            {
                page[cell] = value;
                page[cell + 1] = observedMs;
                moved |= 1UL << position;
            }
        }

        return moved;
    }

    private ActiveAlert Show(Episode episode)
    {
        CompiledRule rule = State.Rules.Rules[episode.Rule];
        return new ActiveAlert
        {
            Rule = episode.Rule,
            RuleName = rule.Name,
            DeviceIndex = episode.Device,
            DeviceId = State.Values.DeviceId(episode.Device),
            State = episode.State,
            Severity = episode.IsAbsence ? rule.Definition.Absent!.Severity : rule.SeverityOf(episode.Level),
            Since = new EventTime(episode.SinceMs),
            OccurredAt = new EventTime(episode.OccurredMs),
            IsAbsence = episode.IsAbsence,
            Cause = episode.Cause,
            Values = State.Values.Texts(rule, episode.Device),
        };
    }
}
