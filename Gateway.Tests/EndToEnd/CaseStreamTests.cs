using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>The case stream for those who come back late, ask strangely, read slowly, or are many.</summary>
[Collection(ProcessTests.Name)]
public sealed class CaseStreamTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const int Streams = 1000;

    private GatewayProcess Gateway => shared.Process;

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999")]
    public async Task Id_that_is_no_sequence_is_refused(string id) => Assert.Contains("sequence number", await RefusedAsync(id), StringComparison.Ordinal);

    [Fact]
    public async Task Id_beyond_the_end_is_refused_rather_than_waited_for() =>
        Assert.Contains("an older one was put back", await RefusedAsync("9000000000"), StringComparison.Ordinal);

    [Fact]
    public async Task Reader_that_stops_reading_gets_everything_in_order_once_it_reads_again()
    {
        await Gateway.PublishLevelsAsync("FLD-000001", 0.42);
        string caseNo = (await Gateway.JsonAsync("/api/v1/cases?event=flood.underpass&limit=1")).List("cases")[0].Text("caseNo")!;
        long before = await Gateway.MetricAsync("gateway_case_events");

        // A small window, so that the gateway's writes wait after a few events.
        using TcpClient reader = new() { ReceiveBufferSize = 8192 };
        await reader.ConnectAsync("127.0.0.1", Gateway.HttpPort);
        NetworkStream network = reader.GetStream();
        await network.WriteAsync(Encoding.ASCII.GetBytes($"GET /api/v1/cases/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: {before}\r\n\r\n"));
        using StreamReader lines = new(network);
        while ((await lines.ReadLineAsync())?.StartsWith(": still here", StringComparison.Ordinal) == false)
        {
        }

        const int Comments = 300;
        string reason = new('说', 1000);
        for (int i = 0; i < Comments; i++)
        {
            using HttpResponseMessage answer = await Gateway.Http.PostAsync(
                $"/api/v1/cases/{caseNo}/commands", new StringContent($$"""{"command":"comment","actor":"li","reason":"{{reason}}"}""", Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        long last = await Gateway.MetricAsync("gateway_case_events"); // the comments, and what the gateway itself did meanwhile
        List<long> ids = [];
        while (ids.LastOrDefault() < last && await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                ids.Add(long.Parse(line[4..]));
            }
        }

        Assert.True(last >= before + Comments);
        Assert.Equal(Enumerable.Range(1, (int)(last - before)).Select(i => before + i), ids);
    }

    [Fact]
    public async Task Thousand_streams_all_get_what_happens()
    {
        using SocketsHttpHandler handler = new() { MaxConnectionsPerServer = Streams };
        using HttpClient http = new(handler) { BaseAddress = Gateway.Http.BaseAddress };
        long before = await Gateway.MetricAsync("gateway_case_events");
        CaseEventStream[] streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => CaseEventStream.OpenAsync(http, before)));
        await Gateway.PublishLevelsAsync("FLD-000002", 0.42);
        long last = await Gateway.MetricAsync("gateway_case_events");
        CaseEventStream.Entry[][] got = await Task.WhenAll(streams.Select(s => s.TakeThroughAsync(last)));
        Assert.All(got, one => Assert.Equal(got[0], one));
        Assert.Equal(before + 1, got[0][0].Id);
        Array.ForEach(streams, s => s.Dispose());
    }

    private async Task<string> RefusedAsync(string id)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/cases/stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        using HttpResponseMessage response = await Gateway.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync();
    }
}
