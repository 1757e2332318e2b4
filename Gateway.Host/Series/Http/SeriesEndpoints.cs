using Gateway.Host.Series.Query;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Http;

/// <summary>
/// The series paths of the HTTP API. Services they take: <see cref="ISeriesStore"/>, <c>Func&lt;SeriesCatalog&gt;</c> (the current register and area tree)
/// and <c>Func&lt;EventTime&gt;</c> (the gateway's clock, for the default of <c>to</c>).
/// </summary>
internal static class SeriesEndpoints
{
    /// <summary>Maps <c>GET /api/v1/series</c>, <c>/api/v1/series/query</c> and <c>/api/v1/series/export</c>.</summary>
    public static IEndpointRouteBuilder Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/series");
        group.MapGet("", List).WithName("listSeries").WithSummary("Which series there are, with first and last time and count.");
        group.MapGet("/query", Query).WithName("querySeries").WithSummary("Points, or buckets when there is a step.");
        group.MapGet("/export", Export).WithName("exportSeries").WithSummary("All samples of a range, streamed as CSV or NDJSON.");
        return routes;
    }

    private static async Task List(HttpContext context, ISeriesStore store, Func<SeriesCatalog> catalog)
    {
        SeriesRequestReader reader = new(context.Request.Query, catalog(), ["device", "metric", "area", "kind"]);
        SeriesSelection selection = reader.Selection();
        if (reader.Problem is { } problem)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        IReadOnlyList<SeriesInfo> infos = store.List(selection, context.RequestAborted);
        await SeriesAnswerWriter.WriteList(context, infos, reader.Catalog);
    }

    private static async Task Query(HttpContext context, ISeriesStore store, Func<SeriesCatalog> catalog, Func<EventTime> now)
    {
        SeriesRequestReader reader = new(context.Request.Query, catalog(), ["metric", "device", "area", "kind", "from", "to", "step", "agg", "group"]);
        SeriesQuery query = reader.Query(now());
        if (reader.Problem is { } problem)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        SeriesAnswer answer = store.Query(query, reader.Catalog, context.RequestAborted);
        if (answer.Fault != SeriesQueryFault.None)
        {
            await SeriesProblem.Of(SeriesProblem.ParameterOf(answer.Fault), answer.Detail, []).ExecuteAsync(context);
            return;
        }

        await SeriesAnswerWriter.WriteAnswer(context, query, answer, reader.Catalog);
    }

    private static async Task Export(HttpContext context, ISeriesStore store, Func<SeriesCatalog> catalog, Func<EventTime> now)
    {
        SeriesRequestReader reader = new(context.Request.Query, catalog(), ["metric", "device", "area", "kind", "from", "to", "format", "gzip"]);
        SeriesSelection selection = reader.Selection();
        (EventTime from, EventTime to) = reader.Range(now());
        bool isCsv = reader.IsCsv();
        bool isGzip = reader.AsksGzip() || SeriesExportWriter.AcceptsGzip(context.Request.Headers.AcceptEncoding);
        if (reader.Problem is { } problem)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        await SeriesExportWriter.Write(context, store.Scan(selection, from, to, context.RequestAborted), isCsv, isGzip);
    }
}
