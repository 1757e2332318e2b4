namespace Gateway.Rules.Cases;

/// <summary>
/// What closing still lacks. Closing needs the physics: no alert of the case holds, and every device that saw the trouble has since the
/// report sent a live reading that shows the clear state held. Where no reading can show that (a latched kind, a rule or device that is
/// gone, a device that only sends events, a case that no device saw) a field check does. A storm is over when its cases are. And it needs
/// another pair of eyes.
/// </summary>
internal static class VerificationGap
{
    private const int NamedCountLimit = 5;

    public static IReadOnlyList<string> Of(Case c, CaseCommand command, IReadOnlyList<string> openChildren)
    {
        var missing = new List<string>();
        Name(missing, openChildren, child => $"the end of {child}, which is part of this storm");
        Name(missing, c.Alerts.Where(a => a.IsBreaching), a => $"the condition to clear: {a.Rule} on {a.DeviceId} is {(a.State == CaseAlertState.Firing ? "firing" : "pending")}");
        if (c.HoldUntil is { } until)
        {
            Name(missing, c.Alerts.Where(a => a.AwaitsReading).DistinctBy(a => a.DeviceId), a => $"a cleared live reading of {a.DeviceId} observed at {until} or later");
        }

        if (!command.FieldCheck && WhyFieldCheck(c) is { } why)
        {
            missing.Add($"a field check (fieldCheck: true), because {why}");
        }

        if (CaseHands.WhyNotVerify(c, command.Actor) is { } did)
        {
            missing.Add($"a verifier other than {command.Actor}, who {did}: {CaseHands.WhoMayVerify}");
        }

        return missing;
    }

    private static string? WhyFieldCheck(Case c)
    {
        if (c.IsStorm && c.Occurrences == 0 && c.ReportCount == 0)
        {
            return null; // it has nothing but its cases, each verified for itself
        }

        if (c.Facts.Latched)
        {
            return $"{c.Facts.Key.Event} is latched";
        }

        if (!c.Alerts.Any(a => a.HasFired))
        {
            return "no device watches it";
        }

        if (c.Alerts.FirstOrDefault(a => a.State == CaseAlertState.Withdrawn) is { } gone)
        {
            return $"{gone.Rule} no longer watches {gone.DeviceId}";
        }

        return c.Alerts.FirstOrDefault(a => a.HasFired && !a.Reports) is { } mute ? $"{mute.DeviceId} only sends events" : null;
    }

    private static void Name<T>(List<string> missing, IEnumerable<T> some, Func<T, string> text)
    {
        T[] all = [.. some];
        missing.AddRange(all.Take(NamedCountLimit).Select(text));
        if (all.Length > NamedCountLimit)
        {
            missing.Add($"the same of {all.Length - NamedCountLimit} more");
        }
    }
}
