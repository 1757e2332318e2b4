using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Every command in every status: what it leads to, or a refusal that lists what is legal.</summary>
public sealed class CaseCommandTableTests
{
    // Columns: accept return report verify reject void comment; "-" is refused, otherwise the status it leads to ("=" stays).
    private static readonly Dictionary<CaseStatus, string> Table = new()
    {
        [CaseStatus.Collected] = "- - - - - Voided =",
        [CaseStatus.Filed] = "- - - - - Voided =",
        [CaseStatus.Unowned] = "InProgress Dispatched - - - Voided =",
        [CaseStatus.Dispatched] = "InProgress Dispatched - - - Voided =",
        [CaseStatus.InProgress] = "- - Verifying - - Voided =",
        [CaseStatus.Reported] = "- - - - - Voided =",
        [CaseStatus.Verifying] = "- - - Closed Dispatched Voided =",
        [CaseStatus.Closed] = "- - - - - - -",
        [CaseStatus.Evaluated] = "- - - - - - -",
        [CaseStatus.Voided] = "- - - - - - -",
        [CaseStatus.Merged] = "- - - - - - -",
    };

    public static TheoryData<CaseStatus, CaseCommandKind, string> Cells()
    {
        var cells = new TheoryData<CaseStatus, CaseCommandKind, string>();
        foreach (CaseStatus status in Enum.GetValues<CaseStatus>())
        {
            string[] row = Table[status].Split(' ');
            foreach (CaseCommandKind command in Enum.GetValues<CaseCommandKind>())
            {
                cells.Add(status, command, row[(int)command]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Command_leads_on_or_is_refused_with_the_legal_ones(CaseStatus status, CaseCommandKind command, string outcome)
    {
        Case c = InStatus(status);
        CaseDecision decision = CaseDecider.Decide(
            c, CaseWorld.Command(c.CaseNo, command, "zhao", fieldCheck: true, to: command == CaseCommandKind.Return ? "street" : ""), CaseWorld.Settings, CaseWorld.At(40), 12);

        if (outcome != "-")
        {
            Assert.Null(decision.Refusal);
            Case after = decision.Events.Aggregate(c, Case.Apply);
            Assert.Equal(outcome == "=" ? status.ToString() : outcome, after.Status.ToString());
            Assert.Equal("zhao", decision.Events[0].Actor);
            return;
        }

        string[] row = Table[status].Split(' ');
        string[] legal = [.. Enum.GetValues<CaseCommandKind>().Where(k => row[(int)k] != "-").Select(CaseCommands.Word)];
        Assert.Empty(decision.Events);
        Assert.Equal(CaseRefusalKind.Illegal, decision.Refusal?.Kind);
        Assert.Equal(legal, decision.Refusal!.Legal);
        Assert.All(legal, word => Assert.Contains(word, decision.Refusal.Message));
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

    private static Case InStatus(CaseStatus status)
    {
        CaseDriver drive = CaseDriver.New();
        if (status is CaseStatus.Unowned)
        {
            drive.Alert(0, AlertTransitionKind.Firing, rule: CaseWorld.Odd);
            return drive.Case;
        }

        drive.ToVerifying().Reading(30);
        return drive.Case with { Status = status };
    }
}
