using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>Sealed evidence over HTTP, of a gateway that seals by itself.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpEvidenceTests(ExerciseGateway shared) : IClassFixture<ExerciseGateway>
{
    private GatewayProcess Gateway => shared.Process;

    [Fact]
    public async Task Decision_is_sealed_by_itself_and_downloaded_as_it_was_sealed()
    {
        await Gateway.PublishLevelsAsync("FLD-000001", 0.45);
        string caseNo = Assert.Single((await Gateway.JsonAsync("/api/v1/cases?event=flood.underpass")).List("cases")).Text("caseNo")!;
        JsonElement one = Assert.Single(await Eventually.BecomesAsync(
            async () => (await Gateway.JsonAsync($"/api/v1/cases/{caseNo}/evidence")).List("evidence"), found => found.Length == 1, "a decision that is sealed"));
        Assert.Equal((1, true), (one.GetProperty("decision").GetInt32(), one.GetProperty("reproduces").GetBoolean()));

        using HttpResponseMessage answer = await Gateway.Http.GetAsync(one.Text("url"));
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal((HttpStatusCode.OK, "application/json", $"{caseNo}.1.json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal(("attachment", bytes.LongLength), (answer.Content.Headers.ContentDisposition?.DispositionType, one.GetProperty("lengthBytes").GetInt64()));
        Assert.Equal(one.Text("sha256"), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal("flood.underpass", JsonDocument.Parse(bytes).RootElement.GetProperty("events")[0].GetProperty("facts").GetProperty("key").Text("event"));

        Assert.Equal(HttpStatusCode.NotFound, (await Gateway.Http.GetAsync($"/api/v1/cases/{caseNo}/evidence/{new string('0', 64)}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Gateway.Http.GetAsync("/api/v1/cases/AJ-20200101-000001/evidence")).StatusCode);
    }
}
