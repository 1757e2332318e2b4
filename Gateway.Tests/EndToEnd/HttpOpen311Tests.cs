using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>Open311 GeoReport v2 from a running gateway.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpOpen311Tests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Requests = "/open311/v2/requests.json";

    private static readonly string[] Members =
    [
        "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible", "service_notice",
        "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
    ];

    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Case_is_a_request_with_the_members_of_the_standard_and_nothing_of_persons()
    {
        string caseNo = await FileAsync("ACC-000001");
        await CommandAsync(caseNo, new { command = "accept", actor = "police/Li-Ming-13800138000", reason = "Wang-Fang will look" });
        JsonElement one = Assert.Single((await Gateway.JsonAsync($"/open311/v2/requests/{caseNo}.json")).EnumerateArray());
        Assert.Equal(Members, one.EnumerateObject().Select(m => m.Name));
        Assert.Equal((caseNo, "open", "security.tamper"), (one.Text("service_request_id"), one.Text("status"), one.Text("service_code")));
        Assert.EndsWith("+08:00", one.Text("requested_datetime"), StringComparison.Ordinal);
        Assert.NotNull(one.Text("expected_datetime"));
        Assert.Contains("派出所", one.Text("agency_responsible"), StringComparison.Ordinal);
        JsonElement known = await Gateway.JsonAsync($"/api/v1/cases/{caseNo}");
        Assert.Equal(known.GetProperty("latitude").GetDouble(), one.GetProperty("lat").GetDouble());
        Assert.Equal(known.GetProperty("longitude").GetDouble(), one.GetProperty("long").GetDouble());
        Assert.All(new[] { "Li-Ming", "Wang-Fang", "138", "tel:", "card" }, word => Assert.DoesNotContain(word, one.ToString(), StringComparison.Ordinal));

        await CommandAsync(caseNo, new { command = "void", actor = "desk", reason = "Zhao dropped a tool" });
        JsonElement closed = Assert.Single((await Gateway.JsonAsync($"{Requests}?service_request_id={caseNo},AJ-19990101-000001")).EnumerateArray());
        Assert.Equal(("closed", "误报 False alarm"), (closed.Text("status"), closed.Text("status_notes")));
        Assert.DoesNotContain("Zhao", closed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_filters_and_pages()
    {
        string[] filed = [await FileAsync("ACC-000011"), await FileAsync("ACC-000012"), await FileAsync("ACC-000013")];
        await CommandAsync(filed[0], new { command = "void", actor = "desk", reason = "nothing there" });
        Assert.Equal(filed.Reverse(), await NumbersAsync("", filed));
        Assert.Equal([filed[2], filed[1]], await NumbersAsync("status=open", filed));
        Assert.Equal([filed[0]], await NumbersAsync("status=closed", filed));
        Assert.Equal(filed.Reverse(), await NumbersAsync("status=open,closed&service_code=flood.underpass,security.tamper&jurisdiction_id=330100", filed));
        Assert.Empty(await NumbersAsync("service_code=flood.underpass", filed));

        JsonElement[] all = [.. (await Gateway.JsonAsync(Requests)).EnumerateArray()];
        List<string> paged = [];
        for (int page = 1; paged.Count < all.Length; page++)
        {
            JsonElement[] part = [.. (await Gateway.JsonAsync($"{Requests}?page={page}&page_size=2")).EnumerateArray()];
            Assert.InRange(part.Length, 1, 2);
            paged.AddRange(part.Select(r => r.Text("service_request_id")!));
        }

        Assert.Equal(all.Select(r => r.Text("service_request_id")!), paged);
        Assert.Empty(await NumbersAsync("start_date=2020-01-01T00:00:00Z&end_date=2020-03-01T00:00:00Z", filed));
        string from = DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(filed.Reverse(), await NumbersAsync($"start_date={from}", filed));
        string opened = (await Gateway.JsonAsync($"/api/v1/cases/{filed[1]}")).Text("openedAt")!;
        Assert.Equal([filed[1]], await NumbersAsync($"start_date={opened}&end_date={opened}", filed)); // both ends are part of it
    }

    [Theory]
    [InlineData("status=asleep", 400, "status is")]
    [InlineData("status=open,shut", 400, "status is")]
    [InlineData("start_date=yesterday", 400, "start_date is a time")]
    [InlineData("end_date=2026-13-01", 400, "end_date is a time")]
    [InlineData("start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400, "end_date is before")]
    [InlineData("start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400, "start_date and end_date span")]
    [InlineData("page=0", 400, "page is")]
    [InlineData("page_size=1001", 400, "page_size is")]
    [InlineData("page_size=x", 400, "page_size is")]
    [InlineData("page=21&page_size=1000", 400, "page and page_size reach")]
    [InlineData("jurisdiction_id=city.gov", 404, "jurisdiction_id was not found")]
    [InlineData("service_code=no.such", 404, "service_code was not found")]
    [InlineData("service_code=*", 404, "service_code was not found")]
    [InlineData("service_code=flood.*", 404, "service_code was not found")]
    public async Task Bad_parameter_is_an_error_of_the_standard(string query, int code, string description)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync($"{Requests}?{query}");
        JsonElement error = Assert.Single(JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).EnumerateArray());
        Assert.Equal((code, code), ((int)answer.StatusCode, error.GetProperty("code").GetInt32()));
        Assert.StartsWith(description, error.Text("description"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_error_is_told_at_once_and_too_many_numbers_are_one()
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync($"{Requests}?page=0&page_size=0&status=x&service_request_id={string.Join(',', Enumerable.Range(0, 101))}");
        Assert.Equal(4, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetArrayLength());
    }

    [Theory]
    [InlineData("/open311/v2/requests/AJ-19990101-000001.json")]
    [InlineData("/open311/v2/requests/AJ-19990101-000001.xml")]
    [InlineData("/open311/v2/services.json?jurisdiction_id=nowhere")]
    public async Task What_is_not_there_is_an_error_of_the_standard(string path)
    {
        using HttpResponseMessage answer = await Gateway.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("was not found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_and_discovery_say_what_there_is()
    {
        JsonElement[] services = [.. (await Gateway.JsonAsync("/open311/v2/services.json")).EnumerateArray()];
        Assert.Contains("flood.underpass", services.Select(s => s.Text("service_code")));
        Assert.All(services, s => Assert.Equal(["service_code", "service_name", "description", "metadata", "type", "keywords", "group"], s.EnumerateObject().Select(m => m.Name)));
        JsonElement endpoint = Assert.Single((await Gateway.JsonAsync("/open311/v2/discovery.json")).List("endpoints"));
        Assert.EndsWith("/open311/v2", endpoint.Text("url"), StringComparison.Ordinal);
        Assert.Equal(["application/json", "text/xml"], endpoint.List("formats").Select(f => f.GetString()));
    }

    [Fact]
    public async Task Xml_has_the_same_members()
    {
        string caseNo = await FileAsync("ACC-000021");
        using HttpResponseMessage answer = await Gateway.Http.GetAsync($"/open311/v2/requests/{caseNo}.xml");
        Assert.Equal("text/xml", answer.Content.Headers.ContentType?.MediaType);
        XElement root = XElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("service_requests", root.Name);
        XElement request = Assert.Single(root.Elements("request"));
        Assert.Equal(Members, request.Elements().Select(e => e.Name.LocalName));
        Assert.Equal((caseNo, ""), (request.Element("service_request_id")!.Value, request.Element("media_url")!.Value));
    }

    private async Task<string> FileAsync(string device)
    {
        await Gateway.PublishAsync(device, $"city/v1/access/{device}/event", "{\"event\":\"tamper\"}");
        JsonElement[] cases = (await Gateway.JsonAsync("/api/v1/cases?event=security.tamper&status=open&limit=1000")).List("cases");
        return cases.Single(c => c.Text("deviceId") == device).Text("caseNo")!;
    }

    private async Task CommandAsync(string caseNo, object body)
    {
        using HttpResponseMessage answer = await Gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<string[]> NumbersAsync(string query, string[] among) =>
        [.. (await Gateway.JsonAsync($"{Requests}?{query}")).EnumerateArray().Select(r => r.Text("service_request_id")!).Where(among.Contains)];
}

/// <summary>Exercises are not open data.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpOpen311ExerciseTests(ExerciseGateway shared) : IClassFixture<ExerciseGateway>
{
    [Fact]
    public async Task Cases_of_exercises_are_left_out()
    {
        GatewayProcess gateway = shared.Process;
        await gateway.PublishAsync("ACC-000001", "city/v1/access/ACC-000001/event", "{\"event\":\"tamper\"}");
        string caseNo = Assert.Single((await gateway.JsonAsync("/api/v1/cases?event=security.tamper")).List("cases")).Text("caseNo")!;
        Assert.Equal(0, (await gateway.JsonAsync("/open311/v2/requests.json")).GetArrayLength());
        Assert.Equal(0, (await gateway.JsonAsync($"/open311/v2/requests.json?service_request_id={caseNo}")).GetArrayLength());
        using HttpResponseMessage one = await gateway.Http.GetAsync($"/open311/v2/requests/{caseNo}.json");
        Assert.Equal(HttpStatusCode.NotFound, one.StatusCode);
    }
}
