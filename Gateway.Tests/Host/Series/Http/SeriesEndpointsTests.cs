using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Host.Series.Http;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Host.Series.Http;

public sealed class SeriesEndpointsTests : IAsyncLifetime
{
    private static readonly EventTime Now = new(1_769_504_400_000); // 2026-01-27T09:00:00Z

    private readonly SeriesFolder _folder = new();
    private EmbeddedSeriesStore _store = null!;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _store = _folder.Open(limits: new SeriesLimits { MaximumPoints = 5000 });
        for (int i = 1; i <= 360; i++)
        {
            SeriesCity.Append(_store, 0, Now.UnixMilliseconds - (i * 10_000L), Math.Round(i / 100d, 2), double.NaN, 90);
            SeriesCity.Append(_store, 2, Now.UnixMilliseconds - (i * 10_000L), 2, double.NaN, double.NaN);
        }

        _store.Flush();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ISeriesStore>(_store);
        builder.Services.AddSingleton<Func<SeriesCatalog>>(() => SeriesCity.Catalog);
        builder.Services.AddSingleton<Func<EventTime>>(() => Now);
        _app = builder.Build();
        SeriesEndpoints.Map(_app);
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task List_gives_every_series_with_extent_and_unit()
    {
        JsonElement series = (await Json("/api/v1/series")).GetProperty("series");

        Assert.Equal(["FLD-000000/battery", "FLD-000000/water_level", "FLD-000002/water_level"], series.EnumerateArray().Select(s => $"{s.GetProperty("device")}/{s.GetProperty("metric")}"));
        Assert.Equal(360, series[1].GetProperty("count").GetInt64());
        Assert.Equal("m", series[1].GetProperty("unit").GetString());
        Assert.Equal("2026-01-27T08:00:00.000Z", series[1].GetProperty("first").GetString());
        Assert.Equal("2026-01-27T08:59:50.000Z", series[1].GetProperty("last").GetString());
    }

    [Theory]
    [InlineData("?device=FLD-000002", 1)]
    [InlineData("?metric=water_level", 2)]
    [InlineData("?metric=water_level&area=D1", 1)]
    [InlineData("?kind=access", 0)]
    [InlineData("?device=nobody", 0)]
    public async Task List_is_narrowed_by_its_parameters(string query, int expected) =>
        Assert.Equal(expected, (await Json("/api/v1/series" + query)).GetProperty("series").GetArrayLength());

    [Fact]
    public async Task Query_without_step_gives_the_points_of_the_last_hour()
    {
        JsonElement answer = await Json("/api/v1/series/query?metric=water_level&device=FLD-000000");
        JsonElement points = answer.GetProperty("series")[0].GetProperty("points");

        Assert.Equal("2026-01-27T08:00:00.000Z", answer.GetProperty("from").GetString());
        Assert.Equal(360, points.GetArrayLength());
        Assert.Equal("2026-01-27T08:00:00.000Z", points[0].GetProperty("time").GetString());
        Assert.Equal(3.6, points[0].GetProperty("value").GetDouble());
    }

    [Theory]
    [InlineData("from=2026-01-27T08:30:00Z&to=2026-01-27T09:00:00Z", "step=5m")]
    [InlineData("from=2026-01-27T16:30:00%2B08:00&to=1769504400000", "step=300")]
    [InlineData("from=1769502600000", "step=300s")]
    public async Task Query_with_step_gives_buckets_with_received_and_expected(string range, string step)
    {
        JsonElement answer = await Json($"/api/v1/series/query?metric=water_level&area=C&agg=max&{range}&{step}");
        JsonElement buckets = answer.GetProperty("series")[1].GetProperty("buckets");

        Assert.Equal(300, answer.GetProperty("stepSeconds").GetDouble());
        Assert.Equal(6, buckets.GetArrayLength());
        Assert.Equal("2026-01-27T08:30:00.000Z", buckets[0].GetProperty("start").GetString());
        Assert.Equal((2d, 30L, 30d), (buckets[0].GetProperty("value").GetDouble(), buckets[0].GetProperty("received").GetInt64(), buckets[0].GetProperty("expected").GetDouble()));
    }

    [Fact]
    public async Task Query_of_merged_series_is_one_result()
    {
        JsonElement answer = await Json("/api/v1/series/query?metric=water_level&step=1h&agg=count&group=merged");
        JsonElement only = Assert.Single(answer.GetProperty("series").EnumerateArray());

        Assert.Equal(2, only.GetProperty("seriesCount").GetInt32());
        Assert.Equal(720, only.GetProperty("buckets")[0].GetProperty("value").GetDouble());
        Assert.Equal(720, only.GetProperty("buckets")[0].GetProperty("expected").GetDouble());
    }

