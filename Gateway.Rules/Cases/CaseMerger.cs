namespace Gateway.Rules.Cases;

/// <summary>并案: one case goes on as part of another, which takes over what it stands for. Pure.</summary>
internal static class CaseMerger
{
    /// <summary>Why the two cannot be merged, beyond what <see cref="CaseDecider.Refuse"/> asks of every command; null when they can.</summary>
    public static CaseRefusal? Refuse(Case known, Case? target, CaseCommand command)
    {
        string? fault = command.To.Length == 0 ? "needs the number of the case it should go on as part of (to)"
            : command.To == command.CaseNo ? "names the case itself"
            : target is not { IsOpen: true } ? $"names {command.To}, which is no open case here"
            : target.IsStorm ? $"names {command.To}, which is a storm: cases become part of one by themselves"
            : target.Facts.Exercise != known.Facts.Exercise ? $"names {command.To}: an exercise and a real case are not merged"
            : CaseHands.TooManyTogether(known, target) ? $"names {command.To}: more than {CaseHands.Limit} people would have handled or supervised it"
            : null;
        return fault is null ? null : new CaseRefusal(CaseRefusalKind.BadInput, $"merge {fault}", [.. CaseCommands.Legal(known).Select(CaseCommands.Word)], []);
    }

    /// <summary>What happens to the one, and what to the other.</summary>
    public static (IReadOnlyList<CaseEvent> Gone, IReadOnlyList<CaseEvent> Joined) Merge(Case known, Case target, CaseCommand command, CaseStamp stamp)
    {
        List<CaseEvent> gone = [], joined = [];
        new CaseDraft(known, gone).Add(stamp, new CaseMerged(target.CaseNo, command.Reason));
        CaseDraft draft = new(target, joined);

        // What had joined it before comes along, or its keys would be forgotten.
        draft.Add(stamp, new CaseMemberJoined(new CaseMember(known.CaseNo, known.Facts.Key), known.Alerts, known.Occurrences, known.ReportCount, known.Severity, known.Certainty, command.Reason)
        {
            Together = Certainty(known, target),
            Handlers = CaseHands.HandlersOf(known),
            Supervisors = known.Supervisors,
            Places = [CasePlace.Of(known.Facts), .. known.Places],
            SensedAt = known.FirstSensedAt,
            ToldAt = known.FirstToldAt,
        });
        foreach (CaseMember member in known.Members)
        {
            draft.Add(stamp, new CaseMemberJoined(member, [], 0, 0, known.Severity, known.Certainty, $"with {known.CaseNo}"));
        }

        return (gone, joined);
    }

    // As when they join one by one: a person's word and a sensor's are two sources; what two people say is one. Two devices the alerts tell.
    private static CaseCertainty Certainty(Case one, Case other) =>
        one.Occurrences + other.Occurrences > 0 && one.ReportCount + other.ReportCount > 0 ? CaseCertainty.Observed : CaseCertainty.Likely;
}
