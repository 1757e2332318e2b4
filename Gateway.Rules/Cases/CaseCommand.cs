using System.Text.Json;
using Gateway.Protocols.Readings;

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

    /// <summary>缓办: asks that the clocks stand still until a time; a reason is required. Somebody else approves.</summary>
    Defer,

    /// <summary>延期: asks for a later limit of the resolve clock; a reason is required. Somebody else approves.</summary>
    Extend,

    /// <summary>Grants what was asked for.</summary>
    Approve,

    /// <summary>Refuses what was asked for; a reason is required.</summary>
    Deny,

    /// <summary>Ends a deferral before its time.</summary>
    Resume,

    /// <summary>吹哨: summons other units to the place; each has a clock to arrive.</summary>
    Whistle,

    /// <summary>到场: a summoned unit is there.</summary>
    Arrive,

    /// <summary>督办: takes the case under supervision, one level up; a reason is required.</summary>
    Supervise,

    /// <summary>并案: the case goes on as part of another.</summary>
    Merge,

    /// <summary>综合评价: a score from 1 to 5 for how a closed case went.</summary>
    Evaluate,

    /// <summary>群众评价: a score from 1 to 5 of somebody the case was closed for, with a token that is good once. Never a person by name.</summary>
    Rate,
}

/// <summary>One request to change a case. Immutable.</summary>
public sealed record CaseCommand
{
    /// <summary>Longest actor, characters.</summary>
    public const int ActorLengthLimit = 64;

    /// <summary>Actor of a rating: whoever has the token.</summary>
    public const string PublicActor = "public";

    /// <summary>Longest reason, characters.</summary>
    public const int ReasonLengthLimit = 2000;

    /// <summary>Longest <see cref="To"/>, characters.</summary>
    public const int ToLengthLimit = 1200;

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

    /// <summary>
    /// For a return: the unit it should go to, empty for the territory. For a whistle: the units that are summoned, separated by commas. For an
    /// arrival: the unit that is there, which may be left out where one alone is awaited. For a merger: the number of the other case.
    /// </summary>
    public string To { get; init; } = "";

    /// <summary>For a deferral: when the clocks go on. For an extension: the new limit.</summary>
    public EventTime? Until { get; init; }

    /// <summary>For an evaluation or a rating: 1 (bad) to 5 (good).</summary>
    public int? Score { get; init; }
}

/// <summary>The commands as words, and which of them a case takes.</summary>
public static class CaseCommands
{
    /// <summary>The commands that a case takes of people on duty as it stands, in the order of the enumeration; few once it is over.</summary>
    public static IReadOnlyList<CaseCommandKind> Legal(Case c) => [.. Enum.GetValues<CaseCommandKind>().Where(k => k != CaseCommandKind.Rate && IsLegal(c, k))];

    /// <summary>The word for a command, its name in lower case: <c>accept</c>.</summary>
    public static string Word(CaseCommandKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

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

    internal static bool IsLegal(Case c, CaseCommandKind kind) => kind switch
    {
        CaseCommandKind.Accept or CaseCommandKind.Return => c.Status is CaseStatus.Unowned or CaseStatus.Dispatched,
        CaseCommandKind.Report => c.Status == CaseStatus.InProgress,
        CaseCommandKind.Verify or CaseCommandKind.Reject => c.Status == CaseStatus.Verifying,
        CaseCommandKind.Void or CaseCommandKind.Comment => c.IsOpen,
        CaseCommandKind.Merge => c is { IsOpen: true, IsStorm: false },
        CaseCommandKind.Defer or CaseCommandKind.Extend => c.Status == CaseStatus.InProgress && c.Request is null && c.DeferredUntil is null,
        CaseCommandKind.Approve or CaseCommandKind.Deny => c.Status == CaseStatus.InProgress && c.Request is not null,
        CaseCommandKind.Resume => c.Status == CaseStatus.InProgress && c.DeferredUntil is not null,
        CaseCommandKind.Whistle => c.Status is CaseStatus.Unowned or CaseStatus.Dispatched or CaseStatus.InProgress,
        CaseCommandKind.Arrive => c.IsOpen && c.Awaited.Any(),
        CaseCommandKind.Rate => c.Status is CaseStatus.Closed or CaseStatus.Evaluated && c.Rating is null,
        CaseCommandKind.Supervise => c.IsOpen && c.Escalation < EscalationLevel.City,
        _ => c.Status == CaseStatus.Closed,
    };
}
