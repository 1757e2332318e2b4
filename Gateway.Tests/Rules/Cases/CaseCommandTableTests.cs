using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Every command in every status: what it leads to, or a refusal that lists what is legal.</summary>
public sealed class CaseCommandTableTests
{
    // Columns: accept return report verify reject void comment defer extend approve deny resume whistle arrive supervise merge evaluate rate;
    // "-" is refused, otherwise the status it leads to ("=" stays).
    private static readonly Dictionary<string, string> Table = new()
    {
        ["Collected"] = "- - - - - Voided = - - - - - - - = Merged - -",
        ["Filed"] = "- - - - - Voided = - - - - - - - = Merged - -",
        ["Unowned"] = "InProgress Dispatched - - - Voided = - - - - - = - = Merged - -",
        ["Dispatched"] = "InProgress Dispatched - - - Voided = - - - - - = - = Merged - -",
        ["Dispatched, summoned"] = "InProgress Dispatched - - - Voided = - - - - - = = = Merged - -",
        ["InProgress"] = "- - Verifying - - Voided = = = - - - = - = Merged - -",
        ["InProgress, asked to defer"] = "- - Verifying - - Voided = - - = = - = - = Merged - -",
        ["InProgress, asked to extend"] = "- - Verifying - - Voided = - - = = - = - = Merged - -",
        ["InProgress, deferred"] = "- - Verifying - - Voided = - - - - = = - = Merged - -",
        ["InProgress, supervised by the city"] = "- - Verifying - - Voided = = = - - - = - - Merged - -",
        ["Dispatched, a storm"] = "InProgress Dispatched - - - Voided = - - - - - = - = - - -",
        ["Reported"] = "- - - - - Voided = - - - - - - - = Merged - -",
        ["Verifying"] = "- - - Closed Dispatched Voided = - - - - - - - = Merged - -",
        ["Closed"] = "- - - - - - - - - - - - - - - - Evaluated =",
        ["Evaluated"] = "- - - - - - - - - - - - - - - - - =",
        ["Voided"] = "- - - - - - - - - - - - - - - - - -",
        ["Merged"] = "- - - - - - - - - - - - - - - - - -",
    };

    public static TheoryData<string, CaseCommandKind, string> Cells()
    {
        var cells = new TheoryData<string, CaseCommandKind, string>();
        foreach ((string standing, string line) in Table)
        {
            string[] row = line.Split(' ');
            Assert.Equal(Enum.GetValues<CaseCommandKind>().Length, row.Length);
            foreach (CaseCommandKind command in Enum.GetValues<CaseCommandKind>())
            {
                cells.Add(standing, command, row[(int)command]);
            }
        }

        return cells;
    }

    [Fact]
    public void Every_status_has_its_row() =>
        Assert.Equal(Enum.GetNames<CaseStatus>().Order(), Table.Keys.Select(k => k.Split(',')[0]).Distinct().Order());

    [Theory]
    [MemberData(nameof(Cells))]
    public void Command_leads_on_or_is_refused_with_the_legal_ones(string standing, CaseCommandKind command, string outcome)
    {
        Case c = Standing(standing), other = CaseDriver.Other();
        Assert.Equal(standing.Split(',')[0], c.Status.ToString());
        CaseBook book = new(CaseWorld.Settings, lastNumber: 2, [c, other]) { Stored = caseNo => caseNo == c.CaseNo ? c : null };
        CaseChanges changes = new();
        string to = command switch { CaseCommandKind.Return => "street", CaseCommandKind.Whistle => "fire", CaseCommandKind.Merge => other.CaseNo, _ => "" };
        CaseCommand asked = CaseWorld.Command(c.CaseNo, command, "zhao", fieldCheck: true, to) with { Until = CaseWorld.At(60 * 24), Score = 4 };
        asked = command == CaseCommandKind.Rate ? asked with { Actor = CaseCommand.PublicActor } : asked;
        CaseRefusal? refusal = book.Handle(asked, CaseWorld.At(40), 12, changes);

        if (outcome != "-")
        {
            Assert.Null(refusal);
            CaseEvent first = changes.Events.First(e => e.Actor != CaseEvent.GatewayActor);
            Assert.Equal((c.CaseNo, asked.Actor), (first.CaseNo, first.Actor));
            Assert.Equal(outcome == "=" ? c.Status.ToString() : outcome, changes.Find(c.CaseNo)!.Status.ToString());
            return;
        }

        string[] row = Table[standing].Split(' ');
        string[] legal = [.. Enum.GetValues<CaseCommandKind>().Where(k => row[(int)k] != "-" && k != CaseCommandKind.Rate).Select(CaseCommands.Word)];
        Assert.DoesNotContain(changes.Events, e => e.Actor == asked.Actor);
        Assert.Equal(CaseRefusalKind.Illegal, refusal?.Kind);
        Assert.Equal(legal, refusal!.Legal);
        Assert.All(legal, word => Assert.Contains(word, refusal.Message));
    }

