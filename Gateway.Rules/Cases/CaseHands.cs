namespace Gateway.Rules.Cases;

/// <summary>
/// Who has had a hand in a case: a verifier is none of its handlers and supervisors, over all rounds of it, and who decides a request none of its handlers. Pure.
/// </summary>
public static class CaseHands
{
    /// <summary>
    /// Names that a case keeps of its handlers, and as many of its supervisors. Where they are that many, it takes no further one, for to forget somebody
    /// would let that person verify.
    /// </summary>
    public const int Limit = 64;

    /// <summary>Who may verify and reject, for a message that says who may not.</summary>
    internal const string WhoMayVerify = "whoever has neither handled nor supervised the case may";

    /// <summary>Whether somebody ever accepted a case or reported it done.</summary>
    public static bool HasHandled(Case c, string actor) => actor == c.ReportedBy || actor == c.AcceptedBy || c.Handlers.Contains(actor);

    /// <summary>What somebody did that keeps them from verifying a case, as the end of a sentence; null when nothing does.</summary>
    internal static string? WhyNotVerify(Case c, string actor) =>
        actor == c.ReportedBy ? "reported it"
        : actor == c.AcceptedBy ? "accepted it"
        : c.Handlers.Contains(actor) ? "handled it before"
        : c.Supervisors.Contains(actor) ? "supervised it or decided what was asked for"
        : null;

    /// <summary>The handlers that are known, those whom only an earlier version noted among them.</summary>
    internal static IReadOnlyList<string> HandlersOf(Case c) => With(c.Handlers, [c.AcceptedBy, c.ReportedBy]);

    /// <summary>The names and those of <paramref name="more"/> that are not among them; the same list where none is new.</summary>
    internal static IReadOnlyList<string> With(IReadOnlyList<string> names, IReadOnlyList<string> more)
    {
        string[] added = [.. more.Where(n => n.Length > 0 && !names.Contains(n)).Distinct(StringComparer.Ordinal)];
        return added.Length == 0 ? names : [.. names, .. added];
    }

    /// <summary>What is wrong where a command would make one handler or supervisor too many, as the end of a sentence; null when nothing is.</summary>
    internal static string? TooMany(Case c, CaseCommand command) => command.Command switch
    {
        CaseCommandKind.Accept or CaseCommandKind.Report => TooMany(HandlersOf(c), command.Actor, "handled"),
        CaseCommandKind.Supervise or CaseCommandKind.Approve or CaseCommandKind.Deny => TooMany(c.Supervisors, command.Actor, "supervised"),
        _ => null,
    };

    /// <summary>Whether two cases have too many handlers or supervisors for one.</summary>
    internal static bool TooManyTogether(Case one, Case other) =>
        With(HandlersOf(one), HandlersOf(other)).Count > Limit || With(one.Supervisors, other.Supervisors).Count > Limit;

    private static string? TooMany(IReadOnlyList<string> names, string actor, string did) =>
        names.Count >= Limit && !names.Contains(actor) ? $"cannot be done by {actor}: {names.Count} people have {did} the case, and one of them has to" : null;
}
