using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>Commands to events or a refusal. Pure: the same case, command and settings give the same answer.</summary>
public static class CaseDecider
{
    private const int FailuresBeforeSupervision = 3;

    private static readonly CaseCommandKind[] MustExplain =
    [
        CaseCommandKind.Return, CaseCommandKind.Reject, CaseCommandKind.Void, CaseCommandKind.Comment,
        CaseCommandKind.Defer, CaseCommandKind.Extend, CaseCommandKind.Deny, CaseCommandKind.Supervise,
    ];

    /// <summary>Decides one command.</summary>
    /// <param name="state">The case as it stands.</param>
    /// <param name="command">The command; its case number is not looked at.</param>
    /// <param name="settings">Units and limits that hold now.</param>
    /// <param name="at">Log time of the command.</param>
    /// <param name="offset">Log offset of the command.</param>
    /// <param name="openChildren">Of a storm: those of its cases that are open.</param>
    public static CaseDecision Decide(Case state, CaseCommand command, CaseSettings settings, EventTime at, long offset, IReadOnlyList<string>? openChildren = null)
    {
        if (Refuse(state, command, settings, at, openChildren) is { } refusal)
        {
            return new CaseDecision([], refusal);
        }

        var events = new List<CaseEvent>();
        Act(new CaseDraft(state, events), command, settings, new CaseStamp(at, command.Actor, offset));
        return new CaseDecision(events, null);
    }

    /// <summary>Why a case does not take a command as it stands; null when it does.</summary>
    internal static CaseRefusal? Refuse(Case c, CaseCommand command, CaseSettings settings, EventTime at, IReadOnlyList<string>? openChildren = null)
    {
        IReadOnlyList<CaseCommandKind> legal = CaseCommands.Legal(c);
        string[] words = [.. legal.Select(CaseCommands.Word)];
        string word = CaseCommands.Word(command.Command);
        if (!CaseCommands.IsLegal(c, command.Command))
        {
            string takes = words.Length == 0 ? "no command" : string.Join(", ", words);
            return new CaseRefusal(CaseRefusalKind.Illegal, $"{word} is not possible: the case is {c.Status} and takes {takes}", words, []);
        }

        if ((BadInput(c, command, settings) ?? CaseSupervisionDecider.BadInput(c, command, settings, at)) is { } fault)
        {
            return new CaseRefusal(CaseRefusalKind.BadInput, $"{word} {fault}", words, []);
        }

        if (command.Command == CaseCommandKind.Verify && VerificationGap.Of(c, command, openChildren ?? []) is { Count: > 0 } missing)
        {
            return new CaseRefusal(CaseRefusalKind.NotVerifiable, $"verify needs {string.Join("; ", missing)}", words, missing);
        }

        return null;
    }

    /// <summary>What is wrong with the command's own words, as the end of a sentence; null when nothing is.</summary>
    private static string? BadInput(Case c, CaseCommand command, CaseSettings settings)
    {
        if (BadActor(command) is { } actor)
        {
            return actor;
        }

        if (MustExplain.Contains(command.Command) && string.IsNullOrWhiteSpace(command.Reason))
        {
            return "needs a reason";
        }

        if (command.Reason.Length > CaseCommand.ReasonLengthLimit)
        {
            return $"has a reason of {command.Reason.Length} characters; the limit is {CaseCommand.ReasonLengthLimit}";
        }

        return command.Command switch
        {
            CaseCommandKind.Reject => CaseHands.WhyNotVerify(c, command.Actor) is { } why ? $"cannot be done by {command.Actor}, who {why}: {CaseHands.WhoMayVerify}" : null,
            CaseCommandKind.Return => BadReturn(c, command.To, settings.Router),
            _ => CaseHands.TooMany(c, command),
        };
    }

    private static string? BadActor(CaseCommand command) =>
        string.IsNullOrWhiteSpace(command.Actor) || command.Actor.Length > CaseCommand.ActorLengthLimit ? $"needs an actor of 1 to {CaseCommand.ActorLengthLimit} characters"
        : (command.Actor == CaseCommand.PublicActor) != (command.Command == CaseCommandKind.Rate) ? "and the name public belong together: a rating is nobody's by name, and nothing else is the public's"
        : command.Actor == CaseEvent.GatewayActor ? $"cannot be done in the name of {CaseEvent.GatewayActor}: that name is the gateway's own"
        : null;

