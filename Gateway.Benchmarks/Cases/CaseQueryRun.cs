using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gateway.Benchmarks.EndToEnd;

namespace Gateway.Benchmarks.Cases;

/// <summary>Starts the gateway on the store and asks, query by query, in turn, so that no query has the caches to itself.</summary>
internal static class CaseQueryRun
{
    private const int DeepPages = 40;

    /// <summary>Runs and prints a line a query.</summary>
    public static async Task RunAsync(string gateway, string city, string data, int rounds, TextWriter output, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        await using GatewayServer server = await GatewayServer.StartAsync(gateway, city, data, cancellation).ConfigureAwait(false);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start to ready: {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s"));
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}"), Timeout = TimeSpan.FromMinutes(10) };
        IReadOnlyList<(string Name, string Path)> queries = await QueriesAsync(client, cancellation).ConfigureAwait(false);
        List<double>[] times = [.. queries.Select(_ => new List<double>())];
        int[] lengths = new int[queries.Count];
        for (int round = 0; round < rounds + 1; round++)
        {
            for (int i = 0; i < queries.Count; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                byte[] answer = await client.GetByteArrayAsync(queries[i].Path, cancellation).ConfigureAwait(false);
                double elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                lengths[i] = answer.Length;
                if (round > 0) // the first round compiles code and reads pages in
                {
                    times[i].Add(elapsed);
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n| query, {rounds} rounds | p50 ms | p99 ms | worst ms | KB |\n|---|---|---|---|---|"));
        for (int i = 0; i < queries.Count; i++)
        {
            double[] sorted = [.. times[i].Order()];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {queries[i].Name} | {At(sorted, 0.5):F1} | {At(sorted, 0.99):F1} | {sorted[^1]:F1} | {lengths[i] / 1000d:F0} |"));
        }

        await server.StopAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<(string Name, string Path)>> QueriesAsync(HttpClient client, CancellationToken cancellation)
    {
        using JsonDocument areas = JsonDocument.Parse(await client.GetByteArrayAsync("/api/v1/areas", cancellation).ConfigureAwait(false));
        string Unit(string level) => areas.RootElement.GetProperty("areas").EnumerateArray().Last(a => a.GetProperty("level").GetString() == level).GetProperty("code").GetString()!;
        string city = Unit("city"), district = Unit("district"), street = Unit("street"), grid = Unit("grid");
        using JsonDocument newest = JsonDocument.Parse(await client.GetByteArrayAsync("/api/v1/cases?limit=1", cancellation).ConfigureAwait(false));
        DateTimeOffset now = newest.RootElement.GetProperty("cases")[0].GetProperty("openedAt").GetDateTimeOffset();
        string Ago(int days) => Uri.EscapeDataString((now - TimeSpan.FromDays(days)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        string longest = await LongestAsync(client, cancellation).ConfigureAwait(false);
        List<(string, string)> queries = [];
        void List(string name, string filter) => queries.Add((name, $"/api/v1/cases?{filter}"));
        List("list", "");
        List("list, limit 1000", "limit=1000");
        List("status=open", "status=open");
        List("status=Evaluated", "status=Evaluated");
        List("status=Voided", "status=Voided");
        List("status=Merged (none)", "status=Merged");
        List("area=district", $"area={district}");
        List("area=street", $"area={street}");
        List("area=grid", $"area={grid}");
        List("event=fire.heat", "event=fire.heat");
        List("event=fire.*", "event=fire.*");
        List("event=none.*", "event=none.*");
        List("event=flood.*, area=grid", $"event=flood.*&area={grid}");
        List("event=flood.*, area=district", $"event=flood.*&area={district}");
        List("status=open, area=grid", $"status=open&area={grid}");
        List("status=open, event=fire.*", "status=open&event=fire.*");
        List("status=open, event=fire.*, area=grid", $"status=open&event=fire.*&area={grid}");
        List("status=open, event=none, area=grid (none)", $"status=open&event=none.such&area={grid}");
        List("status=Voided, area=grid", $"status=Voided&area={grid}");
        List("status=Voided, event=flood.*, area=street", $"status=Voided&event=flood.*&area={street}");
        List("status=Merged, event=fire.*, area=city (none)", $"status=Merged&event=fire.*&area={city}");
        List("status=Closed, event=fire.*, area=city", $"status=Closed&event=fire.*&area={city}");
        List("status=Closed,Dispatched, event=fire.*", "status=Closed,Dispatched&event=fire.*");
        List("from, to: one day half a year ago", $"from={Ago(181)}&to={Ago(180)}");
        List("one day, status=open (few)", $"from={Ago(181)}&to={Ago(180)}&status=open");
        List("one day, event=fire.*, area=grid", $"from={Ago(181)}&to={Ago(180)}&event=fire.*&area={grid}");
        List("half a year, status=Voided, event=fire.*, area=grid", $"from={Ago(200)}&to={Ago(20)}&status=Voided&event=fire.*&area={grid}");
        foreach ((string name, string filter) in new[] { ("deep page", "limit=1000"), ("deep page, area=district", $"limit=1000&area={district}"), ("deep page, event=fire.*", "limit=1000&event=fire.*") })
        {
            List(name, $"{filter}&cursor={await DeepAsync(client, filter, cancellation).ConfigureAwait(false)}".Replace("limit=1000", "limit=50", StringComparison.Ordinal));
        }

        queries.Add(("one case", $"/api/v1/cases/{longest}"));
        queries.Add(("metrics, 30 days, city", "/api/v1/metrics/cases"));
        queries.Add(("metrics, 30 days, street", $"/api/v1/metrics/cases?area={street}"));
        queries.Add(("metrics, a year, grid", $"/api/v1/metrics/cases?area={grid}&from={Ago(365)}"));
        queries.Add(("metrics, a year, city", $"/api/v1/metrics/cases?from={Ago(365)}"));
        queries.Add(("load of the streets, 30 days", "/api/v1/metrics/load"));
        queries.Add(("load of the grids, 30 days", "/api/v1/metrics/load?level=grid"));
        queries.Add(("load of the streets, a year", $"/api/v1/metrics/load?from={Ago(365)}"));
        queries.Add(("map, open cases", "/api/v1/map?layers=cases"));
        queries.Add(("map, open cases, street", $"/api/v1/map?layers=cases&area={street}"));
        queries.Add(("Open311, first page of 50", "/open311/v2/requests.json?page_size=50"));
        queries.Add(("Open311, page 20 of 1000", "/open311/v2/requests.json?page_size=1000&page=20"));
        queries.Add(("CAP feed", "/api/v1/cap"));
        return queries;
    }

    private static async Task<string> LongestAsync(HttpClient client, CancellationToken cancellation)
    {
        using JsonDocument open = JsonDocument.Parse(await client.GetByteArrayAsync("/api/v1/cases?status=open&limit=1000", cancellation).ConfigureAwait(false));
        return open.RootElement.GetProperty("cases").EnumerateArray().MaxBy(c => c.GetProperty("occurrences").GetInt32()).GetProperty("caseNo").GetString()!;
    }

    private static async Task<string> DeepAsync(HttpClient client, string filter, CancellationToken cancellation)
    {
        string cursor = "";
        for (int page = 0; page < DeepPages; page++)
        {
            using JsonDocument answer = JsonDocument.Parse(await client.GetByteArrayAsync($"/api/v1/cases?{filter}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", cancellation).ConfigureAwait(false));
            if (answer.RootElement.GetProperty("next").GetString() is not { } next)
            {
                break;
            }

            cursor = next;
        }

        return cursor;
    }

    /// <summary>The value below which a share of sorted ones lies.</summary>
    public static double At(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
