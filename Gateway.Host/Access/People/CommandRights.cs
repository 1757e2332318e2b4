using Gateway.Rules.Cases;

namespace Gateway.Host.Access.People;

/// <summary>
/// Who may give a case which command: handler, verifier and supervisor are different people, and whoever runs the machinery or the
/// accounts works on no case. That one person does not verify or decide what it handled itself is the case's own rule, whatever its role.
/// </summary>
internal static class CommandRights
{
    private const Roles Both = Roles.Officer | Roles.Supervisor;

    /// <summary>The table; a test holds that every command has its row.</summary>
    public static IReadOnlyDictionary<CaseCommandKind, Roles> All { get; } = new Dictionary<CaseCommandKind, Roles>
    {
        [CaseCommandKind.Accept] = Roles.Officer,
        [CaseCommandKind.Return] = Both,
        [CaseCommandKind.Report] = Roles.Officer,
        [CaseCommandKind.Verify] = Both,
        [CaseCommandKind.Reject] = Both,
        [CaseCommandKind.Void] = Roles.Supervisor,
        [CaseCommandKind.Comment] = Both,
        [CaseCommandKind.Defer] = Both,
        [CaseCommandKind.Extend] = Both,
        [CaseCommandKind.Approve] = Roles.Supervisor,
        [CaseCommandKind.Deny] = Roles.Supervisor,
        [CaseCommandKind.Resume] = Roles.Supervisor,
        [CaseCommandKind.Whistle] = Both,
        [CaseCommandKind.Arrive] = Both,
        [CaseCommandKind.Supervise] = Roles.Supervisor,
        [CaseCommandKind.Merge] = Roles.Supervisor, // it ends a case without verification
        [CaseCommandKind.Evaluate] = Roles.Supervisor,
        [CaseCommandKind.Rate] = Roles.None, // nobody's by name: whoever has the token, at a path of its own
    };

    /// <summary>Commands that only the unit which leads gives; a territory leads what is unowned 属地.</summary>
    private static readonly CaseCommandKind[] OfLead = [CaseCommandKind.Accept, CaseCommandKind.Return, CaseCommandKind.Report, CaseCommandKind.Defer, CaseCommandKind.Extend];

    /// <summary>Whether an account of a unit gives a command only to cases which that unit leads.</summary>
    public static bool IsOfLead(CaseCommandKind command) => OfLead.Contains(command);

    /// <summary>Why a person may not give a case a command, as a sentence; null when it may.</summary>
    /// <param name="person">Who asks.</param>
    /// <param name="command">What for; whose name it is in is judged too.</param>
    /// <param name="lead">The unit or territory that leads the case.</param>
    public static string? Refuse(Person person, CaseCommand command, string lead)
    {
        Roles allowed = All.GetValueOrDefault(command.Command);
        string word = CaseCommands.Word(command.Command);
        if ((person.Roles & allowed) == Roles.None)
        {
            return $"{RoleWords.List(person.Roles)} may not {word}; {RoleWords.List(allowed)} may";
        }

        if (!person.IsDeveloper && command.Actor != person.Name)
        {
            return $"what you do stands under your own name, {person.Name}: leave actor out";
        }

        if (person.Unit.Length > 0 && OfLead.Contains(command.Command) && lead != person.Unit)
        {
            return $"{person.Name} works for {person.Unit} and may {word} only what it leads; {(lead.Length == 0 ? "nobody" : lead)} leads this case";
        }

        return person.Unit.Length > 0 && command.Command == CaseCommandKind.Arrive && command.To != person.Unit
            ? $"{person.Name} works for {person.Unit} and says of no other unit that it is there"
            : null;
    }
}
