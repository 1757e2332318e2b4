using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>Takes saved state over into a new engine, by name: rule name and meaning, device id, field meaning.</summary>
internal sealed class StateLoader(EngineState state, SavedLane saved, EventTime now)
{
    private readonly DeviceRegister _register = state.Rules.Devices;
    private readonly HashSet<CompiledRule> _unchanged = [];

    /// <summary>Whether the rule is new, or means something else than before: it is to be judged on the latest values.</summary>
    public bool IsNew(CompiledRule rule) => !_unchanged.Contains(rule);

    /// <summary>Takes everything over that has a place in the new rules and withdraws the alerts that have none.</summary>
    public StateLoad Load(ICollection<AlertTransition> sink)
    {
        state.NowMs = saved.NowMs;
        state.Absences.FloorMs = saved.FloorMs;
        Dictionary<string, CompiledRule> byName = state.Rules.Rules.ToDictionary(r => r.Name, StringComparer.Ordinal);
        CompiledRule?[] sameName = saved.Rules.Select(r => byName.GetValueOrDefault(r.Name)).ToArray();
        _unchanged.UnionWith(sameName.Where((r, i) => r?.MeaningHash == saved.Rules[i].MeaningHash)!);
        if (saved.NowMs > EventTime.MinValue.UnixMilliseconds)
        {
            state.Calendars.Begin(NewsMs);
        }

        foreach (SavedDevice device in saved.Devices)
        {
            TakeDevice(device, sameName);
        }

        foreach (SavedArea area in saved.Areas)
        {
            TakeArea(area);
        }

        int carried = 0;
        foreach (SavedAlert alert in saved.Alerts)
        {
            if (sameName[alert.Rule] is { } rule && TakeAlert(alert, rule))
            {
                carried++;
            }
            else
            {
                Withdraw(alert, sameName[alert.Rule], sink);
            }
        }

        ArmAbsences();
        return new StateLoad(StateFault.None, carried, saved.Alerts.Length - carried);
    }

    /// <summary>Withdraws every alert: no rule waits as long for late readings any more as those of this lane did.</summary>
    public StateLoad WithdrawAll(ICollection<AlertTransition> sink)
    {
        foreach (SavedAlert alert in saved.Alerts)
        {
            Withdraw(alert, state.Rules.Rules.FirstOrDefault(r => r.Name == saved.Rules[alert.Rule].Name), sink);
        }

        return new StateLoad(StateFault.None, 0, saved.Alerts.Length);
    }

    private void TakeDevice(SavedDevice device, CompiledRule?[] sameName)
    {
        if (_register.Find(device.Id) is not { } found || state.Devices.PlanOf(found.Index) is not { Layout: { } layout } plan
            || layout.Profile.Kind != device.Kind.Kind)
        {
            return;
        }

        double[] page = state.Devices.Block(found.Index, out int at);
        DeviceTable.Received(page, at) = device.Received;
        DeviceTable.Observed(page, at) = device.Observed;
        for (int position = 0; position < layout.Width; position++)
        {
            // A field whose texts were edited keeps no value: the number would name another text now.
            int old = Array.IndexOf(device.Kind.Meanings, layout.MeaningOf(position));
            if (old >= 0 && !double.IsNaN(device.Values[2 * old]))
            {
                state.Devices.Set(position, device.Values[2 * old], device.Values[(2 * old) + 1], plan, page, at);
            }
        }

        foreach (AbsencePlan absence in plan.Absences)
        {
            // A rule that is new to the device counts the silence from the last reading, whenever that was.
            int old = Array.FindIndex(device.Absences, a => sameName[a.Rule] == absence.Rule);
            page[at + absence.Cell] = old >= 0 ? device.Absences[old].LastMs : device.Received;
        }

        if (device.History is { } saved && plan.Histories.Length > 0)
        {
            TakeHistory(found.Index, plan, device.Kind, saved);
        }
    }

    private void TakeHistory(int device, GroupPlan plan, SavedKind kind, SavedHistory saved)
    {
        DeviceHistory history = state.Histories.Of(device, plan.Layout!);
        foreach (HistoryField field in plan.HistoryFields)
        {
            int old = Array.IndexOf(kind.Meanings, plan.Layout!.MeaningOf(field.Position), 0, kind.Fields);
            foreach ((long time, double value) in old >= 0 ? saved.Samples[old] : [])
            {
                history.Samples(field.Position).Add(time, value, field.KeepMs);
            }
        }

        foreach (HistoryStep step in plan.Histories)
        {
            int old = Array.IndexOf(kind.Meanings, plan.Layout!.MeaningOf(step.Position), kind.Fields);
            history.Memory(step.Index) = old >= 0 ? saved.Memory[old - kind.Fields] : 0;
        }
    }

    private void TakeArea(SavedArea area)
    {
        if (state.Areas.Terms.FirstOrDefault(t => MeaningHash.Short(t.Term.Canonical) == area.Meaning) is { } hits)
        {
            foreach ((string id, long atMs) in area.Hits)
            {
                if (_register.Find(id) is { } device)
                {
                    hits.Add(device.Index, atMs);
                }
            }
        }
    }

