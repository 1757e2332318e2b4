using System.Net;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>Every endpoint that reads, asked with what there is: every case, every sealed file, every form, with and without parameters.</summary>
internal sealed class EveryAnswer(HttpClient http)
{
    private const string Stream = "GET /api/v1/cases/stream";

    /// <summary>The paths that are asked, by the row of the table they belong to; every row but that of MQTT and of the stream has some.</summary>
    /// <param name="device">A device with readings.</param>
    /// <param name="metric">One of its metrics.</param>
    public async Task<IReadOnlyDictionary<string, string[]>> PathsAsync(string device, string metric)
    {
        string[] cases = [.. (await JsonAsync("/api/v1/cases?limit=1000")).List("cases").Select(c => c.Text("caseNo")!)];
        Assert.NotEmpty(cases);
        List<string> seals = [];
        foreach (string one in cases)
        {
            seals.AddRange((await JsonAsync($"/api/v1/cases/{one}/evidence")).List("evidence").Select(e => e.Text("url")!));
        }

        string[] OfCases(string path) => [.. cases.Select(c => $"/api/v1/cases/{c}{path}")];
        Dictionary<string, string[]> special = new()
        {
            ["/api/v1/cases"] = ["/api/v1/cases?limit=1000", "/api/v1/cases?status=open", "/api/v1/cases?area=330100&from=2020-01-01&to=2100-01-01"],
            ["/api/v1/cases/{caseNo}"] = OfCases(""),
            ["/api/v1/cases/{caseNo}/evidence"] = OfCases("/evidence"),
            ["/api/v1/cases/{caseNo}/evidence/{sha256}"] = [.. seals],
            ["/api/v1/cases/{caseNo}/timeline"] = OfCases("/timeline?before=1h&after=1h"),
            ["/api/v1/cases/{caseNo}/timeline.svg"] = OfCases("/timeline.svg"),
            ["/api/v1/cases/{caseNo}/cap"] = OfCases("/cap"),
            ["/api/v1/cases/{caseNo}/cap/{sequence}"] = OfCases("/cap/2"),
            ["/api/v1/metrics/cases"] = ["/api/v1/metrics/cases", "/api/v1/metrics/cases?area=330100"],
            ["/api/v1/metrics/load"] = ["/api/v1/metrics/load?level=grid", "/api/v1/metrics/load?area=330100&level=city"],
            ["/api/v1/cap"] = ["/api/v1/cap", "/api/v1/cap?status=all&limit=200"],
            ["/open311/v2/requests/{serviceRequestId}.json"] = [.. cases.Select(c => $"/open311/v2/requests/{c}.json")],
            ["/open311/v2/requests/{serviceRequestId}.xml"] = [.. cases.Select(c => $"/open311/v2/requests/{c}.xml")],
            ["/api/v1/devices"] = ["/api/v1/devices?limit=10000"],
            ["/api/v1/devices/{deviceId}"] = [$"/api/v1/devices/{device}"],
            ["/api/v1/ledger"] = ["/api/v1/ledger?limit=10000", $"/api/v1/ledger?device={device}"],
            ["/api/v1/series"] = ["/api/v1/series", $"/api/v1/series?device={device}&metric={metric}"],
            ["/api/v1/series/query"] =
            [
                $"/api/v1/series/query?metric={metric}", $"/api/v1/series/query?metric={metric}&device={device}",
                $"/api/v1/series/query?metric={metric}&kind=access&step=5m&agg=last", $"/api/v1/series/query?metric={metric}&area=330100&step=1h&agg=count&group=area",
            ],
            ["/api/v1/series/export"] = [$"/api/v1/series/export?metric={metric}&format=csv", "/api/v1/series/export?format=ndjson", "/api/v1/series/export?format=csv&gzip=1"],
            ["/openapi/{documentName}.json"] = ["/openapi/v1.json"],
            ["/api/v1/quarantine"] = ["/api/v1/quarantine?limit=1000", $"/api/v1/quarantine?device={device}"],
        };
        string[] rows = [.. RightsTable.Endpoints.Keys.Where(k => k.StartsWith("GET ", StringComparison.Ordinal) && k != Stream && k != "GET /mqtt").Select(k => k[4..])];
        Assert.Empty(special.Keys.Except(rows));
        return rows.ToDictionary(r => r, r => special.GetValueOrDefault(r) ?? [r]);
    }

    /// <summary>Asks all of it and looks into every answer; each row has one at least that is no refusal.</summary>
    public async Task LookAsync(Held held, string device, string metric)
    {
        foreach ((string row, string[] paths) in await PathsAsync(device, metric))
        {
            List<HttpStatusCode> statuses = [];
            foreach (string path in paths)
            {
                using HttpResponseMessage answer = await http.GetAsync(path);
                byte[] body = await answer.Content.ReadAsByteArrayAsync();
                Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode} {Encoding.UTF8.GetString(body)}");
                held.Look($"GET {path}", $"{answer.Headers}{answer.Content.Headers}");
                held.Look($"GET {path}", body);
                statuses.Add(answer.StatusCode);
            }

            Assert.True(statuses.Contains(HttpStatusCode.OK), $"GET {row} said nothing: {string.Join(", ", statuses)} for {string.Join(", ", paths)}");
        }

        held.Look(Stream, await StreamAsync());
    }

    /// <summary>An answer as JSON.</summary>
    public async Task<JsonElement> JsonAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(path));

    /// <summary>All events of the stream so far.</summary>
    private async Task<string> StreamAsync()
    {
        long last = (await JsonAsync("/api/v1/webhooks")).GetProperty("lastSequence").GetInt64();
        using HttpResponseMessage answer = await http.GetAsync("/api/v1/cases/stream?after=0", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        StringBuilder text = new();
        while (!text.ToString().Contains($"id: {last}\n", StringComparison.Ordinal))
        {
            text.Append(await reader.ReadLineAsync()).Append('\n');
        }

        return text.Append(await reader.ReadLineAsync()).Append(await reader.ReadLineAsync()).ToString();
    }
}
