using System.Diagnostics;
using System.Text.Json;

namespace Gateway.Tests.Support;

/// <summary>The ledger of a running gateway, as its HTTP API tells it.</summary>
/// <param name="Received">Messages that arrived.</param>
/// <param name="Stored">Messages kept.</param>
/// <param name="Duplicate">Messages that changed nothing.</param>
/// <param name="Quarantined">By reason.</param>
/// <param name="Rejected">By reason.</param>
/// <param name="InFlight">Messages without an outcome yet.</param>
public sealed record LedgerView(long Received, long Stored, long Duplicate, IReadOnlyDictionary<string, long> Quarantined, IReadOnlyDictionary<string, long> Rejected, long InFlight)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Reads it until every message has its outcome.</summary>
    /// <param name="http">A client with the gateway's base address.</param>
    /// <param name="received">Messages that must have arrived.</param>
    public static async Task<LedgerView> SettledAsync(HttpClient http, long received)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            LedgerView view = Of(JsonDocument.Parse(await http.GetStringAsync("/api/v1/ledger")).RootElement);
            if (view.Received >= received && view.InFlight == 0)
            {
                Assert.Equal(view.Received, view.Stored + view.Duplicate + view.Quarantined.Values.Sum() + view.Rejected.Values.Sum());
                return view;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"the ledger does not settle: {view}, expected {received} received");
        }
    }

    /// <summary>Reads one entry of the answer.</summary>
    public static LedgerView Of(JsonElement entry) => new(
        entry.GetProperty("received").GetInt64(),
        entry.GetProperty("stored").GetInt64(),
        entry.GetProperty("duplicate").GetInt64(),
        Counts(entry.GetProperty("quarantined")),
        Counts(entry.GetProperty("rejected")),
        entry.GetProperty("in_flight").GetInt64());

    private static Dictionary<string, long> Counts(JsonElement counts) => counts.EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetInt64());
}
