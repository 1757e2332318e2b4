using Gateway.Host.Access.People;
using Gateway.Rules.Cases;

namespace Gateway.Tests.Host.Access.People;

public sealed class CommandRightsTests
{
    // Columns: viewer officer supervisor operator admin; x: may.
    private static readonly Dictionary<string, string> Table = new()
    {
        ["accept"] = ".x...",
        ["return"] = ".xx..",
        ["report"] = ".x...",
        ["verify"] = ".xx..",
        ["reject"] = ".xx..",
        ["void"] = "..x..",
        ["comment"] = ".xx..",
        ["defer"] = ".xx..",
        ["extend"] = ".xx..",
        ["approve"] = "..x..",
        ["deny"] = "..x..",
        ["resume"] = "..x..",
        ["whistle"] = ".xx..",
        ["arrive"] = ".xx..",
        ["supervise"] = "..x..",
        ["merge"] = "..x..",
        ["evaluate"] = "..x..",
        ["rate"] = ".....",
    };

    [Fact]
    public void Every_command_is_for_the_roles_of_the_table_and_no_other()
    {
        foreach (CaseCommandKind kind in Enum.GetValues<CaseCommandKind>())
        {
            string row = string.Concat(RoleWords.All.Select(role => Refuse(Of(role), kind) is null ? 'x' : '.'));
            Assert.Equal((kind, Table.GetValueOrDefault(CaseCommands.Word(kind), "no row of the table")), (kind, row));
        }
    }

    [Fact]
    public void Refusal_says_which_roles_may() =>
        Assert.Equal("viewer may not verify; officer or supervisor may", Refuse(Of(Roles.Viewer), CaseCommandKind.Verify));

    [Theory]
    [InlineData(CaseCommandKind.Accept, true)]
    [InlineData(CaseCommandKind.Return, true)]
    [InlineData(CaseCommandKind.Report, true)]
    [InlineData(CaseCommandKind.Defer, true)]
    [InlineData(CaseCommandKind.Extend, true)]
    [InlineData(CaseCommandKind.Comment, false)]
    [InlineData(CaseCommandKind.Verify, false)]
    [InlineData(CaseCommandKind.Whistle, false)]
    public void Account_of_a_unit_handles_what_that_unit_leads(CaseCommandKind kind, bool isOfLead)
    {
        Person officer = Of(Roles.Officer) with { Unit = "fire-brigade" };
        Assert.Null(Refuse(officer, kind, lead: "fire-brigade"));
        Assert.Equal(isOfLead, Refuse(officer, kind, lead: "drainage-office") is not null);
        Assert.Equal(isOfLead, Refuse(officer, kind, lead: "330105001") is not null); // unowned: the territory has it
        Assert.Null(Refuse(officer with { Unit = "330105001" }, kind, lead: "330105001"));
    }

    [Fact]
    public void Account_of_a_unit_says_of_no_other_that_it_is_there()
    {
        Person officer = Of(Roles.Officer) with { Unit = "fire-brigade" };
        Assert.Null(Refuse(officer, CaseCommandKind.Arrive, to: "fire-brigade"));
        Assert.NotNull(Refuse(officer, CaseCommandKind.Arrive, to: "drainage-office"));
        Assert.Null(Refuse(Of(Roles.Officer), CaseCommandKind.Arrive, to: "drainage-office"));
    }

    [Fact]
    public void Nobody_acts_in_another_name_but_the_developer_on_this_machine()
    {
        Assert.NotNull(Refuse(Of(Roles.Officer), CaseCommandKind.Comment, actor: "somebody-else"));
        Assert.Null(Refuse(Of(Roles.Everyone) with { IsDeveloper = true }, CaseCommandKind.Comment, actor: "somebody-else"));
    }

    private static Person Of(Roles role) => new() { Name = "li-0417", Roles = role, Holds = () => true };

    private static string? Refuse(Person person, CaseCommandKind kind, string lead = "fire-brigade", string to = "", string actor = "li-0417") =>
        CommandRights.Refuse(person, new CaseCommand { CaseNo = "AJ-1", Command = kind, Actor = actor, To = to }, lead);
}
