using System.Buffers;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation.Explaining;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Readings in log order to alert transitions. Deterministic: the same rows, ticks and starts give the same transitions, however the time
/// between rows is cut into ticks. Single-threaded; knows no clock: the log's time comes with the rows and with <see cref="Advance"/>.
/// A row that changes nothing allocates nothing. The exact semantics are in README.md beside this file.
/// </summary>
public sealed class RuleEngine
{
    // How many rows ahead memory is asked for: far enough to hide its latency, near enough to be still there.
    private const int SlotLookahead = 16;
    private const int BlockLookahead = 8;

    private readonly EngineState _state;
    private readonly ConditionJudge _judge;

    /// <summary>Creates an engine that has seen nothing.</summary>
    /// <param name="rules">The compiled rules.</param>
    /// <param name="devices">The register the rules were compiled against.</param>
    /// <param name="clockSpeed">
    /// How many times as fast as real time the log's clock runs, 1 or more. It multiplies <c>max_age</c>, which is about transport; the times
    /// of the rules themselves are about water and smoke and stay as written.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="devices"/> is another register than the rules'.</exception>
    public RuleEngine(RuleSet rules, DeviceRegister devices, double clockSpeed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clockSpeed, 1d);
        if (!ReferenceEquals(rules.Devices, devices))
        {
            throw new ArgumentException("the rules were compiled against another register", nameof(devices));
        }

