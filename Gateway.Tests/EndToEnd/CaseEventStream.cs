using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>A reader of <c>/api/v1/cases/stream</c>.</summary>
internal sealed class CaseEventStream : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private CaseEventStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    /// <summary>Opens the stream with a Last-Event-ID.</summary>
    public static async Task<CaseEventStream> OpenAsync(HttpClient http, long after)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/cases/stream");
        request.Headers.Add("Last-Event-ID", $"{after}");
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new CaseEventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Reads on until the event with this id has come; returns what came, that one last.</summary>
    public async Task<Entry[]> TakeThroughAsync(long id)
    {
        using CancellationTokenSource deadline = new(Limit);
        List<Entry> entries = [];
        long current = 0;
        while (await _lines.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                current = long.Parse(line[4..]);
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using JsonDocument data = JsonDocument.Parse(line[6..]);
                Assert.Equal(current, data.RootElement.GetProperty("sequence").GetInt64());
                entries.Add(new Entry(current, data.RootElement.Text("caseNo")!, data.RootElement.GetProperty("event").Text("text")!));
                if (current >= id)
                {
                    return [.. entries];
                }
            }
        }

        throw new InvalidOperationException($"the stream ended at {current}, before {id}");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }

    /// <summary>One event: its sequence, its case and its line for people.</summary>
    public sealed record Entry(long Id, string CaseNo, string Text);
}
