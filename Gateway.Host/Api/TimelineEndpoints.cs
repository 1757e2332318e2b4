using System.Globalization;
using System.Text;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Api;

/// <summary>What led up to a case, what was done and what came after 事后复盘, as JSON and as a picture.</summary>
internal static class TimelineEndpoints
{
    // The picture is no page: whatever a device may have been called, nothing in it runs, loads or is framed.
    private const string PicturePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder timeline = routes.MapGroup("/api/v1/cases/{caseNo}").WithTags("cases");
        timeline.MapGet("/timeline", JsonAsync).WithSummary("After-action timeline of a case: readings, stages, clocks, events, related cases, lead times; before and after say how far it looks");
        timeline.MapGet("/timeline.svg", PictureAsync).WithSummary("The same as a picture");
    }

    private static Task<IResult> JsonAsync(
        HttpContext context, string caseNo, string? before, string? after, TimelineReader reader, TimelineTurns turns, PipelineWorker pipeline, CityWatcher city, Func<EventTime> now, CancellationToken cancellation) =>
        AnswerAsync(context, caseNo, before, after, reader, turns, pipeline, city, now, made => new WrittenJson(json => TimelineJson.Write(json, made)), cancellation);

    private static Task<IResult> PictureAsync(
        HttpContext context, string caseNo, string? before, string? after, TimelineReader reader, TimelineTurns turns, PipelineWorker pipeline, CityWatcher city, Func<EventTime> now, CancellationToken cancellation)
    {
        return AnswerAsync(context, caseNo, before, after, reader, turns, pipeline, city, now, Shown, cancellation);

        IResult Shown(Timeline made)
        {
            context.Response.Headers.ContentSecurityPolicy = PicturePolicy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.Text(TimelinePicture.Draw(made), "image/svg+xml", Encoding.UTF8);
        }
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        string caseNo,
        string? before,
        string? after,
        TimelineReader reader,
        TimelineTurns turns,
        PipelineWorker pipeline,
        CityWatcher city,
        Func<EventTime> now,
        Func<Timeline, IResult> show,
        CancellationToken cancellation)
    {
        if (!QueryText.TryDuration("before", before, TimelineWindow.Usual, TimelineWindow.Longest, out TimeSpan ahead, out string error)
            || !QueryText.TryDuration("after", after, TimelineWindow.Usual, TimelineWindow.Longest, out TimeSpan behind, out error))
        {
            return Problems.BadRequest(error);
        }

        if (!await turns.TakeAsync(cancellation))
        {
            string seconds = TimelineTurns.Patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            return Problems.Unavailable($"other timelines are being made; come again in {seconds} s");
        }

        try
        {
            CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
            return reader.Read(caseNo, ahead, behind, snapshot, now(), cancellation) is { } sources
                ? show(TimelineBuilder.Build(sources))
                : Problems.NotFound($"no case {caseNo}");
        }
        finally
        {
            turns.End();
        }
    }
}