    private bool TakeAlert(SavedAlert alert, CompiledRule rule)
    {
        if (_register.Find(alert.Device) is not { } device || !Meets(device, rule) || Moved(alert, rule, device) is not { } levels)
        {
            return false;
        }

        Episode episode = state.Episodes.Open(rule.Index, device.Index, alert.IsAbsence);
        episode.State = alert.State;
        episode.Level = alert.IsAbsence ? -1 : levels[alert.Level];
        episode.SinceMs = alert.SinceMs;
        episode.OccurredMs = alert.OccurredMs;
        episode.Cause = alert.Cause;
        for (int level = 0; level < alert.Levels.Length; level++)
        {
            if (levels[level] >= 0)
            {
                TakeLevel(alert.Levels[level], rule, device.Index, levels[level], ref episode.Levels[levels[level]]);
            }
        }

        // The level told last may have gone idle since, and then from the rule.
        if (!alert.IsAbsence && episode.Level < 0)
        {
            episode.Level = alert.State == AlertState.Firing ? episode.TopRaised() : episode.TopPending();
        }

        return true;
    }

    private void TakeLevel(LevelState from, CompiledRule rule, int device, int level, ref LevelState to)
    {
        to = from;
        TimeSpan? length = to.Phase == LevelPhase.Pending ? rule.Levels[level].For : to.Phase == LevelPhase.Clearing ? rule.Levels[level].KeepFiringFor : null;
        if (length is { } running)
        {
            // A time that was made shorter may be over already: that is news of now, not of then.
            long dueMs = Ladder.DueMs(to.SinceMs, running);
            to.Timer = state.Timers.Arm(new Timer(IsNew(rule) ? Math.Max(dueMs, NewsMs) : dueMs, rule.Index, device, level));
        }
    }

    private long NewsMs => Math.Max(saved.NowMs, now.UnixMilliseconds);

    // Where each level of an alert goes in the rule as it is now, by severity, -1 for nowhere; null where the alert cannot go on.
    private int[]? Moved(SavedAlert alert, CompiledRule rule, Device device)
    {
        SavedRule before = saved.Rules[alert.Rule];
        if (!IsNew(rule))
        {
            return Fits(alert, rule) ? [.. Enumerable.Range(0, rule.Levels.Count)] : null;
        }

        if (before.Identity != rule.Identity)
        {
            return null;
        }

        if (alert.IsAbsence)
        {
            return rule.Definition.Absent is { } absent && absent.Severity == alert.Severity && IsStillSilent(rule, device) ? [] : null;
        }

        if (alert.Levels.Length != before.Severities.Length || alert.Level >= alert.Levels.Length)
        {
            return null;
        }

        int[] levels = [.. before.Severities.Select(s => rule.Levels.ToList().FindIndex(l => l.Severity == s))];
        return alert.Levels.Where((l, i) => l.Phase != LevelPhase.Idle && levels[i] < 0).Any() ? null : levels;
    }

    private bool IsStillSilent(CompiledRule rule, Device device)
    {
        int cell = state.Devices.PlanOf(device.Index).AbsenceCell(rule);
        double lastMs = cell < 0 ? double.NaN : state.Devices.Block(device.Index, out int at)[at + cell];
        return !double.IsNaN(lastMs) && Ladder.DueMs((long)lastMs, rule.Definition.Absent!.After) <= NewsMs;
    }

    private bool Meets(Device device, CompiledRule rule) => Array.IndexOf(state.Lane.Groups[state.Lane.GroupByDevice[device.Index]].Rules, rule) >= 0;

    // Equal meaning makes these equal; bytes that say otherwise were not written by this program.
    private static bool Fits(SavedAlert alert, CompiledRule rule) => alert.IsAbsence
        ? rule.Definition.Absent is not null && alert.State == AlertState.Firing && alert.Levels.Length == 0
        : alert.Levels.Length == rule.Levels.Count && alert.Level < rule.Levels.Count && alert.State is AlertState.Pending or AlertState.Firing;

    private void Withdraw(SavedAlert alert, CompiledRule? rule, ICollection<AlertTransition> sink)
    {
        Device? device = _register.Find(alert.Device);
        string cause = rule is null ? "the rule was removed"
            : device is null ? "the device was removed"
            : rule.MeaningHash != saved.Rules[alert.Rule].MeaningHash ? "the rule was changed"
            : "the rule no longer matches the device";
        var occurredAt = new EventTime(alert.OccurredMs);
        int ruleIndex = rule?.Index ?? -1;
        sink.Add(new AlertTransition(ruleIndex, device?.Index ?? -1, AlertTransitionKind.Withdrawn, alert.Severity, now, occurredAt, occurredAt, alert.IsAbsence, cause)
        {
            RuleName = saved.Rules[alert.Rule].Name,
            DeviceId = alert.Device,
        });
    }

    private void ArmAbsences()
    {
        for (int device = 0; device < state.Devices.Count; device++)
        {
            if (!state.Devices.HasBlock(device))
            {
                continue;
            }

            foreach (AbsencePlan absence in state.Devices.PlanOf(device).Absences)
            {
                double lastMs = state.Devices.Block(device, out int at)[at + absence.Cell];
                if (!double.IsNaN(lastMs) && state.Episodes.Find(absence.Rule.Index, device, isAbsence: true) is null)
                {
                    // Overdue already: a rule that is new or changed finds the device long silent. That is news of now, not of then.
                    long dueMs = state.Absences.DueMs(absence.Rule, lastMs);
                    state.Absences.Arm(absence.Rule, device, dueMs <= saved.NowMs ? NewsMs : dueMs);
                }
            }
        }
    }
}
