using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Gateway.Tests.Rules.Cases.Cap;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>CAP messages and their feed from a running gateway.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpCapTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Case_has_an_alert_and_after_a_void_a_cancel_that_refers_to_it()
    {
        string caseNo = await FileAsync("ACC-000001");
        XElement alert = await MessageAsync($"/api/v1/cases/{caseNo}/cap");
        Assert.Equal(("Alert", "Draft", "Restricted", $"{caseNo}.2"), (alert.Text("msgType"), alert.Text("status"), alert.Text("scope"), alert.Text("identifier")));
        Assert.EndsWith("+08:00", alert.Text("sent"), StringComparison.Ordinal);
        Assert.NotEqual("", alert.Info().Element(CapValidator.Ns + "area")!.Text("polygon"));

        await VoidAsync(caseNo);
        XElement cancel = await MessageAsync($"/api/v1/cases/{caseNo}/cap");
        Assert.Equal("Cancel", cancel.Text("msgType"));
        Assert.Equal($"{alert.Text("sender")},{alert.Text("identifier")},{alert.Text("sent")}", cancel.Text("references"));
        Assert.Equal(alert.ToString(), (await MessageAsync($"/api/v1/cases/{caseNo}/cap/2")).ToString());
        Assert.DoesNotContain("desk-", cancel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_of_another_system_opens_a_case_once_and_our_own_is_ignored()
    {
        string filed = await FileAsync("ACC-000005");
        string own = (await MessageAsync($"/api/v1/cases/{filed}/cap")).ToString();
        Assert.Equal("ignored", (await SendAsync(own, HttpStatusCode.OK)).Text("outcome"));

        // As another system would send it: its own sender, for everybody.
        XNamespace ns = CapValidator.Ns;
        XElement other = XElement.Parse(own);
        other.Element(ns + "sender")!.Value = "met@elsewhere.example";
        other.Element(ns + "status")!.Value = "Actual";
        foreach (XElement code in other.Descendants(ns + "eventCode").Elements(ns + "value"))
        {
            code.Value = "order.vendors";
        }

        JsonElement taken = await SendAsync(other.ToString(), HttpStatusCode.Created);
        Assert.Equal("taken", taken.Text("outcome"));
        JsonElement opened = await Gateway.JsonAsync($"/api/v1/cases/{taken.Text("caseNo")}");
        Assert.Equal(("cap", "order.vendors", 1), (opened.Text("source"), opened.Text("event"), opened.GetProperty("reportCount").GetInt32()));
        Assert.Equal(taken.Text("caseNo"), (await SendAsync(other.ToString(), HttpStatusCode.OK)).Text("caseNo"));
        Assert.Equal(1, (await Gateway.JsonAsync($"/api/v1/cases/{taken.Text("caseNo")}")).GetProperty("reportCount").GetInt32());

        // A relay that sends it once more after it was found to be nothing: no other case.
        await VoidAsync(taken.Text("caseNo")!);
        Assert.Equal(taken.Text("caseNo"), (await SendAsync(other.ToString(), HttpStatusCode.OK)).Text("caseNo"));
        JsonElement voided = await Gateway.JsonAsync($"/api/v1/cases/{taken.Text("caseNo")}");
        Assert.Equal(("Voided", 1), (voided.Text("status"), voided.GetProperty("reportCount").GetInt32()));
        Assert.Single((await Gateway.JsonAsync("/api/v1/cases?event=order.vendors")).List("cases"));
    }

    [Theory]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/cap+xml", "", HttpStatusCode.BadRequest)]
    [InlineData("text/xml", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><alert>&x;</alert>", HttpStatusCode.BadRequest)]
    [InlineData("application/xml; charset=utf-8", "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"/>", HttpStatusCode.BadRequest)]
    [InlineData("application/cap+xml", "large", HttpStatusCode.RequestEntityTooLarge)]
    public async Task What_is_no_message_is_refused(string type, string body, HttpStatusCode status)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body == "large" ? new string(' ', 300_000) : body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using HttpResponseMessage answer = await Gateway.Http.PostAsync("/api/v1/cap", content);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("root:", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feed_links_to_every_message_and_its_pages_neither_skip_nor_repeat()
    {
        List<string> filed = [];
        foreach (string device in new[] { "ACC-000002", "ACC-000003", "ACC-000004" })
        {
            filed.Add(await FileAsync(device));
        }

        await VoidAsync(filed[0]);
        XElement[] open = await FeedAsync("/api/v1/cap?event=security.tamper&limit=1");
        Assert.Equal(filed.Skip(1).Reverse(), open.Select(CaseOf).Where(filed.Contains));
        Assert.Contains(filed[0], (await FeedAsync("/api/v1/cap?event=security.*&status=closed&area=330100")).Select(CaseOf));
        Assert.Superset(filed.ToHashSet(), (await FeedAsync("/api/v1/cap?status=all&limit=2")).Select(CaseOf).ToHashSet());
        foreach (XElement entry in open)
        {
            XElement message = await MessageAsync(entry.Element(Atom + "link")!.Attribute("href")!.Value);
            Assert.Equal(message.Text("identifier"), entry.Text("identifier"));
            Assert.Equal(message.Text("sent"), entry.Element(Atom + "updated")!.Value);
            Assert.Equal(message.Info(0).Text("headline"), entry.Element(Atom + "title")!.Value);
        }

        Assert.Empty(await FeedAsync("/api/v1/cap?event=nothing.here"));
    }

    [Theory]
    [InlineData("/api/v1/cap?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/cap?limit=201", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/cap?status=asleep", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/cap?cursor=zzz", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/cases/AJ-19990101-000001/cap", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/cases/AJ-19990101-000001/cap/2", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_or_makes_no_sense_is_a_problem(string path, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync(path);
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("9999")]
    [InlineData("-2")]
    [InlineData("two")]
    [InlineData("99999999999999")]
    public async Task Message_that_a_case_never_gave_is_not_found(string sequence)
    {
        string caseNo = await FileAsync("ACC-000005");
        using HttpResponseMessage answer = await Gateway.Http.GetAsync($"/api/v1/cases/{caseNo}/cap/{sequence}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static string CaseOf(XElement entry) => entry.Text("identifier").Split('.')[0];

    private async Task<string> FileAsync(string device)
    {
        await Gateway.PublishAsync(device, $"city/v1/access/{device}/event", "{\"event\":\"tamper\"}");
        JsonElement[] cases = (await Gateway.JsonAsync("/api/v1/cases?event=security.tamper&status=open&limit=1000")).List("cases");
        return cases.Single(c => c.Text("deviceId") == device).Text("caseNo")!;
    }

    private async Task<JsonElement> SendAsync(string document, HttpStatusCode status)
    {
        using StringContent content = new(document, Encoding.UTF8, "application/cap+xml");
        using HttpResponseMessage answer = await Gateway.Http.PostAsync("/api/v1/cap", content);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task VoidAsync(string caseNo)
    {
        using HttpResponseMessage answer = await Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command = "void", actor = "desk-1", reason = "desk-2 dropped a tool" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<XElement> MessageAsync(string path)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "application/cap+xml"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return CapValidator.Check(await answer.Content.ReadAsByteArrayAsync());
    }

    /// <summary>The entries of all pages.</summary>
    private async Task<XElement[]> FeedAsync(string path)
    {
        List<XElement> entries = [];
        for (string? next = path; next is not null;)
        {
            using HttpResponseMessage answer = await Gateway.Http.GetAsync(next);
            Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType?.MediaType);
            XElement feed = XElement.Parse(await answer.Content.ReadAsStringAsync());
            Assert.All(new[] { "id", "title", "updated", "author" }, name => Assert.Single(feed.Elements(Atom + name)));
            entries.AddRange(feed.Elements(Atom + "entry"));
            next = feed.Elements(Atom + "link").SingleOrDefault(l => l.Attribute("rel")?.Value == "next")?.Attribute("href")?.Value;
        }

        Assert.Equal(entries.Count, entries.Select(e => e.Element(Atom + "id")!.Value).Distinct().Count());
        return [.. entries];
    }
}

/// <summary>A gateway that may publish floods.</summary>
public sealed class PublishingGateway : SharedGateway
{
    /// <inheritdoc />
    protected override GatewayProcessSettings Settings => new()
    {
        Variables = new Dictionary<string, string>
        {
            ["Gateway__Cap__Sender"] = "warnings@linjiang.example",
            ["Gateway__Cap__PublicAuthority"] = "临江市人民政府",
            ["Gateway__Cap__PublicEvents__0"] = "flood.*",
        },
    };
}

/// <summary>Public warnings, where an operator has named who answers for them.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpPublicCapTests(PublishingGateway shared) : IClassFixture<PublishingGateway>
{
    [Fact]
    public async Task Only_messages_of_the_named_events_are_public()
    {
        GatewayProcess gateway = shared.Process;
        await gateway.PublishLevelsAsync("FLD-000001", 0.45);
        await gateway.PublishAsync("ACC-000001", "city/v1/access/ACC-000001/event", "{\"event\":\"tamper\"}");
        Assert.Equal(("Actual", "Public", "临江市人民政府"), await SeenAsync(gateway, "flood.underpass"));
        Assert.Equal(("Draft", "Restricted", "City Sensing Gateway"), await SeenAsync(gateway, "security.tamper"));
    }

    private static async Task<(string Status, string Scope, string Sender)> SeenAsync(GatewayProcess gateway, string kind)
    {
        JsonElement found = Assert.Single((await gateway.JsonAsync($"/api/v1/cases?event={kind}")).List("cases"));
        XElement message = CapValidator.Check(await gateway.Http.GetByteArrayAsync($"/api/v1/cases/{found.Text("caseNo")}/cap"));
        Assert.Equal("warnings@linjiang.example", message.Text("sender"));
        return (message.Text("status"), message.Text("scope"), message.Info().Text("senderName"));
    }
}
