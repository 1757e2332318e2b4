using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Silence. A device that has reported and is not absent has exactly one timer per absence rule; a reading does not touch the timer, it
/// only notes the time. When the timer comes due it looks how long the silence really is, and is armed again for the rest.
/// </summary>
internal sealed class AbsenceWatch(RuleSet rules, DeviceTable devices, LiveValues values, EpisodeTable episodes, TimerWheel timers)
{
    /// <summary>No silence counts from before this: the gateway itself was down.</summary>
    public long FloorMs { get; set; } = EventTime.MinValue.UnixMilliseconds;

    /// <summary>Notes a reading that is live for <paramref name="rule"/>.</summary>
    /// <param name="rule">A rule that watches absence.</param>
    /// <param name="device">Device index.</param>
    /// <param name="lastMs">The device's cell for the rule: log time of its last live reading, NaN for never.</param>
    /// <param name="hasEpisodes">Whether the device has any episode.</param>
    /// <param name="now">When.</param>
    /// <param name="sink">Takes the end of an absence.</param>
    public void Heard(CompiledRule rule, int device, ref double lastMs, bool hasEpisodes, Moment now, ICollection<AlertTransition> sink)
    {
        double before = lastMs;
        lastMs = now.NowMs;
        if (double.IsNaN(before))
        {
            Arm(rule, device, DueMs(rule, now.NowMs));
        }
        else if (hasEpisodes && episodes.Find(rule.Index, device, isAbsence: true) is { } absence)
        {
            TimeSpan silence = TimeSpan.FromMilliseconds(now.NowMs - before);
            Tell(rule, absence, AlertTransitionKind.Resolved, now, $"reports again after {DurationText.Format(silence)}", sink);
            episodes.Close(absence);
            Arm(rule, device, DueMs(rule, now.NowMs));
        }
    }

    /// <summary>Applies an absence timer.</summary>
    public void Expire(in Timer timer, ICollection<AlertTransition> sink)
    {
        CompiledRule rule = rules.Rules[timer.Rule];
        double[] page = devices.Block(timer.Device, out int at);
        double lastMs = page[at + devices.PlanOf(timer.Device).AbsenceCell(rule)];
        long dueMs = DueMs(rule, lastMs);
        if (dueMs > timer.DueMs)
        {
            timers.Arm(timer with { DueMs = dueMs });
            return;
        }

        Episode absence = episodes.Open(timer.Rule, timer.Device, isAbsence: true);
        absence.State = AlertState.Firing;
        absence.SinceMs = timer.DueMs;
        absence.OccurredMs = (long)DeviceTable.Observed(page, at);
        TimeSpan silence = TimeSpan.FromMilliseconds(timer.DueMs - (long)lastMs);
        Tell(rule, absence, AlertTransitionKind.Firing, Moment.OfTimer(timer.DueMs), $"no reading for {DurationText.Format(silence)}", sink);
    }

    /// <summary>Arms the timer of a device that has reported and is not absent.</summary>
    /// <param name="rule">A rule that watches absence.</param>
    /// <param name="device">Device index.</param>
    /// <param name="dueMs">When; at the latest when the silence so far would be too long.</param>
    public void Arm(CompiledRule rule, int device, long dueMs) => timers.Arm(new Timer(dueMs, rule.Index, device, Timer.Absence));

    /// <summary>When a silence that began at <paramref name="lastMs"/> is too long.</summary>
    public long DueMs(CompiledRule rule, double lastMs) => Ladder.DueMs(Math.Max((long)lastMs, FloorMs), rule.Definition.Absent!.After);

    private void Tell(CompiledRule rule, Episode absence, AlertTransitionKind kind, Moment now, string cause, ICollection<AlertTransition> sink)
    {
        absence.Cause = cause;
        sink.Add(new AlertTransition(
            rule.Index,
            absence.Device,
            kind,
            rule.Definition.Absent!.Severity,
            new EventTime(now.NowMs),
            new EventTime(absence.OccurredMs),
            new EventTime(now.ObservedMs ?? absence.OccurredMs),
            IsAbsence: true,
            cause)
        {
            RuleName = rule.Name,
            DeviceId = values.DeviceId(absence.Device),
        });
    }
}
