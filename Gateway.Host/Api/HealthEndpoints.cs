using Gateway.Host.Access.People;
using Gateway.Host.Composition;
using Gateway.Host.Workers;

namespace Gateway.Host.Api;

/// <summary>Whether it lives, whether it is ready, and its figures.</summary>
internal static class HealthEndpoints
{
    private const long ReadyLagRecords = 100_000;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/livez", () => Results.Text("ok\n")).WithTags("health").WithSummary("The process answers");
        routes.MapGet("/readyz", Ready).WithTags("health").WithSummary("Log, pipeline, stores, rules and workers are ready; 503 says which is not, and to those with an account why");
        routes.MapGet("/metrics", (GatewayRuntime gateway, IEnumerable<IHostedService> services) => Results.Text(PrometheusMetrics.Render(gateway, Runs(services)), PrometheusMetrics.ContentType)).WithTags("health").WithSummary("Prometheus text");
    }

    private static IEnumerable<WorkerRun> Runs(IEnumerable<IHostedService> services) => services.OfType<IWorker>().SelectMany(w => w.Runs);

    private static IResult Ready(GatewayRuntime gateway, IEnumerable<IHostedService> services, Person? person)
    {
        long lag = gateway.Log.CommittedEndOffset - gateway.Pipeline.ProcessedOffset;
        Cases.CaseStoreHealth cases = gateway.Cases.Health();
        string? waitsFor = gateway.Pipeline.StoreFailure;
        Dictionary<string, string> checks = new()
        {
            ["log"] = !gateway.Log.IsHealthy ? "the last commit failed: publishers are refused" : gateway.Quota.Problem ?? Of("ingest log") ?? "ok",
            ["pipeline"] = gateway.Pipeline.Failure is { } failure ? $"stopped {failure}; see the gateway's log, a restart resumes from there"
                : gateway.Pipeline.Snapshot is null || lag > ReadyLagRecords ? $"catching up, {lag} records behind"
                : "ok",
            ["cases"] = cases.Healthy ? Of("case store") ?? "ok" : cases.Message,
            ["series"] = Of("series store") ?? "ok",
            ["rules"] = gateway.City.NotInEffect is { } waiting ? $"ok: the last good snapshot; the edit has not taken effect: {waiting}; it is tried again"
                : gateway.City.IsFolderValid ? "ok" : "ok: the last good snapshot; the folder as it stands has errors, see /api/v1/rules",
            ["workers"] = WorkerRun.Readiness(Runs(services)),
            ["clock"] = gateway.ClockKeeper.Problem is { } clock ? $"ok: {clock}" : "ok",
            ["tls"] = gateway.Certificates?.Problem is { } fault ? $"ok: the last good certificate; {fault}" : "ok",
            ["accounts"] = gateway.Accounts.Problem is { } accounts ? $"ok: the last good ones; {accounts}" : "ok",
            ["credentials"] = gateway.Credentials.Problem is { } problem ? $"ok: the last good ones; {problem}" : "ok",
        };
        bool ready = checks.Values.All(c => c.StartsWith("ok", StringComparison.Ordinal));
        return Results.Json(
            new
            {
                status = ready ? "ready" : "not ready",
                checks = person is null ? checks.ToDictionary(c => c.Key, c => Brief(c.Value)) : checks,
                lagRecords = lag,
                now = gateway.Clock.Now.ToString(),
                clockSpeed = gateway.Clock.Speed,
                exercise = gateway.Clock.IsExercise,
                revision = gateway.Pipeline.Snapshot?.Revision,
            },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

        // Paths and reasons are not for everybody who can reach the port.
        static string Brief(string text) => text == "ok" ? text
            : $"{(text.StartsWith("ok", StringComparison.Ordinal) ? "ok, with a remark" : "not ok")}: ask with an account, or see the gateway's log";

        // Only of the store that does not take what the pipeline gives: the others are well.
        string? Of(string store) => waitsFor is not null && waitsFor.StartsWith(store, StringComparison.Ordinal) ? waitsFor : null;
    }
}
