using System.Reflection;
using System.Text;

namespace Gateway.Tests.Conformance;

/// <summary>Which test carries which statement, and the page that says so.</summary>
public static class StatementCoverage
{
    /// <summary>Every statement that a test names, with the test as <c>Class.Method</c>.</summary>
    public static ILookup<(string Version, string Id), string> Tests { get; } = (
        from type in typeof(StatementCoverage).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        from attribute in method.GetCustomAttributes<StatementAttribute>()
        from id in attribute.Ids
        orderby type.Name, method.Name
        select ((attribute.Version, id), $"{type.Name}.{method.Name}"))
        .ToLookup(t => t.Item1, t => t.Item2);

    /// <summary>The methods that carry a statement.</summary>
    public static IEnumerable<MethodInfo> Methods =>
        from type in typeof(StatementCoverage).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where method.IsDefined(typeof(StatementAttribute))
        select method;

    /// <summary>The page, as Markdown.</summary>
    public static string Page()
    {
        StringBuilder page = new();
        page.Append("""
            # MQTT conformance

            Every numbered statement of the two specifications that binds a server, and the tests that show it to hold here, against the running
            gateway over the network; where there is no test, why not. The page is made from `Gateway.Tests/Conformance`; after a change, write it anew with
            `GATEWAY_WRITE_DOCS=1 ./test.sh --filter FullyQualifiedName~StatementTests`.

            What the gateway declines, and how it says so: enhanced authentication (CONNACK 0x8C, connection closed).

            | version | statements | bind the server | tested | not tested, with the reason | bind the client only |
            |---|---|---|---|---|---|

            """);
        foreach (string version in StatementTable.Versions)
        {
            NormativeStatement[] all = [.. StatementTable.All.Where(s => s.Version == version)];
            int server = all.Count(s => s.Binds != "client");
            page.AppendLine($"| {version} | {all.Length} | {server} | {all.Count(s => s.NeedsTest)} | {server - all.Count(s => s.NeedsTest)} | {all.Length - server} |");
        }

        foreach (string version in StatementTable.Versions)
        {
            page.AppendLine().AppendLine($"## MQTT {version}").AppendLine();
            page.AppendLine("| statement | binds | in a few words | tests, or why there is none |");
            page.AppendLine("|---|---|---|---|");
            foreach (NormativeStatement statement in StatementTable.All.Where(s => s.Version == version))
            {
                page.AppendLine($"| {statement.Id} | {statement.Binds} | {statement.Summary} | {Evidence(statement)} |");
            }
        }

        return page.ToString();
    }

    private static string Evidence(NormativeStatement statement)
    {
        string tests = string.Join(", ", Tests[(statement.Version, statement.Id)].Select(t => $"`{t}`"));
        return tests.Length > 0 ? tests : statement.NotTested ?? (statement.Binds == "client" ? "the client's part" : "**no test**");
    }
}
