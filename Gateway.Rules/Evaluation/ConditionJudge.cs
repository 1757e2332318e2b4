using Gateway.Protocols.Devices;
using Gateway.Rules.Compilation;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Evaluation;

/// <summary>Judges the conditions of rules on the live values of devices, and gives what comes of it to the ladder.</summary>
internal sealed class ConditionJudge(EngineState state)
{
    /// <summary>Some level's truth is true.</summary>
    public const int AnyTrue = 0b10_10_10_10;

    private readonly double[] _scratch = new double[DeviceProfile.FieldCountLimit];

    /// <summary>
    /// Judges a rule whose fields did not all come with the reading: the others count with their latest value while it is young enough, and a
    /// condition none of whose fields came is not judged at all.
    /// </summary>
    public void JudgeMixed(in ConditionPlan condition, int device, double[] page, int at, ulong moved, Moment now, ICollection<AlertTransition> sink)
    {
        CopyYoung(condition, page, at, moved, now.NowMs);
        int raise = Restrict(condition.Rule.Raise(_scratch, 0, state.Calendars.Values), condition.Rule.RaisePositions, moved);
        Judge(condition.Rule, device, raise, _scratch, 0, moved, now, sink);
    }

    /// <summary>Applies the truth of the raise conditions, and where an alert is under way that of the clear conditions.</summary>
    public void Judge(CompiledRule rule, int device, int raise, double[] cells, int at, ulong moved, Moment now, ICollection<AlertTransition> sink)
    {
        Episode? episode = state.Episodes.Find(rule.Index, device, isAbsence: false);
        if (episode is null && (raise & AnyTrue) == 0)
        {
            return;
        }

        int clear = episode is null ? 0 : Restrict(rule.Clear(cells, at, state.Calendars.Values), rule.ClearPositions, moved);
        state.Ladder.Judge(rule, device, episode, raise, clear, now, sink);
        if (rule.AreaTerms.Length > 0 && state.Episodes.Find(rule.Index, device, isAbsence: false) is { } underWay)
        {
            Watch(rule, underWay);
        }
    }

    /// <summary>Judges rules on the latest values of every device they watch, where something else than a reading may have changed the outcome.</summary>
    /// <param name="concerned">Which rules.</param>
    /// <param name="isObserved">Whether what is found happened when the device last reported, and not now.</param>
    /// <param name="nowMs">Log time.</param>
    /// <param name="sink">Takes what changes.</param>
    public void JudgeAnew(Func<CompiledRule, bool> concerned, bool isObserved, long nowMs, ICollection<AlertTransition> sink)
    {
        HashSet<CompiledRule> rules = [.. state.Rules.Rules.Where(concerned)];
        for (int device = 0; rules.Count > 0 && device < state.Devices.Count; device++)
        {
            if (!state.Devices.HasBlock(device))
            {
                continue;
            }

            double[] page = state.Devices.Block(device, out int at);
            double observed = DeviceTable.Observed(page, at);
            foreach (ref readonly ConditionPlan condition in state.Devices.PlanOf(device).Conditions.AsSpan())
            {
                if (rules.Contains(condition.Rule) && !double.IsNaN(observed))
                {
                    JudgeLatest(condition, device, page, at, new Moment(nowMs, isObserved ? (long)observed : null), sink);
                }
            }
        }
    }

    /// <summary>A count over an area may have fallen since the last reading of a device with an alert under way.</summary>
    public void Recount(in Timer timer, ICollection<AlertTransition> sink)
    {
        Episode episode = state.Episodes.Find(timer.Rule, timer.Device, isAbsence: false)
            ?? throw new InvalidOperationException("an area's timer without an episode: cancelled timers leave the queue");
        episode.AreaTimer = TimerWheel.NoHandle;
        CompiledRule rule = state.Rules.Rules[timer.Rule];
        GroupPlan plan = state.Devices.PlanOf(timer.Device);
        double[] page = state.Devices.Block(timer.Device, out int at);
        long nowMs = Math.Max(state.NowMs, timer.DueMs);

        // A count that rose waits for the device's next reading, as always: when a timer happens to look must not matter.
        ulong moved = Count(rule, timer.Device, page, at, nowMs, takesRisen: false);
        foreach (ref readonly ConditionPlan condition in plan.Conditions.AsSpan())
        {
            if (condition.Rule == rule && moved != 0)
            {
                JudgeMixed(condition, timer.Device, page, at, moved, Moment.OfTimer(nowMs), sink);
            }
        }

        if (state.Episodes.Find(timer.Rule, timer.Device, isAbsence: false) is { } underWay)
        {
            Watch(rule, underWay);
        }
    }

    // Counts the devices of a rule's areas anew, into the cells of its terms; gives the positions that changed.
    private ulong Count(CompiledRule rule, int device, double[] page, int at, long nowMs, bool takesRisen)
    {
        ulong moved = 0;
        foreach (AreaTerm term in rule.AreaTerms)
        {
            int position = rule.Layout.PositionOf(term.Column);
            double held = page[at + DeviceTable.ValuesAt + position];
            double count = state.Areas[term].Count(device, nowMs);
            if (count < held || (takesRisen && count > held))
            {
                state.Devices.Set(position, count, nowMs, state.Devices.PlanOf(device), page, at);
                moved |= 1UL << position;
            }
        }

        return moved;
    }

    /// <summary>Arms the timers of alerts under way whose rules count over areas, once state is loaded.</summary>
    public void WatchAreas()
    {
        foreach (Episode episode in state.Episodes.Active().Where(e => !e.IsAbsence && state.Rules.Rules[e.Rule].AreaTerms.Length > 0))
        {
            Watch(state.Rules.Rules[episode.Rule], episode);
        }
    }

    // The count of an alert under way is looked at again when its oldest hit is too old; with none left it is 0 and stays so.
    private void Watch(CompiledRule rule, Episode episode)
    {
        if (episode.AreaTimer == TimerWheel.NoHandle)
        {
            long due = rule.AreaTerms.Min(t => state.Areas[t].NextChangeMs(episode.Device));
            episode.AreaTimer = due == long.MaxValue ? TimerWheel.NoHandle : state.Timers.Arm(new Timer(due, rule.Index, episode.Device, Timer.AreaCount));
        }
    }

    private void JudgeLatest(in ConditionPlan condition, int device, double[] page, int at, Moment now, ICollection<AlertTransition> sink)
    {
        Count(condition.Rule, device, page, at, now.NowMs, takesRisen: true);
        CopyYoung(condition, page, at, moved: 0, now.NowMs);
        Judge(condition.Rule, device, condition.Rule.Raise(_scratch, 0, state.Calendars.Values), _scratch, 0, ulong.MaxValue, now, sink);
    }

    // The values a condition reads, those that are too old to count as unknown; what moved is never too old.
    private void CopyYoung(in ConditionPlan condition, double[] page, int at, ulong moved, long nowMs)
    {
        for (int position = 0; position < DeviceProfile.FieldCountLimit && condition.Positions >> position != 0; position++)
        {
            if ((condition.Positions >> position & 1) != 0)
            {
                bool isYoung = (moved >> position & 1) != 0 || nowMs - state.Devices.TimeOf(position, page, at) <= condition.MaxAgeMs;
                _scratch[position] = isYoung ? page[at + DeviceTable.ValuesAt + position] : double.NaN;
            }
        }
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
}