    [Theory]
    [InlineData("query", "metric")]
    [InlineData("query?metric=water_level&from=yesterday", "from")]
    [InlineData("query?metric=water_level&to=2026-13-01T00:00:00Z", "to")]
    [InlineData("query?metric=water_level&from=2026-01-27T10:00:00Z", "from")]
    [InlineData("query?metric=water_level&step=soon", "step")]
    [InlineData("query?metric=water_level&step=0", "step")]
    [InlineData("query?metric=water_level&step=m", "step")]
    [InlineData("query?metric=water_level&step=-5m", "step")]
    [InlineData("query?metric=water_level&step=99999999999h", "step")]
    [InlineData("query?metric=water_level&agg=avg", "step")]
    [InlineData("query?metric=water_level&step=5m&agg=median", "agg")]
    [InlineData("query?metric=water_level&step=5m&agg=3", "agg")]
    [InlineData("query?metric=water_level&step=5m&group=city", "group")]
    [InlineData("query?metric=water_level&step=1s&from=2026-01-20", "step")]
    [InlineData("query?metric=water_level&area=X", "area")]
    [InlineData("query?metric=water_level&kind=volcano", "kind")]
    [InlineData("query?metric=water_level&colour=red", "colour")]
    [InlineData("query?metric=water_level&metric=battery", "metric")]
    [InlineData("export?format=xml", "format")]
    [InlineData("export?gzip=maybe", "gzip")]
    public async Task Request_amiss_is_a_problem_that_names_the_parameter(string path, string parameter)
    {
        using HttpResponseMessage response = await _client.GetAsync("/api/v1/series/" + path);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Export_as_csv_gives_every_sample_in_order()
    {
        string[] lines = (await _client.GetStringAsync("/api/v1/series/export?metric=water_level")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("time,device,metric,value", lines[0]);
        Assert.Equal("2026-01-27T08:00:00.000Z,FLD-000000,water_level,3.6", lines[1]);
        Assert.Equal(721, lines.Length);
        Assert.Equal(lines[1..], lines[1..].OrderBy(l => l.Split(',')[1], StringComparer.Ordinal).ThenBy(l => l, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Export_as_ndjson_reads_back_to_the_stored_doubles()
    {
        double[] values = [0.1, 1e-9, 123456789.125, -0.0, 1 / 3d, double.MaxValue, double.PositiveInfinity];
        for (int i = 0; i < values.Length; i++)
        {
            SeriesCity.Append(_store, 1, Now.UnixMilliseconds - 1000 + i, values[i], double.NaN, double.NaN);
        }

        string[] lines = (await _client.GetStringAsync("/api/v1/series/export?format=ndjson&device=FLD-000001")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<double> read = lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("value")).Select(v => double.Parse(v.ToString(), CultureInfo.InvariantCulture));

        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData("?format=csv", "gzip, br", true)]
    [InlineData("?format=csv", "gzip;q=0", false)]
    [InlineData("?format=csv", null, false)]
    [InlineData("?format=csv&gzip", null, true)]
    [InlineData("?format=ndjson&gzip=false", null, false)]
    public async Task Export_is_compressed_when_asked(string query, string? acceptEncoding, bool isCompressed)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/series/export" + query);
        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }

        using HttpResponseMessage response = await _client.SendAsync(request);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body;
        using StreamReader reader = new(plain);

        Assert.Equal(isCompressed, response.Content.Headers.ContentEncoding.Contains("gzip"));
        Assert.Equal(1080, (await reader.ReadToEndAsync()).Split('\n').Count(l => l.Contains("FLD-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Names_are_text_in_every_format()
    {
        const string Odd = "<script>\"a\",b\n";
        DeviceProfile profile = new("x", [], [SeriesCity.Number(Odd, "")]);
        DeviceRegister register = new([profile], [new Device { Index = 0, Id = Odd, Profile = profile, Area = "G1" }]);
        _store.Append(SeriesCity.Batch(profile, 0, Now.UnixMilliseconds - 1, 1), 0, 1, register);
        string escaped = Uri.EscapeDataString(Odd);

        string list = await _client.GetStringAsync($"/api/v1/series?device={escaped}");
        string ndjson = await _client.GetStringAsync($"/api/v1/series/export?format=ndjson&device={escaped}");
        string csv = await _client.GetStringAsync($"/api/v1/series/export?device={escaped}");

        Assert.DoesNotContain("<script>", list + ndjson, StringComparison.Ordinal);
        Assert.Equal(Odd, JsonDocument.Parse(list).RootElement.GetProperty("series")[0].GetProperty("device").GetString());
        Assert.Equal(Odd, JsonDocument.Parse(ndjson).RootElement.GetProperty("device").GetString());
        Assert.Contains(",\"<script>\"\"a\"\",b\n\",", csv, StringComparison.Ordinal);
    }

    private async Task<JsonElement> Json(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }
}
