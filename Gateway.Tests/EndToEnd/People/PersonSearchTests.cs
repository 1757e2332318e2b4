using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Gateway.Rules.Cases;
using Gateway.Tests.Rules.Cases.Cap;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>
/// Telephone and identity card numbers that people and other systems write wherever the built gateway takes a text, looked for in every file and
/// every answer of it.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class PersonSearchTests
{
    private const string Phone = "13987654321";
    private const string Parted = "139 8765 4321";
    private const string Wide = "\uFF11\uFF13\uFF19\uFF18\uFF17\uFF16\uFF15\uFF14\uFF13\uFF12\uFF11";
    private const string Identity = "330105199001011234";
    private const string Marker = "MARKER-OF-THE-DESK";
    private const string Text = $"{Marker}: {Phone}, {Parted}, {Wide}, {Identity} \u8BF7\u56DE\u7535";

    private static readonly string[] Numbers = [Phone, Parted, Wide, Identity, DeskGateway.Card.TrimStart('0')];

    private static readonly string[] Commands =
        ["comment", "whistle", "arrive", "accept", "defer", "deny", "extend", "approve", "resume", "report", "reject", "report", "return", "supervise", "merge", "verify", "evaluate", "void"];

    private sealed record EntryPoint(string Name, Func<DeskGateway, Task<HttpResponseMessage>> Send, params HttpStatusCode[] Expected);

    /// <summary>Every place where the gateway takes what somebody wrote, and what it says to one with such numbers in it.</summary>
    private static readonly EntryPoint[] EntryPoints =
    [
        Report("description", new { source = "hotline", @event = "order.litter", area = DeskGateway.Area, description = Text }, HttpStatusCode.Created),
        Report("address", new { source = "hotline", @event = "order.vendors", area = DeskGateway.Area, address = Text }, HttpStatusCode.Created),
        Report("a member that is none", new { source = "hotline", @event = "order.lights", area = DeskGateway.Area, reporter = Phone, idCard = Identity }, HttpStatusCode.Created),
        Report("externalId, a telephone number", new { source = "hotline", @event = "order.noise", area = DeskGateway.Area, externalId = Phone }, HttpStatusCode.Created),
        Report("externalId, the same again", new { source = "hotline", @event = "order.noise", area = DeskGateway.Area, externalId = Phone }, HttpStatusCode.OK),
        Report("externalId, with an identity card number", new { source = "hotline", @event = "order.noise", area = DeskGateway.Area, externalId = $"T-{Identity}" }, HttpStatusCode.OK),
        Report("building", new { source = "hotline", @event = "order.litter", area = DeskGateway.Area, building = Phone }, HttpStatusCode.BadRequest),
        Report("source", new { source = $"hotline_{Phone}", @event = "order.litter", area = DeskGateway.Area }, HttpStatusCode.BadRequest),
        Report("event", new { source = "hotline", @event = $"order.x_{Phone}", area = DeskGateway.Area }, HttpStatusCode.BadRequest),
        Report("area", new { source = "hotline", @event = "order.litter", area = Phone }, HttpStatusCode.BadRequest),
        Report("deviceId", new { source = "hotline", @event = "order.litter", deviceId = Phone }, HttpStatusCode.BadRequest),
        Report("occurredAt", new { source = "hotline", @event = "order.litter", area = DeskGateway.Area, occurredAt = $"{Phone}x" }, HttpStatusCode.BadRequest),
        new("path of a case", d => d.As("viewer").GetAsync($"/api/v1/cases/{Phone}"), HttpStatusCode.NotFound),
        new("reason of a mode", d => d.As(DeskGateway.Supervisor).PostAsJsonAsync("/api/v1/mode", new { mode = "emergency", reason = Text }), HttpStatusCode.OK),
        new("mode", d => d.As(DeskGateway.Supervisor).PostAsJsonAsync("/api/v1/mode", new { mode = Phone, reason = "x" }), HttpStatusCode.BadRequest),
        new("CAP texts and place", d => CapAsync(d, "order.vehicles"), HttpStatusCode.Created),
        new("CAP event code", d => CapAsync(d, $"order.x_{Phone}"), HttpStatusCode.Created),
        new("token to rate with", d => d.As("viewer").PostAsJsonAsync("/api/v1/ratings", new { token = Phone, score = 5 }), HttpStatusCode.NotFound),
        new("name of an account", d => d.As("admin").PostAsJsonAsync("/api/v1/accounts", new { name = Phone, role = "viewer" }), HttpStatusCode.BadRequest),
        new("unit of an account", d => d.As("admin").PostAsJsonAsync("/api/v1/accounts", new { name = "new", role = "viewer", unit = Phone }), HttpStatusCode.BadRequest),
        new("name of a token", d => d.As("admin").PostAsJsonAsync("/api/v1/accounts/viewer/tokens", new { name = $"t:{Identity}" }), HttpStatusCode.BadRequest),
        new("name at the sign-in", d => d.Process.Http.PostAsJsonAsync("/api/v1/session", new { name = Phone, password = Identity }), HttpStatusCode.Unauthorized),
        new("retry of a dead letter", d => d.As("operator").PostAsync($"/api/v1/webhooks/{Phone}/deadletters/1/retry", null), HttpStatusCode.NotFound),
        new("command to a device", d => d.As("operator").PostAsJsonAsync($"/api/v1/devices/{DeskGateway.Door}/commands", new { command = Phone }), HttpStatusCode.Conflict),
    ];

    [Fact]
    public async Task Number_of_a_person_is_in_no_file_and_no_answer_wherever_it_was_written()
    {
        using TemporaryFolder folder = new();
        await using DeskGateway desk = await DeskGateway.StartAsync();
        Held held = new([.. Numbers, Marker]);
        foreach (EntryPoint entry in EntryPoints)
        {
            using HttpResponseMessage answer = await entry.Send(desk);
            string said = await answer.Content.ReadAsStringAsync();
            Assert.True(entry.Expected.Contains(answer.StatusCode), $"{entry.Name}: {answer.StatusCode} {said}");
        }

        // Every command, let in or refused by the case: what was asked is in the log either way.
        string caseNo = await desk.ReportAsync("order.parking", Text), other = await desk.ReportAsync("order.signs", "a sign"), worked = await desk.ReportAsync("order.posters", "posters");
        foreach (string command in Commands)
        {
            foreach (string to in (string[])["", $"{Phone}", other])
            {
                using HttpResponseMessage answer = await desk.CommandAsync(command is "accept" or "report" ? DeskGateway.Officer : DeskGateway.Supervisor, caseNo, new { command, to, reason = Text, until = "2100-01-01", score = 3, fieldCheck = true });
                Assert.True((int)answer.StatusCode is 200 or 409 or 422 or 403, $"{command}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                held.Look($"answer to {command}", await answer.Content.ReadAsStringAsync());
            }
        }

        Assert.Equal(Enum.GetValues<CaseCommandKind>().Where(k => k != CaseCommandKind.Rate).Select(CaseCommands.Word).Order(), Commands.Distinct().Order());
        await desk.WorkAsync(worked, Text);
        await CheckNumbersAsync(desk);

        await new EveryAnswer(desk.Process.Http).LookAsync(held, DeskGateway.Door, "event");
        held.LookIntoFiles(desk.Process.Data);
        Assert.Equal(0, await desk.Process.StopAsync());
        held.LookIntoFiles(desk.Process.Data);
        held.Look("standard error", desk.Process.Errors);
        ProgramRun exported = await GatewayCommand.RunAsync(null, "export", folder.File("export"), "--data", desk.Process.Data);
        Assert.True(exported.ExitCode == 0, exported.Errors);
        held.LookIntoFiles(folder.Path);
        held.AssertNone(Numbers);

        // The texts are there, and are where they are meant to be.
        string[] places = [.. held.PlacesOf(Marker).Distinct()];
        Assert.All(
            (string[])["log/", "cases.db", "mode.yaml", "GET /api/v1/mode", "GET /api/v1/cases", "GET /api/v1/cases/stream", "export/", "answer to comment", $"GET /api/v1/cases/{worked}/timeline"],
            place => Assert.Contains(places, p => p.StartsWith(place, StringComparison.Ordinal)));
    }

    /// <summary>A number that is a person's makes its report the same report again, and another number another report.</summary>
    private static async Task CheckNumbersAsync(DeskGateway desk)
    {
        JsonElement noise = Assert.Single((await desk.Process.JsonAsync("/api/v1/cases?event=order.noise")).List("cases"));
        Assert.Equal(2, noise.GetProperty("reportCount").GetInt32());
        JsonElement whole = await desk.Process.JsonAsync($"/api/v1/cases/{noise.Text("caseNo")}");
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Matches(whole.GetRawText(), "hmac:[0-9a-f]{32}").Select(m => m.Value).Distinct().Count());
        Assert.Contains("***", (await desk.Process.JsonAsync("/api/v1/mode")).List("switches")[0].Text("reason"), StringComparison.Ordinal);
        Assert.Contains("***", Assert.Single((await desk.Process.JsonAsync("/api/v1/cases?event=order.vehicles")).List("cases")).Text("address"), StringComparison.Ordinal);
    }

    private static EntryPoint Report(string name, object form, params HttpStatusCode[] expected) => new($"{name} of a report", d => d.As(DeskGateway.Officer).PostAsJsonAsync("/api/v1/cases", form), expected);

    /// <summary>A CAP message of another system with the numbers in every text that it has.</summary>
    private static async Task<HttpResponseMessage> CapAsync(DeskGateway desk, string code)
    {
        string own = (await desk.Process.JsonAsync("/api/v1/cases?event=security.door-forced")).List("cases")[0].Text("caseNo")!;
        XNamespace ns = CapValidator.Ns;
        XElement message = XElement.Parse(await desk.Process.Http.GetStringAsync($"/api/v1/cases/{own}/cap"));
        message.Element(ns + "sender")!.Value = "met@elsewhere.example";
        message.Element(ns + "identifier")!.Value = $"{code}.{Phone}";
        message.Element(ns + "status")!.Value = "Actual";
        message.Elements(ns + "references").Remove();
        message.Descendants(ns + "eventCode").Elements(ns + "value").ToList().ForEach(v => v.Value = code);
        foreach (string name in (string[])["event", "headline", "description", "areaDesc"])
        {
            message.Descendants(ns + name).ToList().ForEach(e => e.Value = Text);
        }

        using StringContent content = new(message.ToString(), Encoding.UTF8, "application/cap+xml");
        return await desk.As(DeskGateway.Officer).PostAsync("/api/v1/cap", content);
    }
}
