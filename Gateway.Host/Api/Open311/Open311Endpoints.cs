using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Host.Api.Open311;

/// <summary>
/// Open311 GeoReport v2, the read side: cases as service requests, newest first. Cases of exercises are left out, for the standard has no
/// member that could mark them. Errors are the standard's array of code and description.
/// </summary>
internal static class Open311Endpoints
{

    /// <summary>Adds the endpoints, each in JSON and XML.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/open311/v2").WithTags("open311");
        foreach (Open311Format format in Enum.GetValues<Open311Format>())
        {
            string extension = format == Open311Format.Json ? "json" : "xml";
            group.MapGet($"/discovery.{extension}", (HttpRequest request) => Discovery(format, request)).WithSummary("Where and what this Open311 service is");
            group.MapGet($"/services.{extension}", (PipelineWorker pipeline, CityWatcher city, [FromQuery(Name = "jurisdiction_id")] string? jurisdiction) =>
                Services(format, pipeline, city, jurisdiction)).WithSummary("The kinds of event that rules file cases for");
            group.MapGet($"/requests.{extension}", Requests(format)).WithSummary("Cases as service requests, newest first; at most 90 days and 1000 an answer");
            group.MapGet($"/requests/{{serviceRequestId}}.{extension}", One(format)).WithSummary("One case as a service request");
        }
    }

    private static Delegate Requests(Open311Format format) => (
        ICaseStore store,
        PipelineWorker pipeline,
        CityWatcher city,
        Func<EventTime> now,
        [FromQuery(Name = "jurisdiction_id")] string? jurisdiction,
        [FromQuery(Name = "service_request_id")] string? ids,
        [FromQuery(Name = "service_code")] string? codes,
        [FromQuery(Name = "start_date")] string? start,
        [FromQuery(Name = "end_date")] string? end,
        string? status,
        string? page,
        [FromQuery(Name = "page_size")] string? pageSize) =>
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        Open311Parameters given = new(jurisdiction, ids, codes, start, end, status, page, pageSize);
        Open311Query query = Open311Query.Read(given, snapshot.AreasAt(pipeline.LastRecordAt), now(), out List<Open311Error> errors);
        foreach (string code in query.RequestIds is null ? query.ServiceCodes ?? [] : [])
        {
            // A kind that no rule files any longer may still have cases.
            if (!Kinds(snapshot).Contains(code) && store.List(new CaseFilter { Event = code }, 1, null).Cases.All(c => c.Facts.Key.Event != code))
            {
                errors.Add(new Open311Error(404, "service_code was not found: see services"));
                break;
            }
        }

        return errors.Count > 0
            ? Open311Answer.Errors(format, errors)
            : Open311Answer.List(format, "service_requests", "request", Find(store, query).Select(c => Open311Request.Of(c, snapshot)));
    };

    private static Delegate One(Open311Format format) => (
        ICaseStore store, PipelineWorker pipeline, CityWatcher city, string serviceRequestId, [FromQuery(Name = "jurisdiction_id")] string? jurisdiction) =>
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        List<Open311Error> errors = [];
        Open311Query.CheckJurisdiction(jurisdiction, snapshot.AreasAt(pipeline.LastRecordAt), errors);
        Case? found = Visible(store.Find(serviceRequestId), string.IsNullOrEmpty(jurisdiction) ? null : jurisdiction);
        if (found is null)
        {
            errors.Add(new Open311Error(404, "service_request_id was not found"));
        }

        return errors.Count > 0
            ? Open311Answer.Errors(format, errors)
            : Open311Answer.List(format, "service_requests", "request", [Open311Request.Of(found!, snapshot)]);
    };

    private static IEnumerable<Case> Find(ICaseStore store, Open311Query query)
    {
        if (query.RequestIds is { } ids)
        {
            return ids.Distinct(StringComparer.Ordinal).Select(id => Visible(store.Find(id), query.Area)).OfType<Case>();
        }

        CaseFilter filter = new()
        {
            Statuses = query.Statuses,
            Area = query.Area,
            Event = query.ServiceCodes is [var only] ? only : null,
            From = query.From,
            To = query.To,
        };
        return store.Walk(filter)
            .Where(c => !c.Facts.Exercise && (query.ServiceCodes?.Contains(c.Facts.Key.Event) ?? true))
            .Skip(query.Skip)
            .Take(query.Take);
    }

    private static Case? Visible(Case? one, string? area) =>
        one is { Facts.Exercise: false } && (area is null || one.Facts.AreaPath.Contains(area)) ? one : null;

    private static IResult Services(Open311Format format, PipelineWorker pipeline, CityWatcher city, string? jurisdiction)
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        List<Open311Error> errors = [];
        Open311Query.CheckJurisdiction(jurisdiction, snapshot.AreasAt(pipeline.LastRecordAt), errors);
        return errors.Count > 0
            ? Open311Answer.Errors(format, errors)
            : Open311Answer.List(format, "services", "service", Kinds(snapshot).Select(kind => new (string, object?)[]
            {
                ("service_code", kind),
                ("service_name", Open311Request.NameOf(kind)),
                ("description", $"cases of the event {kind}"),
                ("metadata", false),
                ("type", "realtime"),
                ("keywords", string.Join(',', kind.Split('.', '-').Distinct())),
                ("group", kind.Split('.')[0]),
            }));
    }

    /// <summary>Event kinds of the rules that file cases, in order.</summary>
    private static SortedSet<string> Kinds(CitySnapshot city) => new(
        city.Definition.Rules.Where(r => r.Mode == RuleMode.Active && r.Case is not null).Select(r => r.Case!.Event.Text), StringComparer.Ordinal);

    private static IResult Discovery(Open311Format format, HttpRequest request) => Open311Answer.One(format, "discovery",
    [
        ("changeset", "2026-11-23T00:00:00+00:00"),
        ("contact", "see the operator of this gateway"),
        ("key_service", "read only, with a token as Authorization: Bearer; ask the operator of this gateway"),
        ("endpoints", new Open311Rows("endpoint",
        [
            [
                ("specification", "http://wiki.open311.org/GeoReport_v2"),
                ("url", $"{request.Scheme}://{request.Host}/open311/v2"),
                ("changeset", "2026-11-23T00:00:00+00:00"),
                ("type", "production"),
                ("formats", new Open311Words("format", ["application/json", "text/xml"])),
            ],
        ])),
    ]);
}
