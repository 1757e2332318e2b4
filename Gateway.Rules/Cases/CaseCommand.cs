namespace Gateway.Rules.Cases;

/// <summary>What a person or a connected system can ask of a case.</summary>
public enum CaseCommandKind : byte
{
    /// <summary>签收: the lead takes it.</summary>
    Accept,

    /// <summary>退单: the lead gives it back; a reason is required.</summary>
    Return,

    /// <summary>处理反馈: the handler says it is done.</summary>
    Report,

    /// <summary>核查 passed: it is closed, if the physics agrees.</summary>
    Verify,

    /// <summary>核查 failed: back to the lead; a reason is required.</summary>
    Reject,

    /// <summary>误报: a false alarm; a reason is required.</summary>
    Void,

    /// <summary>A remark; it stands in the reason.</summary>
    Comment,
}

/// <summary>One request to change a case. Immutable.</summary>
public sealed record CaseCommand
{
    /// <summary>Longest actor, characters.</summary>
    public const int ActorLengthLimit = 64;

    /// <summary>Longest reason, characters.</summary>
    public const int ReasonLengthLimit = 2000;

    /// <summary>The case.</summary>
    public required string CaseNo { get; init; }

    /// <summary>What to do.</summary>
    public required CaseCommandKind Command { get; init; }

    /// <summary>Who asks: an account or unit.</summary>
    public required string Actor { get; init; }

    /// <summary>Why, or what was done or found.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether the actor was there and looked.</summary>
    public bool FieldCheck { get; init; }

    /// <summary>For a return: the unit it should go to; empty for the territory.</summary>
    public string To { get; init; } = "";
}

/// <summary>The commands as words, and which of them a status takes.</summary>
public static class CaseCommands
{
    private static readonly CaseCommandKind[] None = [];
    private static readonly CaseCommandKind[] Unassigned = [CaseCommandKind.Void, CaseCommandKind.Comment];
    private static readonly CaseCommandKind[] Offered = [CaseCommandKind.Accept, CaseCommandKind.Return, CaseCommandKind.Void, CaseCommandKind.Comment];
    private static readonly CaseCommandKind[] Working = [CaseCommandKind.Report, CaseCommandKind.Void, CaseCommandKind.Comment];
    private static readonly CaseCommandKind[] Checking = [CaseCommandKind.Verify, CaseCommandKind.Reject, CaseCommandKind.Void, CaseCommandKind.Comment];

    /// <summary>The commands that a case in this status takes, in the order of the enumeration; none once it is over.</summary>
    public static IReadOnlyList<CaseCommandKind> Legal(CaseStatus status) => status switch
    {
        CaseStatus.Collected or CaseStatus.Filed or CaseStatus.Reported => Unassigned,
        CaseStatus.Unowned or CaseStatus.Dispatched => Offered,
        CaseStatus.InProgress => Working,
        CaseStatus.Verifying => Checking,
        _ => None,
    };

    /// <summary>The word for a command: <c>accept</c>, <c>return</c>, <c>report</c>, <c>verify</c>, <c>reject</c>, <c>void</c>, <c>comment</c>.</summary>
    public static string Word(CaseCommandKind kind) => kind switch
    {
        CaseCommandKind.Accept => "accept",
        CaseCommandKind.Return => "return",
        CaseCommandKind.Report => "report",
        CaseCommandKind.Verify => "verify",
        CaseCommandKind.Reject => "reject",
        CaseCommandKind.Void => "void",
        _ => "comment",
    };

    /// <summary>The command for a word, exactly as <see cref="Word"/> writes it.</summary>
    public static bool TryParse(string word, out CaseCommandKind kind)
    {
        foreach (CaseCommandKind candidate in Enum.GetValues<CaseCommandKind>())
        {
            if (Word(candidate) == word)
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
