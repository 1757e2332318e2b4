using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>Deferrals, extensions, summons, supervision, evaluation: what these commands must say, and what they lead to. Pure.</summary>
internal static class CaseSupervisionDecider
{
    /// <summary>Units that one whistle summons at most.</summary>
    public const int SummonedLimit = 16;

    private const int WorstScore = 1;
    private const int BestScore = 5;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(366);

    /// <summary>What is wrong with the command's own words, as the end of a sentence; null when nothing is.</summary>
    public static string? BadInput(Case c, CaseCommand command, CaseSettings settings, EventTime at) => command.Command switch
    {
        CaseCommandKind.Defer => BadTime(command.Until, at, at),
        CaseCommandKind.Extend => Resolve(c) is { } clock ? BadTime(command.Until, EventTime.Max(at, clock.DueAt), at) : "has nothing to put off: the case has no resolve clock",
        CaseCommandKind.Approve when c.Request!.Until <= at => $"would grant a time that has passed, {c.Request.Until}: deny it",
        CaseCommandKind.Approve or CaseCommandKind.Deny => BadDecider(c, command.Actor),
        CaseCommandKind.Whistle => BadSummons(c, Units(command.To), settings.Router),
        CaseCommandKind.Arrive => BadArrival(c, command.To),
        CaseCommandKind.Evaluate => BadScore(command) ?? BadEvaluation(c, command),
        CaseCommandKind.Rate => BadScore(command),
        _ => null,
    };

    /// <summary>Adds the events of a command that is in order.</summary>
    public static void Act(CaseDraft draft, CaseCommand command, CaseSettings settings, CaseStamp stamp)
    {
        Case c = draft.Case;
        switch (command.Command)
        {
            case CaseCommandKind.Defer:
                draft.Add(stamp, new CaseRequested(CaseRequestKind.Deferral, command.Until!.Value, command.Reason));
                break;
            case CaseCommandKind.Extend:
                draft.Add(stamp, new CaseRequested(CaseRequestKind.Extension, command.Until!.Value, command.Reason));
                break;
            case CaseCommandKind.Approve:
                draft.Add(stamp, Granted(c, c.Request!, command.Reason, settings, stamp.At));
                break;
            case CaseCommandKind.Deny:
                draft.Add(stamp, new CaseRequestDenied(command.Reason) { KeepsName = true });
                break;
            case CaseCommandKind.Resume:
                draft.Add(stamp, EndOfDeferral(c, settings, stamp.At, command.Reason));
                break;
            case CaseCommandKind.Whistle:
                string[] units = Units(command.To);
                draft.Add(stamp, new CaseWhistled(units, Clocks.ForArrival(units, settings.Limits.Arrive, stamp), command.Reason));
                break;
            case CaseCommandKind.Arrive:
                draft.Add(stamp, new PartyArrived(command.To.Length > 0 ? command.To : c.Awaited.Single(), command.Reason));
                break;
            case CaseCommandKind.Supervise:
                draft.Add(stamp, new CaseSupervised(c.Escalation + 1, command.Reason) { KeepsName = true });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.Command, "not a command of one case");
        }
    }

    /// <summary>The clocks that stood still go on from here.</summary>
    public static CaseDeferralEnded EndOfDeferral(Case c, CaseSettings settings, EventTime at, string reason) =>
        new([.. c.Clocks.Where(k => k.PausedAt is not null).Select(k => Clocks.Resumed(k, at, Clocks.CalendarOf(k, c.Lead, settings)))], reason);

    private static CaseEvent Granted(Case c, CaseRequest request, string reason, CaseSettings settings, EventTime at)
    {
        if (request.Kind == CaseRequestKind.Deferral)
        {
            return new CaseDeferred(request.Until, reason) { KeepsName = true };
        }

        CaseClock resolve = Resolve(c)!;
        return new CaseExtended([Clocks.Extended(resolve, request.Until, at, Clocks.CalendarOf(resolve, c.Lead, settings))], reason) { KeepsName = true };
    }

    private static CaseClock? Resolve(Case c) => c.Clocks.FirstOrDefault(k => k.Kind == ClockKind.Resolve && k.StoppedAt is null);

    private static string? BadTime(EventTime? until, EventTime after, EventTime now) => until switch
    {
        null => "needs the time it should last to (until)",
        { } time when time <= after => $"names {time}, which is not later than {after}",
        { } time when time > now + LongestDelay => $"names {time}, which is more than {LongestDelay.TotalDays} days from now",
        _ => null,
    };

    private static string? BadDecider(Case c, string actor) =>
        actor == c.Request!.Actor ? $"cannot be done by {actor}, who asked for it"
        : CaseHands.HasHandled(c, actor) ? $"cannot be done by {actor}, who handles the case or has handled it"
        : null;

    private static string? BadSummons(Case c, string[] units, Router router)
    {
        if (units.Length is 0 or > SummonedLimit)
        {
            return $"needs 1 to {SummonedLimit} units (to), separated by commas";
        }

        if (units.FirstOrDefault(u => !router.IsUnit(u)) is { } unknown)
        {
            return $"names {unknown}, which is no unit of the responsibility list";
        }

        return units.FirstOrDefault(u => c.Awaited.Contains(u)) is { } twice ? $"names {twice}, which is awaited already"
            : units.Length != units.Distinct(StringComparer.Ordinal).Count() ? "names a unit twice"
            : null;
    }

    private static string? BadArrival(Case c, string unit) => unit.Length switch
    {
        0 when c.Awaited.Count() > 1 => $"needs the unit that is there (to), one of {string.Join(", ", c.Awaited)}",
        > 0 when !c.Awaited.Contains(unit) => $"names {unit}, which is not awaited; {string.Join(", ", c.Awaited)} is",
        _ => null,
    };

    private static string? BadScore(CaseCommand command) =>
        command.Score is >= WorstScore and <= BestScore ? null : $"needs a score of {WorstScore} (bad) to {BestScore} (good)";

    private static string? BadEvaluation(Case c, CaseCommand command) =>
        CaseHands.HasHandled(c, command.Actor) ? $"cannot be done by {command.Actor}, who handled the case" : null;

    private static string[] Units(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
