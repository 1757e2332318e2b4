using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>No query of the built gateway asks for a person: not for an officer by the account, not for whoever holds a card or has a telephone.</summary>
[Collection(ProcessTests.Name)]
public sealed partial class PersonQueryTests
{
    private const int Attempts = 5;
    private const string CaseNumber = "AJ-";

    /// <summary>What a parameter that asks for a person might be called.</summary>
    private static readonly string[] Names =
    [
        "actor", "person", "officer", "account", "user", "username", "name", "by", "handler", "assignee", "verifier", "supervisor", "unit", "holder", "owner", "reporter", "caller", "phone", "mobile",
        "telephone", "contact", "card", "cardNo", "pseudonym", "hmac", "identity", "idCard", "externalId", "source", "who", "q", "query", "search", "text", "filter", "where", "client", "clientId", "token",
    ];

    /// <summary>Parameters that are read without being told to the document of the API.</summary>
    private static readonly string[] OfSeries = ["metric", "device", "area", "kind", "from", "to", "step", "agg", "group", "format", "gzip"];

    [Fact]
    public async Task No_parameter_asks_for_a_person()
    {
        await using DeskGateway desk = await DeskGateway.StartAsync();
        string worked = await desk.ReportAsync("order.litter", "13987654321"), left = await desk.ReportAsync("order.parking", "a car");
        await desk.WorkAsync(worked, "done");
        HttpClient http = desk.Process.Http;
        string card = await PseudonymAsync(desk);
        string[] persons = [DeskGateway.Officer, DeskGateway.Supervisor, DeskGateway.Card, card, "13987654321"];
        IReadOnlyDictionary<string, string[]> paths = await new EveryAnswer(http).PathsAsync(DeskGateway.Door, "event");

        // A filter is seen, and so are those who worked on a case, in the case.
        Assert.False(await IsRefusedOrWithoutEffectAsync(http, "/api/v1/cases?limit=1000", "event=order.litter"));
        string history = await http.GetStringAsync($"/api/v1/cases/{worked}");
        Assert.Contains(DeskGateway.Officer, history, StringComparison.Ordinal);
        Assert.Contains(DeskGateway.Supervisor, history, StringComparison.Ordinal);
        Assert.Contains(left, await http.GetStringAsync("/api/v1/cases"), StringComparison.Ordinal);

        List<string> answered = [];
        JsonElement document = await desk.Process.JsonAsync("/openapi/v1.json");
        foreach ((string row, string[] of) in paths)
        {
            string path = of[0];
            string[] known = [.. row.StartsWith("/api/v1/series", StringComparison.Ordinal) ? OfSeries : Declared(document, row)];
            Assert.Empty(known.Intersect(Names.Except(["unit"]), StringComparer.OrdinalIgnoreCase));
            foreach (string person in persons)
            {
                // All at once; where that is refused, one may hide behind another.
                string value = Uri.EscapeDataString(person);
                string[] asked = [.. Names.Except(known).Select(n => $"{n}={value}")];
                foreach (string query in await IsRefusedAsync(http, path, string.Join('&', asked)) ? asked : [string.Join('&', asked)])
                {
                    if (!await IsRefusedOrWithoutEffectAsync(http, path, query))
                    {
                        answered.Add(With(path, query));
                    }
                }

                // A parameter for something else, given a person: nothing of a case comes back that would not without it.
                foreach (string name in known)
                {
                    if (!await IsRefusedOrWithoutEffectAsync(http, Without(path, name), $"{name}={value}")
                        && (await http.GetStringAsync(With(Without(path, name), $"{name}={value}"))).Contains(CaseNumber, StringComparison.Ordinal))
                    {
                        answered.Add(With(Without(path, name), $"{name}={value}"));
                    }
                }
            }
        }

        Assert.Empty(answered);
    }

    /// <summary>The pseudonym of the card, as a reader of sealed evidence has it.</summary>
    private static async Task<string> PseudonymAsync(DeskGateway desk)
    {
        string caseNo = (await desk.Process.JsonAsync("/api/v1/cases?event=security.door-forced")).List("cases")[0].Text("caseNo")!;
        JsonElement[] seals = await Eventually.BecomesAsync(async () => (await desk.Process.JsonAsync($"/api/v1/cases/{caseNo}/evidence")).List("evidence"), found => found.Length > 0, "what was decided is sealed");
        Match found = Pseudonym().Match(await desk.Process.Http.GetStringAsync(seals[0].Text("url")));
        Assert.True(found.Success);
        return found.Value;
    }

    /// <summary>The query parameters that the document of the API tells of a path.</summary>
    private static string[] Declared(JsonElement document, string row) =>
        document.GetProperty("paths").TryGetProperty(row, out JsonElement path) && path.GetProperty("get").TryGetProperty("parameters", out JsonElement parameters)
            ? [.. parameters.EnumerateArray().Where(p => p.Text("in") == "query").Select(p => p.Text("name")!)]
            : [];

    private static async Task<bool> IsRefusedAsync(HttpClient http, string path, string query)
    {
        using HttpResponseMessage answer = await http.GetAsync(With(path, query));
        return answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound;
    }

    /// <summary>Whether a query changes nothing in an answer but its figures, which change by themselves.</summary>
    private static async Task<bool> IsRefusedOrWithoutEffectAsync(HttpClient http, string path, string query)
    {
        for (int i = 0; i < Attempts; i++)
        {
            using HttpResponseMessage without = await http.GetAsync(path);
            using HttpResponseMessage with = await http.GetAsync(With(path, query));
            if (with.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound
                || (with.StatusCode == without.StatusCode && Figures().Replace(await with.Content.ReadAsStringAsync(), "#") == Figures().Replace(await without.Content.ReadAsStringAsync(), "#")))
            {
                return true;
            }
        }

        return false;
    }

    private static string With(string path, string query) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";

    private static string Without(string path, string name) => Regex.Replace(path, $"(?<=[?&]){Regex.Escape(name)}=[^&]*&?", "").TrimEnd('&', '?');

    [GeneratedRegex("hmac:[0-9a-f]{32}")]
    private static partial Regex Pseudonym();

    [GeneratedRegex("[-+]?[0-9][0-9.eE+-]*")]
    private static partial Regex Figures();
}