        _state = new EngineState(rules, clockSpeed);
        _judge = new ConditionJudge(_state);
    }

    /// <summary>The rules it runs.</summary>
    public RuleSet Rules => _state.Rules;

    /// <summary>Log time reached.</summary>
    public EventTime Now => new(_state.NowMs);

    /// <summary>When <see cref="Advance"/> next has something to look at, or null; never later than the next transition a timer makes.</summary>
    public EventTime? NextDue => Math.Min(_state.Timers.NextDueMs, _state.Calendars.NextMs) is var next and < long.MaxValue ? new EventTime(next) : null;

    /// <summary>Applies one row. Timers due at its receive time or before fire first.</summary>
    /// <param name="batch">Readings of one kind, decoded against the engine's register.</param>
    /// <param name="row">The row; rows of all batches come in log order.</param>
    /// <param name="sink">Takes the transitions, in order.</param>
    /// <exception cref="ArgumentException">The batch is of another kind than the row's device.</exception>
    public void Evaluate(ReadingBatch batch, int row, ICollection<AlertTransition> sink)
    {
        Lookahead(batch, row);
        ref readonly ReadingBatch.Row key = ref batch[row];
        Advance(key.ReceivedAt, sink);
        GroupPlan plan = _state.Devices.PlanOf(key.DeviceIndex);
        if (key.Quality == TimeQuality.Historical || plan.Layout is not { } layout)
        {
            return;
        }

        if (!ReferenceEquals(batch.Profile, layout.Profile))
        {
            throw new ArgumentException($"a row of kind {batch.Profile.Kind} for a device of kind {layout.Profile.Kind}", nameof(batch));
        }

        double[] page = _state.Devices.Block(key.DeviceIndex, out int at);
        var now = new Moment(_state.NowMs, key.ObservedAt.UnixMilliseconds);
        DeviceTable.Received(page, at) = _state.NowMs;
        ulong moved = Merge(layout, batch.Values(row), page, at, key.ObservedAt.UnixMilliseconds);
        if (plan.Histories.Length > 0)
        {
            moved = _state.Histories.Take(plan, key.DeviceIndex, page, at + DeviceTable.ValuesAt, batch.Values(row), now, moved);
        }

        long ageMs = _state.NowMs - key.ObservedAt.UnixMilliseconds;
        foreach (ref readonly AbsencePlan absence in plan.Absences.AsSpan())
        {
            if (ageMs <= absence.MaxAgeMs)
            {
                bool hasEpisodes = DeviceTable.FirstEpisode(page, at) != 0;
                _state.Absences.Heard(absence.Rule, key.DeviceIndex, ref page[at + absence.Cell], hasEpisodes, now, sink);
            }
        }

        // Nearly every row: all fields came, none is old, nothing is under way, and nothing begins.
        if ((plan.Positions & ~moved) == 0 && ageMs <= plan.MaxAgeMs && DeviceTable.FirstEpisode(page, at) == 0
            && plan.Any is { } any && !any(page, at + DeviceTable.ValuesAt, _state.Calendars.Values))
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

            int raise = (condition.Raise ??= condition.Rule.Raise)(page, at + DeviceTable.ValuesAt, _state.Calendars.Values);
            if ((raise & ConditionJudge.AnyTrue) != 0 || DeviceTable.FirstEpisode(page, at) != 0)
            {
                _judge.Judge(condition.Rule, key.DeviceIndex, raise, page, at + DeviceTable.ValuesAt, ulong.MaxValue, now, sink);
            }
        }
    }

    /// <summary>
    /// Lets log time pass to <paramref name="now"/> and fires every timer due by then, in order of due time (ties: rule, then device), each
    /// transition stamped with its due time; where the hours of a calendar begin or end, after the timers of that instant, the conditions that
    /// ask for it are judged on the latest values. A time before <see cref="Now"/> changes nothing.
    /// </summary>
    public void Advance(EventTime now, ICollection<AlertTransition> sink)
    {
        if (_state.NowMs == EventTime.MinValue.UnixMilliseconds)
        {
            _state.Calendars.Begin(now.UnixMilliseconds);
        }

        while (true)
        {
            if (_state.Timers.TryTake(Math.Min(now.UnixMilliseconds, _state.Calendars.NextMs), out Timer timer))
            {
                _state.NowMs = Math.Max(_state.NowMs, timer.DueMs);
                Expire(timer, sink);
            }
            else if (_state.Calendars.NextMs <= now.UnixMilliseconds)
            {
                _state.NowMs = Math.Max(_state.NowMs, _state.Calendars.NextMs);
                IReadOnlyList<int> changed = _state.Calendars.Pass(_state.Calendars.NextMs);
                _judge.JudgeAnew(rule => rule.Calendars.Intersect(changed).Any(), isObserved: false, _state.NowMs, sink);
            }
            else
            {
                break;
            }
        }

        _state.NowMs = Math.Max(_state.NowMs, now.UnixMilliseconds);
    }

    /// <summary>
    /// The gateway is up again after <paramref name="downtime"/>. No device could be heard meanwhile, so every silence counts from
    /// <paramref name="at"/>; <c>for</c> and holds went on, and those that came due fire now, stamped with their due time.
    /// </summary>
    public void GatewayStarted(EventTime at, TimeSpan downtime, ICollection<AlertTransition> sink)
    {
        if (downtime > TimeSpan.Zero)
        {
            _state.Absences.FloorMs = Math.Max(_state.Absences.FloorMs, at.UnixMilliseconds);
        }

        Advance(at, sink);
    }

    /// <summary>All alerts pending or firing, ordered by rule, then device.</summary>
    public IReadOnlyList<ActiveAlert> ActiveAlerts() => _state.Episodes.Active().Select(Show).ToArray();

    /// <summary>How a rule stands to a device, and why; null when there is no such rule or device.</summary>
    public AlertExplanation? Explain(string rule, string device) =>
        Rules.Rules.FirstOrDefault(r => r.Name == rule) is { } known && Rules.Devices.Find(device) is { } found ? new Explainer(_state, known, found).Explain() : null;

    /// <summary>Writes all state, keyed by rule name and meaning, device id and field name, so that it fits any later snapshot.</summary>
    public void SaveState(IBufferWriter<byte> output) => StateWriter.Write(_state, output);

    /// <summary>
    /// Takes over saved state: after a restart with the same rules, or into the engine of a new snapshot. Rules of unchanged meaning keep
    /// their alerts and timers; rules that are new or were edited are judged at once on the latest values, as the table in README.md beside this
    /// file says; alerts of rules or devices that are gone are withdrawn. Damaged bytes change nothing. The engine must be new.
    /// </summary>
    /// <param name="saved">What <see cref="SaveState"/> wrote.</param>
    /// <param name="at">Log time of the take-over, which withdrawals are stamped with.</param>
    /// <param name="sink">Takes the withdrawals.</param>
    /// <exception cref="InvalidOperationException">The engine has already seen something.</exception>
    public StateLoad LoadState(ReadOnlySpan<byte> saved, EventTime at, ICollection<AlertTransition> sink)
    {
        if (Now != EventTime.MinValue)
        {
            throw new InvalidOperationException("state is loaded into a new engine only");
        }

        if (!SavedState.TryRead(saved, out SavedState? state, out StateFault fault))
        {
            return new StateLoad(fault, 0, 0);
        }

        StateLoader loader = new(_state, state, at);
        StateLoad load = loader.Load(sink);
        _judge.WatchAreas();
        _judge.JudgeAnew(loader.IsNew, isObserved: true, Math.Max(_state.NowMs, at.UnixMilliseconds), sink);
        return load;
    }

    private void Expire(in Timer timer, ICollection<AlertTransition> sink)
    {
        if (timer.Part == Timer.Absence)
        {
            _state.Absences.Expire(timer, sink);
        }
        else if (timer.Part == Timer.AreaCount)
        {
            _judge.Recount(timer, sink);
        }
        else
        {
            _state.Ladder.Expire(timer, sink);
        }
    }

    private void Lookahead(ReadingBatch batch, int row)
    {
        if (row + SlotLookahead < batch.Count)
        {
            _state.Devices.PrefetchSlot(batch[row + SlotLookahead].DeviceIndex);
        }

        if (row + BlockLookahead < batch.Count)
        {
            _state.Devices.PrefetchBlock(batch[row + BlockLookahead].DeviceIndex);
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
        CompiledRule rule = Rules.Rules[episode.Rule];
        return new ActiveAlert
        {
            Rule = episode.Rule,
            RuleName = rule.Name,
            DeviceIndex = episode.Device,
            DeviceId = _state.Values.DeviceId(episode.Device),
            State = episode.State,
            Severity = episode.IsAbsence ? rule.Definition.Absent!.Severity : rule.SeverityOf(episode.Level),
            Since = new EventTime(episode.SinceMs),
            OccurredAt = new EventTime(episode.OccurredMs),
            IsAbsence = episode.IsAbsence,
            Cause = episode.Cause,
            Values = _state.Values.Texts(rule, episode.Device),
        };
    }
}
