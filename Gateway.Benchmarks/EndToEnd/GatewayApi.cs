using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>What the harness asks the gateway over HTTP: its ledger, its metrics, its case stream.</summary>
internal sealed class GatewayApi(int port) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Waits until the ledger says that every one of so many messages was received and stored.</summary>
    /// <exception cref="MeasurementException">The ledger does not balance, counts another number, or the pipeline stands still.</exception>
    public async Task WaitUntilProcessedAsync(long messages, CancellationToken cancellation)
    {
        long lastInFlight = long.MaxValue;
        long lastProgress = Stopwatch.GetTimestamp();
        while (true)
        {
            LedgerCounts ledger = await LedgerAsync(cancellation).ConfigureAwait(false);
            if (ledger.InFlight == 0)
            {
                Require(ledger, messages);
                return;
            }

            if (ledger.InFlight != lastInFlight)
            {
                lastInFlight = ledger.InFlight;
                lastProgress = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastProgress) > StallLimit)
            {
                throw new MeasurementException($"the pipeline stands still: {ledger}");
            }

            await Task.Delay(PollInterval, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The ledger's totals.</summary>
    public async Task<LedgerCounts> LedgerAsync(CancellationToken cancellation)
    {
        using JsonDocument json = JsonDocument.Parse(await _client.GetStringAsync("/api/v1/ledger?limit=1", cancellation).ConfigureAwait(false));
        JsonElement total = json.RootElement;
        return new LedgerCounts(
            total.GetProperty("received").GetInt64(),
            total.GetProperty("stored").GetInt64(),
            total.GetProperty("duplicate").GetInt64(),
            Sum(total.GetProperty("quarantined")),
            Sum(total.GetProperty("rejected")),
            total.GetProperty("in_flight").GetInt64(),
            total.GetProperty("balanced").GetBoolean());
    }

    /// <summary>Counters out of the metrics.</summary>
    public async Task<ServerCounters> CountersAsync(CancellationToken cancellation)
    {
        string text = await _client.GetStringAsync("/metrics", cancellation).ConfigureAwait(false);
        Dictionary<string, long> values = text.Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#' && !line.Contains('{', StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => (long)double.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return new ServerCounters(values["gateway_gc_gen0_collections_total"], values["gateway_gc_allocated_bytes_total"], values["gateway_log_commits_total"]);
    }

    /// <summary>The case stream, from what happens next; the reader's first line is there once the gateway follows.</summary>
    public async Task<StreamReader> CaseStreamAsync(CancellationToken cancellation)
    {
        HttpResponseMessage response = await _client.GetAsync("/api/v1/cases/stream", HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static void Require(LedgerCounts ledger, long messages)
    {
        if (!ledger.Balanced || ledger.Received != messages || ledger.Stored != messages)
        {
            throw new MeasurementException($"{messages} messages were acknowledged, the ledger says {ledger}: the figures would be those of another work");
        }
    }

    private static long Sum(JsonElement byReason) => byReason.EnumerateObject().Sum(reason => reason.Value.GetInt64());
}
