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

    private readonly LaneEngine[] _lanes;
    private readonly LaneEngine _atOnce; // the first of them
    private readonly DeviceTable _devices;
    private readonly WaitingReadings?[] _waiting;

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

        Rules = rules;
        _lanes = [.. rules.Lanes.Select(l => new LaneEngine(rules, l, clockSpeed))];
        _atOnce = _lanes[0];
        _devices = _atOnce.State.Devices;
        _waiting = [.. rules.Lanes.Select(l => l.Lateness == TimeSpan.Zero ? null : new WaitingReadings(l.Lateness, rules.Devices))];
    }

    /// <summary>The rules it runs.</summary>
    public RuleSet Rules { get; }

    /// <summary>Log time reached.</summary>
    public EventTime Now => new(AtOnce.NowMs);

    /// <summary>When <see cref="Advance"/> next has something to look at, or null; never later than the next transition that comes without a reading.</summary>
    public EventTime? NextDue => NextDueMs() is var next and < long.MaxValue ? new EventTime(next) : null;

    private EngineState AtOnce => _atOnce.State;

    /// <summary>Applies one row. Timers due at its receive time or before fire first; rules with a lateness get it when that has passed.</summary>
    /// <param name="batch">Readings of one kind, decoded against the engine's register.</param>
    /// <param name="row">The row; rows of all batches come in log order.</param>
    /// <param name="sink">Takes the transitions, in order.</param>
    /// <exception cref="ArgumentException">The batch is of another kind than the row's device.</exception>
    public void Evaluate(ReadingBatch batch, int row, ICollection<AlertTransition> sink)
    {
        Lookahead(batch, row);
        ref readonly ReadingBatch.Row key = ref batch[row];
        Advance(key.ReceivedAt, sink);
        _atOnce.Evaluate(key, batch.Profile, batch.Values(row), sink);
        if (_lanes.Length > 1)
        {
            EvaluateLate(key, batch, row, sink);
        }
    }

    /// <summary>
    /// Lets log time pass to <paramref name="now"/> and fires every timer due by then, in order of due time (ties: rule, then device), each
    /// transition stamped with its due time; where the hours of a calendar begin or end, after the timers of that instant, the conditions that
    /// ask for it are judged on the latest values; readings that have waited for late ones are judged. A time before <see cref="Now"/> changes nothing.
    /// </summary>
    public void Advance(EventTime now, ICollection<AlertTransition> sink)
    {
        if (_lanes.Length == 1)
        {
            _atOnce.Advance(now, sink);
            return;
        }

        // All lanes go through time together, so that transitions come in its order.
        for (long due = NextDueMs(); due <= now.UnixMilliseconds; due = NextDueMs())
        {
            for (int lane = 0; lane < _lanes.Length; lane++)
            {
                _lanes[lane].Advance(new EventTime(due), sink);
                _waiting[lane]?.Release(due, _lanes[lane], sink);
            }
        }

        foreach (LaneEngine lane in _lanes)
        {
            lane.Advance(now, sink);
        }
    }

    /// <summary>
    /// The gateway is up again after <paramref name="downtime"/>. No device could be heard meanwhile, so every silence counts from
    /// <paramref name="at"/>; <c>for</c> and holds went on, and those that came due fire with the next <see cref="Advance"/>, at their due time.
    /// </summary>
    public void GatewayStarted(EventTime at, TimeSpan downtime)
    {
        foreach (EngineState state in downtime > TimeSpan.Zero ? _lanes.Select(l => l.State) : [])
        {
            // What is heard from now on is judged that much later.
            state.Absences.FloorMs = Math.Max(state.Absences.FloorMs, (at + state.Lane.Lateness).UnixMilliseconds);
        }
    }

    /// <summary>All alerts pending or firing, ordered by rule, then device.</summary>
    public IReadOnlyList<ActiveAlert> ActiveAlerts() => _lanes.Length == 1
        ? [.. _lanes[0].ActiveAlerts()]
        : [.. _lanes.SelectMany(l => l.ActiveAlerts()).OrderBy(a => a.Rule).ThenBy(a => a.DeviceIndex).ThenBy(a => a.IsAbsence)];

    /// <summary>How a rule stands to a device, and why; null when there is no such rule or device.</summary>
    public AlertExplanation? Explain(string rule, string device) =>
        Rules.Rules.FirstOrDefault(r => r.Name == rule) is { } known && Rules.Devices.Find(device) is { } found
            ? new Explainer(_lanes.First(l => l.State.Lane.Lateness == known.Definition.Lateness).State, known, found).Explain()
            : null;

    /// <summary>Writes all state, keyed by rule name and meaning, device id and field name, so that it fits any later snapshot.</summary>
    public void SaveState(IBufferWriter<byte> output) => StateWriter.Write([.. _lanes.Select((l, i) => (l.State, _waiting[i]))], output);

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

        StateLoad all = new(StateFault.None, 0, 0);
        foreach (SavedLane lane in state.Lanes)
        {
            int index = Array.FindIndex(_lanes, l => l.State.Lane.Lateness.TotalMilliseconds == lane.LatenessMs);
            StateLoad load = index >= 0 ? _lanes[index].Load(lane, at, sink) : new StateLoader(AtOnce, lane, at).WithdrawAll(sink);
            all = all with { Carried = all.Carried + load.Carried, Withdrawn = all.Withdrawn + load.Withdrawn };
            if (index >= 0)
            {
                _waiting[index]?.Restore(lane.Waiting);
            }
        }

        // A lane without saved state begins now: its rules know nothing yet.
        foreach (EngineState fresh in _lanes.Select(l => l.State).Where(s => state.Lanes.All(l => l.LatenessMs != s.Lane.Lateness.TotalMilliseconds)))
        {
            fresh.NowMs = AtOnce.NowMs;
            fresh.Absences.FloorMs = AtOnce.Absences.FloorMs;
            if (fresh.NowMs > EventTime.MinValue.UnixMilliseconds)
            {
                fresh.Calendars.Begin(fresh.NowMs);
            }
        }

        // Only now: where a rule has moved to another lane its old alerts are withdrawn before it is judged afresh.
        foreach (LaneEngine lane in _lanes)
        {
            lane.JudgeNew(at, sink);
        }

        return all;
    }

    private void EvaluateLate(in ReadingBatch.Row key, ReadingBatch batch, int row, ICollection<AlertTransition> sink)
    {
        for (int lane = 1; lane < _lanes.Length; lane++)
        {
            // One that comes too late to wait is judged at once: better late than never.
            if (_lanes[lane].State.Devices.PlanOf(key.DeviceIndex).Layout is not null && key.Quality != TimeQuality.Historical
                && !_waiting[lane]!.TryAdd(key, batch.Values(row), AtOnce.NowMs))
            {
                _lanes[lane].Evaluate(key, batch.Profile, batch.Values(row), sink);
            }
        }
    }

    private long NextDueMs()
    {
        long next = _lanes[0].NextDueMs;
        for (int lane = 1; lane < _lanes.Length; lane++)
        {
            next = Math.Min(next, Math.Min(_lanes[lane].NextDueMs, _waiting[lane]!.NextDueMs));
        }

        return next;
    }

    private void Lookahead(ReadingBatch batch, int row)
    {
        if (row + SlotLookahead < batch.Count)
        {
            _devices.PrefetchSlot(batch[row + SlotLookahead].DeviceIndex);
        }

        if (row + BlockLookahead < batch.Count)
        {
            _devices.PrefetchBlock(batch[row + BlockLookahead].DeviceIndex);
        }
    }
}
