using System.Buffers;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Readings in log order to alert transitions. Deterministic: the same rows, ticks and starts give the same transitions, however the time
/// between rows is cut into ticks. Single-threaded; knows no clock: the log's time comes with the rows and with <see cref="Advance"/>.
/// A row that changes nothing allocates nothing. The exact semantics are in README.md beside this file.
/// </summary>
public sealed class RuleEngine
{
    private const int AnyTrue = 0b10_10_10_10; // some level's truth is Truth.True

    // How many rows ahead memory is asked for: far enough to hide its latency, near enough to be still there.
    private const int SlotLookahead = 16;
    private const int BlockLookahead = 8;

    private readonly EngineState _state;
    private readonly double[] _scratch = new double[2 * DeviceProfile.FieldCountLimit];

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
    }

    /// <summary>The rules it runs.</summary>
    public RuleSet Rules => _state.Rules;

    /// <summary>Log time reached.</summary>
    public EventTime Now => new(_state.NowMs);

    /// <summary>When <see cref="Advance"/> next has something to look at, or null; never later than the next transition a timer makes.</summary>
    public EventTime? NextDue => _state.Timers.Count == 0 ? null : new EventTime(_state.Timers.NextDueMs);

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
            moved = _state.Histories.Take(plan, key.DeviceIndex, page, at + DeviceTable.ValuesAt, batch.Values(row), key.ObservedAt.UnixMilliseconds, moved);
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
            && plan.Any is { } any && !any(page, at + DeviceTable.ValuesAt))
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
                JudgeMixed(condition, key.DeviceIndex, page, at, moved, now, sink);
                continue;
            }

            int raise = (condition.Raise ??= condition.Rule.Raise)(page, at + DeviceTable.ValuesAt);
            if ((raise & AnyTrue) != 0 || DeviceTable.FirstEpisode(page, at) != 0)
            {
                Judge(condition.Rule, key.DeviceIndex, raise, page, at + DeviceTable.ValuesAt, ulong.MaxValue, now, sink);
            }
        }
    }

    /// <summary>
    /// Lets log time pass to <paramref name="now"/> and fires every timer due by then, in order of due time (ties: rule, then device), each
    /// transition stamped with its due time. A time before <see cref="Now"/> changes nothing.
    /// </summary>
    public void Advance(EventTime now, ICollection<AlertTransition> sink)
    {
        while (_state.Timers.TryTake(now.UnixMilliseconds, out Timer timer))
        {
            _state.NowMs = Math.Max(_state.NowMs, timer.DueMs);
            if (timer.Part == Timer.Absence)
            {
                _state.Absences.Expire(timer, sink);
            }
            else
            {
                _state.Ladder.Expire(timer, sink);
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

    /// <summary>Writes all state, keyed by rule name and meaning, device id and field name, so that it fits any later snapshot.</summary>
    public void SaveState(IBufferWriter<byte> output) => StateWriter.Write(_state, output);

    /// <summary>
    /// Takes over saved state: after a restart with the same rules, or into the engine of a new snapshot. Rules of unchanged meaning keep
    /// their alerts and timers; alerts of rules that are gone or changed, or of devices that are gone or no longer matched, are withdrawn.
    /// Damaged bytes change nothing. The engine must be new.
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

        return SavedState.TryRead(saved, out SavedState? state, out StateFault fault)
            ? new StateLoader(_state, state, at).Load(sink)
            : new StateLoad(fault, 0, 0);
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

    // A rule whose fields did not all come with this row: the others count with their latest value while it is young enough, and a
    // condition none of whose fields came is not judged at all.
    private void JudgeMixed(in ConditionPlan condition, int device, double[] page, int at, ulong moved, Moment now, ICollection<AlertTransition> sink)
    {
        for (int position = 0; position < DeviceProfile.FieldCountLimit && condition.Positions >> position != 0; position++)
        {
            int cell = at + DeviceTable.ValuesAt + (2 * position);
            if ((condition.Positions >> position & 1) != 0)
            {
                bool isYoung = (moved >> position & 1) != 0 || now.NowMs - page[cell + 1] <= condition.MaxAgeMs;
                _scratch[2 * position] = isYoung ? page[cell] : double.NaN;
            }
        }

        int raise = Restrict(condition.Rule.Raise(_scratch, 0), condition.Rule.RaisePositions, moved);
        Judge(condition.Rule, device, raise, _scratch, 0, moved, now, sink);
    }

    private void Judge(CompiledRule rule, int device, int raise, double[] cells, int at, ulong moved, Moment now, ICollection<AlertTransition> sink)
    {
        Episode? episode = _state.Episodes.Find(rule.Index, device, isAbsence: false);
        if (episode is null && (raise & AnyTrue) == 0)
        {
            return;
        }

        int clear = episode is null ? 0 : Restrict(rule.Clear(cells, at), rule.ClearPositions, moved);
        _state.Ladder.Judge(rule, device, episode, raise, clear, now, sink);
    }

    // Sets the levels none of whose positions moved to unknown.
    private static int Restrict(int truths, ulong[] positions, ulong moved)
    {
        for (int level = 0; level < positions.Length; level++)
        {
            if ((positions[level] & moved) == 0)
            {
                truths = (truths & ~(3 << (2 * level))) | (1 << (2 * level));
            }
        }

        return truths;
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
