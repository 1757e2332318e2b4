using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>Commands to events or a refusal. Pure: the same case, command and settings give the same answer.</summary>
public static class CaseDecider
{
    /// <summary>Decides one command.</summary>
    /// <param name="state">The case as it stands.</param>
    /// <param name="command">The command; its case number is not looked at.</param>
    /// <param name="settings">Units and limits that hold now.</param>
    /// <param name="at">Log time of the command.</param>
    /// <param name="offset">Log offset of the command.</param>
    public static CaseDecision Decide(Case state, CaseCommand command, CaseSettings settings, EventTime at, long offset)
    {
        if (Refuse(state, command, settings) is { } refusal)
        {
            return new CaseDecision([], refusal);
        }

        var events = new List<CaseEvent>();
        Act(new CaseDraft(state, events), command, settings, new CaseStamp(at, command.Actor, offset));
        return new CaseDecision(events, null);
    }

    private static CaseRefusal? Refuse(Case c, CaseCommand command, CaseSettings settings)
    {
        IReadOnlyList<CaseCommandKind> legal = CaseCommands.Legal(c.Status);
        string[] words = [.. legal.Select(CaseCommands.Word)];
        string word = CaseCommands.Word(command.Command);
        if (!legal.Contains(command.Command))
        {
            string takes = words.Length == 0 ? "no command" : string.Join(", ", words);
            return new CaseRefusal(CaseRefusalKind.Illegal, $"{word} is not possible: the case is {c.Status} and takes {takes}", words, []);
        }

        if (BadInput(c, command, settings) is { } fault)
        {
            return new CaseRefusal(CaseRefusalKind.BadInput, $"{word} {fault}", words, []);
        }

        if (command.Command == CaseCommandKind.Verify && VerificationGap.Of(c, command) is { Count: > 0 } missing)
        {
            return new CaseRefusal(CaseRefusalKind.NotVerifiable, $"verify needs {string.Join("; ", missing)}", words, missing);
        }

        return null;
    }

    /// <summary>What is wrong with the command's own words, as the end of a sentence; null when nothing is.</summary>
    private static string? BadInput(Case c, CaseCommand command, CaseSettings settings)
    {
        if (string.IsNullOrWhiteSpace(command.Actor) || command.Actor.Length > CaseCommand.ActorLengthLimit)
        {
            return $"needs an actor of 1 to {CaseCommand.ActorLengthLimit} characters";
        }

        if (command.Actor == CaseEvent.GatewayActor)
        {
            return $"cannot be done in the name of {CaseEvent.GatewayActor}: that name is the gateway's own";
        }

        bool mustExplain = command.Command is CaseCommandKind.Return or CaseCommandKind.Reject or CaseCommandKind.Void or CaseCommandKind.Comment;
        if (mustExplain && string.IsNullOrWhiteSpace(command.Reason))
        {
            return "needs a reason";
        }

        if (command.Reason.Length > CaseCommand.ReasonLengthLimit)
        {
            return $"has a reason of {command.Reason.Length} characters; the limit is {CaseCommand.ReasonLengthLimit}";
        }

        return command.Command == CaseCommandKind.Return ? BadReturn(c, command.To, settings.Router) : null;
    }

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
                draft.Add(stamp, new CaseAccepted(c.Lead, command.Reason));
                break;
            case CaseCommandKind.Return:
                draft.Add(stamp, new CaseReturned(c.Lead, command.To, command.Reason));
                Redirect(draft, command, settings, own, c.Limits ?? settings.TerritoryLimits);
                break;
            case CaseCommandKind.Report:
                draft.Add(stamp, new CaseReported(command.FieldCheck, command.Reason));
                draft.Add(own, new VerificationStarted(Clocks.ForVerification(c.Limits, stamp)));
                break;
            case CaseCommandKind.Verify:
                draft.Add(stamp, new CaseClosed(command.FieldCheck, command.Reason));
                break;
            case CaseCommandKind.Reject:
                draft.Add(stamp, new VerificationFailed(Clocks.ForDispatch(c.Limits, stamp), command.Reason));
                break;
            case CaseCommandKind.Void:
                draft.Add(stamp, new CaseVoided(command.Reason));
                break;
            case CaseCommandKind.Comment:
                draft.Add(stamp, new CaseCommented(command.Reason));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.Command, "not a command");
        }
    }

    private static void Redirect(CaseDraft draft, CaseCommand command, CaseSettings settings, CaseStamp own, TimeLimits limits)
    {
        if (command.To.Length > 0)
        {
            IReadOnlyList<CaseClock> clocks = Clocks.ForDispatch(limits, own);
            draft.Add(own, new CaseDispatched(command.To, [], limits, clocks, draft.Case.ClosingCondition, $"returned by {command.Actor}"));
            return;
        }

        CaseFilingDecider.GiveToTerritory(draft, settings, own, $"returned by {command.Actor}");
    }
}
