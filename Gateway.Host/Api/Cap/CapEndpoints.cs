using System.Globalization;
using System.Text;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Cases.Cap;

namespace Gateway.Host.Api.Cap;

/// <summary>
/// Cases as messages of the Common Alerting Protocol 1.2. Nothing is stored: a message is made anew from the case's history each time,
/// with the names, outlines and options of today.
/// </summary>
internal static class CapEndpoints
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 200;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1").WithTags("cap");
        api.MapGet("/cap", Feed).WithSummary("Atom feed of the latest CAP message of each case, newest case first; status=open, closed or all; area; event; limit; cursor");
        api.MapPost("/cap", CapIntakeEndpoint.TakeAsync).WithSummary("A CAP 1.2 message of another system: it joins the open case it belongs to, opens one, or is ignored");
        api.MapGet("/cases/{caseNo}/cap", Latest).WithSummary("The latest CAP 1.2 message of a case");
        api.MapGet("/cases/{caseNo}/cap/{sequence}", One).WithSummary("One CAP 1.2 message of a case; its sequence is the last part of its identifier");
    }

    private static IResult Latest(ICaseStore store, PipelineWorker pipeline, CityWatcher city, CapOptions options, string caseNo) =>
        Answer(store, caseNo, Messages(store, caseNo, pipeline.Snapshot ?? city.Latest, options).LastOrDefault(), "no CAP message yet: it has not been filed");

    private static IResult One(ICaseStore store, PipelineWorker pipeline, CityWatcher city, CapOptions options, string caseNo, string sequence)
    {
        CapMessage? message = int.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Messages(store, caseNo, pipeline.Snapshot ?? city.Latest, options).FirstOrDefault(m => m.Sequence == number)
            : null;
        return Answer(store, caseNo, message, $"no CAP message {sequence}; the latest refers to the earlier ones");
    }

    private static IResult Answer(ICaseStore store, string caseNo, CapMessage? message, string otherwise)
    {
        if (message is not null)
        {
            return Results.Bytes(CapXml.Write(message.Alert), CapXml.MediaType);
        }

        return Problems.NotFound(store.Find(caseNo) is null ? $"no case {caseNo}" : $"case {caseNo} has {otherwise}");
    }

    private static IResult Feed(
        ICaseStore store,
        PipelineWorker pipeline,
        CityWatcher city,
        CapOptions options,
        Func<EventTime> now,
        string? status,
        string? area,
        string? @event,
        string? limit,
        string? cursor)
    {
        if (!QueryText.TryLimit(limit, DefaultLimit, LargestLimit, out int count, out string error))
        {
            return Problems.BadRequest(error);
        }

        if ((status ?? "open") is not ("open" or "closed" or "all"))
        {
            return Problems.BadRequest("status is open, closed or all");
        }

        CaseCursor? after = null;
        if (cursor is not null && !CaseCursor.TryParse(cursor, out after))
        {
            return Problems.BadRequest("cursor is what the link to the next page says");
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        CasePage page = store.List(new CaseFilter { Statuses = Statuses(status), Area = area, Event = @event }, count, after);
        List<(string CaseNo, CapMessage Message)> entries = [];
        foreach (Case one in page.Cases)
        {
            if (Messages(store, one.CaseNo, snapshot, options).LastOrDefault() is { } latest)
            {
                entries.Add((one.CaseNo, latest));
            }
        }

        string? next = page.Next is { } more ? Link(status, area, @event, count, more) : null;
        return Results.Bytes(CapFeed.Write(entries, options, now(), next), $"{CapFeed.MediaType}; charset=utf-8");
    }

    private static IReadOnlyList<CapMessage> Messages(ICaseStore store, string caseNo, CitySnapshot city, CapOptions options)
    {
        IReadOnlyList<CaseEvent> history = store.History(caseNo);
        return history.Count > 0 && history[0] is CaseCollected begun ? CapMessages.Of(history, SettingsFor(begun, city, options)) : [];
    }

    private static CapSettings SettingsFor(CaseCollected begun, CitySnapshot city, CapOptions options) => new()
    {
        TimeZone = city.TimeZone,
        Areas = city.Definition.AreaTrees.FirstOrDefault(t => t.Version == begun.Facts.AreaVersion) ?? city.AreasAt(begun.At),
        Units = city.Definition.Responsibility.Units,
        Sender = options.Sender,
        SenderName = options.SenderName,
        Publication = options.Publication,
    };

    private static IReadOnlyList<CaseStatus>? Statuses(string? status) =>
        status == "all" ? null : [.. Enum.GetValues<CaseStatus>().Where(s => s.IsOpen() == (status != "closed"))];

    private static string Link(string? status, string? area, string? kind, int limit, CaseCursor cursor)
    {
        var link = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"/api/v1/cap?limit={limit}&cursor={cursor}"));
        foreach ((string name, string? value) in new[] { ("status", status), ("area", area), ("event", kind) })
        {
            link.Append(value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}");
        }

        return link.ToString();
    }
}