    [Theory]
    [InlineData(CaseCommandKind.Return, true)]
    [InlineData(CaseCommandKind.Void, true)]
    [InlineData(CaseCommandKind.Comment, true)]
    [InlineData(CaseCommandKind.Accept, false)]
    public void Reason_is_required_where_someone_will_ask_why(CaseCommandKind command, bool required)
    {
        Case c = InStatus(CaseStatus.Dispatched);
        CaseDecision decision = CaseDecider.Decide(
            c, CaseWorld.Command(c.CaseNo, command) with { Reason = " " }, CaseWorld.Settings, CaseWorld.At(40), 12);

        Assert.Equal(required ? CaseRefusalKind.BadInput : null, decision.Refusal?.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gateway")]
    [InlineData("public")]
    [InlineData("an-actor-whose-name-goes-on-and-on-and-on-and-on-and-on-and-on-and-on")]
    public void Actor_is_named_and_not_the_gateway(string actor)
    {
        Case c = InStatus(CaseStatus.Dispatched);
        CaseDecision decision = CaseDecider.Decide(c, CaseWorld.Command(c.CaseNo, CaseCommandKind.Accept, actor), CaseWorld.Settings, CaseWorld.At(40), 12);

        Assert.Equal(CaseRefusalKind.BadInput, decision.Refusal?.Kind);
    }

    [Fact]
    public void Words_of_commands_read_back()
    {
        foreach (CaseCommandKind kind in Enum.GetValues<CaseCommandKind>())
        {
            Assert.True(CaseCommands.TryParse(CaseCommands.Word(kind), out CaseCommandKind read));
            Assert.Equal(kind, read);
        }

        Assert.False(CaseCommands.TryParse("Accept", out _));
    }

    private static Case InStatus(CaseStatus status) => Standing(status.ToString());

    // Collected, Filed and Reported are passed through within one decision and never at rest: they are real histories, cut off behind the event that leads
    // there. All others are what commands, alerts and readings lead to.
    private static Case Standing(string standing)
    {
        CaseDriver drive = CaseDriver.New();
        switch (standing)
        {
            case "Collected":
                drive.Alert(0, AlertTransitionKind.Firing);
                return CutBehind<CaseCollected>(drive.Events);
            case "Filed":
                drive.Alert(0, AlertTransitionKind.Firing);
                return CutBehind<CaseFiled>(drive.Events);
            case "Reported":
                return CutBehind<CaseReported>(drive.ToVerifying().Events);
            case "Unowned":
                drive.Alert(0, AlertTransitionKind.Firing, rule: CaseWorld.Odd);
                return drive.Case;
            case "Verifying":
                drive.ToVerifying().Reading(30);
                return drive.Case;
            case "Closed":
                return drive.ToClosed().Case;
            case "Evaluated":
                CaseCommand evaluate = CaseWorld.Command(drive.ToClosed().Case.CaseNo, CaseCommandKind.Evaluate, "sun") with { Score = 3 };
                Assert.Null(drive.Book.Handle(evaluate, CaseWorld.At(31), 9, drive.Changes));
                return drive.Case;
            case "Dispatched, a storm":
                drive.Book.Settings = CaseWorld.Settings with { Storms = new StormSettings { Community = 2 } };
                drive.Alert(0, AlertTransitionKind.Firing, rule: CaseWorld.Latched);
                drive.Alert(0, AlertTransitionKind.Firing, device: 3, rule: CaseWorld.Latched);
                return drive.Book.Cases.Single(c => c.IsStorm);
        }

        drive.Alert(0, AlertTransitionKind.Firing);
        string caseNo = drive.Case.CaseNo;
        if (standing.StartsWith("InProgress", StringComparison.Ordinal))
        {
            Assert.Null(drive.Command(5, CaseCommandKind.Accept));
        }

        switch (standing)
        {
            case "Dispatched" or "InProgress":
                break;
            case "Voided":
                Assert.Null(drive.Command(6, CaseCommandKind.Void));
                break;
            case "Merged":
                drive.Alert(6, AlertTransitionKind.Firing, device: 2);
                Assert.Null(drive.Command(6, CaseCommandKind.Merge, to: drive.Book.Cases.Single(c => c.CaseNo != caseNo).CaseNo, caseNo: caseNo));
                break;
            case "Dispatched, summoned":
                Assert.Null(drive.Command(6, CaseCommandKind.Whistle, to: "street"));
                break;
            case "InProgress, asked to defer":
                Assert.Null(drive.Ask(6, CaseCommandKind.Defer, 600));
                break;
            case "InProgress, asked to extend":
                Assert.Null(drive.Ask(6, CaseCommandKind.Extend, 600));
                break;
            case "InProgress, deferred":
                Assert.Null(drive.Ask(6, CaseCommandKind.Defer, 600));
                Assert.Null(drive.Command(7, CaseCommandKind.Approve, "wang"));
                break;
            case "InProgress, supervised by the city":
                Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(drive.Command(8, CaseCommandKind.Supervise, "wang")));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(standing), standing, "no way there is written down");
        }

        return drive.Changes.Find(caseNo)!;
    }

    private static Case CutBehind<T>(IReadOnlyList<CaseEvent> history)
        where T : CaseEvent
        => Case.Fold(history.Take(1 + history.ToList().FindIndex(e => e is T)))!;
}
