using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>The rules of one lane at work: those that act at once, or those that wait equally long for late readings. Not safe for threads.</summary>
internal sealed class LaneEngine
{
    private readonly ConditionJudge _judge;
    private readonly DeviceTable _devices;
    private readonly CalendarWatch _calendars;
    private readonly TimerWheel _timers;
    private StateLoader? _loader;

    /// <summary>Creates one that has seen nothing.</summary>
    public LaneEngine(RuleSet rules, RuleLane lane, double clockSpeed)
    {
        State = new EngineState(rules, lane, clockSpeed);
        _judge = new ConditionJudge(State);
        (_devices, _calendars, _timers) = (State.Devices, State.Calendars, State.Timers);
    }

    /// <summary>All it knows.</summary>
    public EngineState State { get; }

    /// <summary>When <see cref="Advance"/> next has something to look at; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDueMs => Math.Min(_timers.NextDueMs, _calendars.NextMs);

    /// <summary>Applies one row; time has been advanced to it.</summary>
    public void Evaluate(in ReadingBatch.Row key, DeviceProfile profile, ReadOnlySpan<double> values, ICollection<AlertTransition> sink)
    {
        GroupPlan plan = _devices.PlanOf(key.DeviceIndex);
        if (key.Quality == TimeQuality.Historical || plan.Layout is not { } layout)
        {
            return;
        }

        if (!ReferenceEquals(profile, layout.Profile))
        {
            throw new ArgumentException($"a row of kind {profile.Kind} for a device of kind {layout.Profile.Kind}", nameof(profile));
        }

        double[] page = _devices.Block(key.DeviceIndex, out int at);
        long nowMs = State.NowMs;
        long observedMs = key.ObservedAt.UnixMilliseconds;
        DeviceTable.Received(page, at) = nowMs;
        ulong moved = _devices.Merge(plan, values, page, at, observedMs);
        if (plan.Histories.Length > 0)
        {
            moved = State.Histories.Take(plan, key.DeviceIndex, page, at, values, new Moment(nowMs, observedMs), moved);
        }

        bool hasEpisodes = DeviceTable.FirstEpisode(page, at) != 0;
        foreach (ref readonly AbsencePlan absence in plan.Absences.AsSpan())
        {
            ref double lastMs = ref page[at + absence.Cell];
            if (nowMs - observedMs > absence.MaxAgeMs)
            {
                continue;
            }

            if (hasEpisodes || double.IsNaN(lastMs))
            {
                State.Absences.Heard(absence.Rule, key.DeviceIndex, ref lastMs, hasEpisodes, new Moment(nowMs, observedMs), sink);
            }
            else
            {
                lastMs = nowMs;
            }
        }

        // Nearly every row: all fields came, none is old, nothing is under way, and nothing begins.
        if ((plan.Positions & ~moved) != 0 || nowMs - observedMs > plan.MaxAgeMs || DeviceTable.FirstEpisode(page, at) != 0
            || plan.Any is not { } any || any(page, at + DeviceTable.ValuesAt, _calendars.Values))
        {
            JudgeEach(plan, key.DeviceIndex, page, at, moved, new Moment(nowMs, observedMs), sink);
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
            _calendars.Begin(now.UnixMilliseconds);
        }

        while (true)
        {
            if (_timers.TryTake(Math.Min(now.UnixMilliseconds, _calendars.NextMs), out Timer timer))
            {
                State.NowMs = Math.Max(State.NowMs, timer.DueMs);
                Expire(timer, sink);
            }
            else if (_calendars.NextMs <= now.UnixMilliseconds)
            {
                State.NowMs = Math.Max(State.NowMs, _calendars.NextMs);
                IReadOnlyList<int> changed = _calendars.Pass(_calendars.NextMs);
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

    private void JudgeEach(GroupPlan plan, int device, double[] page, int at, ulong moved, Moment now, ICollection<AlertTransition> sink)
    {
        foreach (ref ConditionPlan condition in plan.Conditions.AsSpan())
        {
            if ((condition.Positions & moved) == 0 || now.NowMs - now.ObservedMs > condition.MaxAgeMs)
            {
                continue;
            }

            if ((condition.Positions & ~moved) != 0)
            {
                _judge.JudgeMixed(condition, device, page, at, moved, now, sink);
                continue;
            }

            int raise = (condition.Raise ??= condition.Rule.Raise)(page, at + DeviceTable.ValuesAt, _calendars.Values);
            if ((raise & ConditionJudge.AnyTrue) != 0 || DeviceTable.FirstEpisode(page, at) != 0)
            {
                _judge.Judge(condition.Rule, device, raise, page, at + DeviceTable.ValuesAt, ulong.MaxValue, now, sink);
            }
        }
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