    private static string? BadReturn(Case c, string to, Router router) => to switch
    {
        "" => c.Status == CaseStatus.Unowned ? "needs the unit it should go to (to): the territory itself has it" : null,
        _ when !router.IsUnit(to) => $"names {to}, which is no unit of the responsibility list",
        _ when to == c.Lead => $"names {to}, which already leads",
        _ when router.IsForbidden(c.Facts.Key.Event, to) => $"names {to}, which the negative list forbids to lead {c.Facts.Key.Event}",
        _ => null,
    };

    private static void Act(CaseDraft draft, CaseCommand command, CaseSettings settings, CaseStamp stamp)
    {
        Case c = draft.Case;
        var own = stamp with { Actor = CaseEvent.GatewayActor };
        switch (command.Command)
        {
            case CaseCommandKind.Accept:
                draft.Add(stamp, new CaseAccepted(c.Lead, command.Reason) { KeepsName = true });
                break;
            case CaseCommandKind.Return:
                draft.Add(stamp, new CaseReturned(c.Lead, command.To, command.Reason) { InARow = ReturnsInARow(c) + 1 });
                Redirect(draft, command, settings, own);
                Force(draft, own, draft.Case.ReturnsInARow, "returned 退单 without being accepted");
                break;
            case CaseCommandKind.Report:
                draft.Add(stamp, new CaseReported(command.FieldCheck, command.Reason) { KeepsName = true });
                draft.Add(own, new VerificationStarted(Clocks.ForVerification(settings.LimitsOf(c), settings.CalendarOf(c.Lead), stamp)));
                break;
            case CaseCommandKind.Verify:
                draft.Add(stamp, new CaseClosed(command.FieldCheck, command.Reason) { KeepsNames = true, ReopenWithin = StormDecider.ReopenWithin(c, settings) });
                break;
            case CaseCommandKind.Reject:
                draft.Add(stamp, new VerificationFailed(Clocks.ForDispatch(settings.LimitsOf(c), settings.CalendarOf(c.Lead), stamp), command.Reason) { KeepsNames = true });
                Force(draft, own, draft.Case.Reworks, "verification failed 返工");
                break;
            case CaseCommandKind.Void:
                draft.Add(stamp, new CaseVoided(command.Reason));
                break;
            case CaseCommandKind.Comment:
                draft.Add(stamp, new CaseCommented(command.Reason));
                break;
            case CaseCommandKind.Evaluate:
                draft.Add(stamp, new CaseEvaluated(command.Score!.Value, command.Reason));
                break;
            case CaseCommandKind.Rate:
                draft.Add(stamp, new CaseRated(command.Score!.Value));
                break;
            default:
                CaseSupervisionDecider.Act(draft, command, settings, stamp);
                break;
        }
    }

    // Of what an earlier version returned, the case knows only how often in all: that is it as long as nobody has accepted it.
    private static int ReturnsInARow(Case c) => c.AcceptedBy.Length == 0 ? c.Returns : c.ReturnsInARow;

    // What goes wrong again and again is supervised, whatever the clocks say; where it is supervised for another reason, that it is for this one too is said once.
    private static void Force(CaseDraft draft, CaseStamp own, int failures, string what)
    {
        if (failures == FailuresBeforeSupervision || (failures > FailuresBeforeSupervision && draft.Case.Escalation < EscalationLevel.Street))
        {
            EscalationLevel level = draft.Case.Escalation > EscalationLevel.Street ? draft.Case.Escalation : EscalationLevel.Street;
            draft.Add(own, new CaseSupervised(level, $"{what} {failures} times"));
        }
    }

    private static void Redirect(CaseDraft draft, CaseCommand command, CaseSettings settings, CaseStamp own)
    {
        if (command.To.Length > 0)
        {
            TimeLimits limits = settings.LimitsOf(draft.Case, command.To) ?? settings.Limits.Unowned;
            IReadOnlyList<CaseClock> clocks = Clocks.ForDispatch(limits, settings.CalendarOf(command.To), own);
            draft.Add(own, new CaseDispatched(command.To, [], limits, clocks, draft.Case.ClosingCondition, $"returned by {command.Actor}"));
            return;
        }

        CaseFilingDecider.GiveToTerritory(draft, settings, own, $"returned by {command.Actor}");
    }
}
