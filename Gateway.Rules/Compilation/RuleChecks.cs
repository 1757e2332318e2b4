using Gateway.Protocols.Devices;
using Gateway.Rules.Files;

namespace Gateway.Rules.Compilation;

/// <summary>Checks of a rule as a whole, once its expressions are known to be good.</summary>
internal sealed class RuleChecks
{
    private static readonly TimeSpan DurationLimit = TimeSpan.FromDays(366);

    private readonly RuleDefinition _rule;
    private readonly IReadOnlyList<CompiledLevel> _levels;
    private readonly ICollection<Finding> _findings;

    private RuleChecks(RuleDefinition rule, IReadOnlyList<CompiledLevel> levels, ICollection<Finding> findings)
    {
        _rule = rule;
        _levels = levels;
        _findings = findings;
    }

    /// <summary>Adds what is wrong with the rule.</summary>
    public static void Check(RuleDefinition rule, IReadOnlyList<CompiledLevel> levels, DeviceProfile profile, ICollection<Finding> findings)
    {
        var checks = new RuleChecks(rule, levels, findings);
        checks.CheckShape();
        for (int i = 0; i < levels.Count; i++)
        {
            checks.CheckClear(i);
            checks.CheckReachable(i);
            checks.CheckHold(levels[i].For, "for", i, profile);
            checks.CheckHold(levels[i].KeepFiringFor, "keep_firing_for", i, profile);
        }

        if (rule.Absent is { } absent)
        {
            checks.CheckAbsence(absent, profile);
        }
    }

    private void CheckShape()
    {
        if (_levels.Count == 0 && _rule.Absent is null)
        {
            Error("R206", _rule.Alert.Location, $"the rule '{_rule.Alert.Text}' has neither a condition nor absent", "give it expr, levels or absent");
        }

        for (int i = 1; i < _levels.Count; i++)
        {
            if (_levels[i].Severity <= _levels[i - 1].Severity)
            {
                Error("R207", _rule.Levels[i].Expression.Location, $"level {Name(i)} does not stand above level {Name(i - 1)} before it", "order levels from the lowest severity to the highest, each once");
            }
        }

        if (_rule.Lateness > _rule.MaxAge)
        {
            Error("R214", _rule.Alert.Location, $"lateness {DurationText.Format(_rule.Lateness)} is longer than max_age {DurationText.Format(_rule.MaxAge)}, so every reading would be too old when it is judged", "wait less, or accept older readings");
        }

        CheckDuration(_rule.MaxAge, "max_age", _rule.Alert.Location, minimum: TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < _levels.Count; i++)
        {
            CheckDuration(_levels[i].For, "for", _rule.Levels[i].Expression.Location, TimeSpan.Zero);
            CheckDuration(_levels[i].KeepFiringFor, "keep_firing_for", _rule.Levels[i].Expression.Location, TimeSpan.Zero);
        }
    }

    private void CheckDuration(TimeSpan value, string name, SourceLocation location, TimeSpan minimum)
    {
        if (value < minimum || value > DurationLimit)
        {
            Error("R208", location, $"{name} {DurationText.Format(value)} is out of range", $"from {DurationText.Format(minimum)} to {DurationText.Format(DurationLimit)}");
        }
    }

    // Where raise and clear can both hold, the alert would never settle: cleared by the same reading that raises it.
    private void CheckClear(int level)
    {
        if (!_levels[level].HasOwnClear || Threshold.Of(_levels[level].Raise) is not { } raise || Threshold.Of(_levels[level].Clear) is not { } clear
            || raise.Field.Column != clear.Field.Column || !raise.Overlaps(clear))
        {
            return;
        }

        string fix = raise.IsUpward ? $"clear below it: {raise.Field.Field.Name} < a limit of at most {raise.Limit:R}" : $"clear above it: {raise.Field.Field.Name} > a limit of at least {raise.Limit:R}";
        Error("R209", _rule.Levels[level].Clear!.Value.Location, $"clear \"{_rule.Levels[level].Clear}\" is on the wrong side of \"{_rule.Levels[level].Expression}\"", fix);
    }

    // A hold that passes before the device can report again holds nothing back: one reading decides, only later.
    private void CheckHold(TimeSpan hold, string name, int level, DeviceProfile profile)
    {
        if (hold > TimeSpan.Zero && hold < profile.ReportingInterval)
        {
            Warn("R215", _rule.Levels[level].Expression.Location, $"{name} {DurationText.Format(hold)} is shorter than the {DurationText.Format(profile.ReportingInterval)} between reports of kind {profile.Kind}, so one reading alone decides", "hold for at least one reporting interval, or leave it out");
        }
    }

    // A level is never shown when a higher one is raised by every reading that raises it, no later.
    private void CheckReachable(int level)
    {
        for (int higher = level + 1; higher < _levels.Count; higher++)
        {
            bool covered = _levels[higher].Raise.Canonical == _levels[level].Raise.Canonical
                || (Threshold.Of(_levels[level].Raise) is { } low && Threshold.Of(_levels[higher].Raise) is { } high && high.Covers(low));
            if (covered && _levels[higher].For <= _levels[level].For)
            {
                Warn("R210", _rule.Levels[level].Expression.Location, $"level {Name(level)} is unreachable: whatever raises it raises {Name(higher)}", "give the lower severity the limit that is reached first");
                return;
            }
        }
    }

    private void CheckAbsence(AbsenceDefinition absent, DeviceProfile profile)
    {
        CheckDuration(absent.After, "absent after", absent.Location, TimeSpan.FromMilliseconds(1));
        if (profile.ReportingInterval <= TimeSpan.Zero)
        {
            Warn("R213", absent.Location, $"kind {profile.Kind} reports only events, so silence is normal", "leave absent out, or give the profile a reporting interval");
        }
        else if (absent.After < profile.ReportingInterval)
        {
            Error("R211", absent.Location, $"absent after {DurationText.Format(absent.After)} is shorter than the {DurationText.Format(profile.ReportingInterval)} between reports of kind {profile.Kind}", "allow at least two reporting intervals");
        }
        else if (absent.After == profile.ReportingInterval)
        {
            Warn("R212", absent.Location, $"absent after {DurationText.Format(absent.After)} is exactly the time between reports of kind {profile.Kind}, so any delay raises it", "allow at least two reporting intervals");
        }
    }

    private string Name(int level) => _levels[level].Severity.ToString().ToLowerInvariant();

    private void Error(string code, SourceLocation location, string message, string fix) =>
        _findings.Add(new Finding(FindingLevel.Error, code, location, message, fix));

    private void Warn(string code, SourceLocation location, string message, string fix) =>
        _findings.Add(new Finding(FindingLevel.Warning, code, location, message, fix));
}
