using System.Globalization;
using System.Text;
using Gateway.Rules.Cases;

namespace Gateway.Host.Access.People;

/// <summary>The page of who may do what, made from the tables; a test holds that docs/access.md is this text.</summary>
internal static class RightsPage
{
    /// <summary>The page, Markdown.</summary>
    public static string Text()
    {
        StringBuilder page = new(
            """
            # Who may do what 权限

            For duty officers and operators. Made from the tables that the gateway goes by (`Gateway.Host/Access/People/EndpointRights.cs`,
            `Gateway.Host/Access/People/CommandRights.cs`). What is not here, nobody may. How to get an account and sign in: [operators.md](operators.md),
            [duty-officers.md](duty-officers.md).

            本页由程序中的权限表生成；表中没有的，任何人都不能做。

            | role | 角色 | for |
            |---|---|---|
            | `viewer` | 查看 | reading |
            | `officer` | 值班员 | working on cases |
            | `supervisor` | 督办 | supervising, deciding, evaluating; handles no case itself |
            | `operator` | 运维 | devices, quarantine, receivers of webhooks; works on no case |
            | `admin` | 管理员 | accounts and tokens; works on no case |

            ## Commands to cases


            """);
        AddTable(page, "command", Enum.GetValues<CaseCommandKind>().Where(k => CommandRights.All[k] != Roles.None).Select(k => ($"`{CaseCommands.Word(k)}`{(CommandRights.IsOfLead(k) ? " *" : "")}", CommandRights.All[k])));
        page.Append(
            """

            \* An account that belongs to a unit gives these only to cases that unit leads (a territory leads what is unowned), and says `arrive` of its own unit only.
            Whoever ever accepted or reported a case neither verifies nor rejects nor evaluates it nor decides a deferral or extension of it; whoever supervised it or decided one neither
            verifies nor rejects it; and whoever asked for one does not decide it, whatever the role.

            The name of the account stands in the history of a case, or of the mode, for what was done: who did what is meant to be read there, by whoever may read the case. No path has a
            parameter that asks for a person: not for an account, not for a card or its pseudonym, not for whoever reported ([operators.md](operators.md)).

            办理记录中会显示经办账号,用于明确责任；没有任何接口可按人、按卡或按报告人查询。

            ## Paths


            """);
        foreach (EndpointRight right in EndpointRights.All.Where(r => r.Roles == Roles.Anonymous))
        {
            page.Append(CultureInfo.InvariantCulture, $"- `{right.Method} {right.Pattern}`: everybody, without an account\n");
        }

        page.Append('\n');
        AddTable(page, "path", EndpointRights.All.Where(r => r.Roles != Roles.Anonymous).Select(r => ($"`{r.Method} {r.Pattern}`", r.Roles)));
        return page.ToString();
    }

    private static void AddTable(StringBuilder page, string subject, IEnumerable<(string Name, Roles Roles)> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"| {subject} | {string.Join(" | ", RoleWords.All.Select(RoleWords.Word))} |\n|---|{string.Concat(RoleWords.All.Select(_ => "---|"))}\n");
        foreach ((string name, Roles roles) in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", RoleWords.All.Select(r => roles.HasFlag(r) ? "yes" : ""))} |\n");
        }
    }
}
