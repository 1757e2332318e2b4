using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Host.Cases;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>Cases over HTTP: list, one, commands.</summary>
internal static class CaseEndpoints
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 1000;

    /// <summary>Body of a command.</summary>
    /// <param name="Command">The word of a command, see docs/duty-officers.md.</param>
    /// <param name="Actor">Who asks; may be left out, for it is the account that asks. Only the developer on this machine names another.</param>
    /// <param name="Reason">Why, or what was done or found.</param>
    /// <param name="FieldCheck">Whether the actor was there and looked.</param>
    /// <param name="To">For a return, a whistle or an arrival: units; for a merger: the other case.</param>
    /// <param name="Until">For a deferral or an extension: RFC 3339 or Unix milliseconds.</param>
    /// <param name="Score">For an evaluation: 1 to 5.</param>
    public sealed record CommandBody(string? Command, string? Actor, string? Reason, bool? FieldCheck, string? To, string? Until, int? Score);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder cases = routes.MapGroup("/api/v1/cases").WithTags("cases");
        cases.MapGet("", List).WithSummary("Cases, newest first; filter by status (comma separated), area, event (exact or family.*), from, to");
        cases.MapPost("", CaseIntakeEndpoint.TakeAsync).WithSummary("A report of people or another system: it joins the open case it belongs to (200), or opens one (201)");
        cases.MapGet("/{caseNo}", One).WithSummary("One case with timeline, clocks and evidence");
        cases.MapPost("/{caseNo}/commands", CommandAsync).WithSummary("A command to a case; an illegal one is 409 with what is legal");
        routes.MapGet("/api/v1/metrics/cases", CaseMetricsEndpoint.Show).WithTags("cases").WithSummary("Evaluation figures of an area and a period, with their formulas and the devices that watch the area");
        routes.MapGet("/api/v1/metrics/load", CaseLoadEndpoint.Show).WithTags("cases").WithSummary("Load of each unit of a level of the area tree and of each lead: open by severity, overdue, opened and closed in a period, devices");
        cases.MapGet("/stream", CaseStream.RunAsync).WithSummary("Server-sent events of all cases; id is the sequence, resumes from Last-Event-ID");
    }

    private static IResult List(ICaseStore store, string? status, string? area, string? @event, string? from, string? to, string? limit, string? cursor)
    {
        if (!QueryText.TryTime("from", from, out EventTime? fromTime, out string error)
            || !QueryText.TryTime("to", to, out EventTime? toTime, out error)
            || !QueryText.TryLimit(limit, DefaultLimit, LargestLimit, out int count, out error)
            || !TryStatuses(status, out IReadOnlyList<CaseStatus>? statuses, out error))
        {
            return Problems.BadRequest(error);
        }

        CaseCursor? after = null;
        if (cursor is not null && !CaseCursor.TryParse(cursor, out after))
        {
            return Problems.BadRequest("cursor is what the page before gave as next");
        }

        CasePage page = store.List(new CaseFilter { Statuses = statuses, Area = area, Event = @event, From = fromTime, To = toTime }, count, after);
        return Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("cases");
            foreach (Case one in page.Cases)
            {
                CaseJson.Write(writer, one, history: null);
            }

            writer.WriteEndArray();
            if (page.Next is { } next)
            {
                writer.WriteString("next", next.ToString());
            }
            else
            {
                writer.WriteNull("next");
            }

            writer.WriteEndObject();
        });
    }

    private static IResult One(ICaseStore store, string caseNo) =>
        store.Find(caseNo) is { } found
            ? Json(writer => CaseJson.Write(writer, found, store.History(caseNo)))
            : Problems.NotFound($"no case {caseNo}");

    private static async Task<IResult> CommandAsync(string caseNo, CommandBody? body, Person person, ICaseStore store, CaseRequests requests)
    {
        if (body?.Command is null || !CaseCommands.TryParse(body.Command, out CaseCommandKind kind) || kind == CaseCommandKind.Rate)
        {
            // A rating has a path and a token of its own: it is nobody's by name.
            return Problems.BadRequest($"command is one of {string.Join(", ", Enum.GetValues<CaseCommandKind>().Where(k => k != CaseCommandKind.Rate).Select(CaseCommands.Word))}");
        }

        string actor = person.IsDeveloper ? body.Actor ?? "" : body.Actor ?? person.Name;
        if (string.IsNullOrWhiteSpace(actor) || actor.Length > CaseCommand.ActorLengthLimit || (body.Reason?.Length ?? 0) > CaseCommand.ReasonLengthLimit || (body.To?.Length ?? 0) > CaseCommand.ToLengthLimit)
        {
            return Problems.BadRequest($"actor (needed where no account says who acts) is 1 to {CaseCommand.ActorLengthLimit} characters, reason at most {CaseCommand.ReasonLengthLimit}, to at most {CaseCommand.ToLengthLimit}");
        }

        if (store.Find(caseNo) is not { } found)
        {
            return Problems.NotFound($"no case {caseNo}");
        }

        EventTime? until = null;
        if (!QueryText.TryTime("until", body.Until, out until, out string error))
        {
            return Problems.BadRequest(error);
        }

        CaseCommand command = new()
        {
            CaseNo = caseNo,
            Command = kind,
            Actor = actor,
            Reason = body.Reason ?? "",
            FieldCheck = body.FieldCheck ?? false,
            To = string.IsNullOrEmpty(body.To) && kind == CaseCommandKind.Arrive ? person.Unit : body.To ?? "",
            Until = until,
            Score = body.Score,
        };
        if (CommandRights.Refuse(person, command, found.Lead) is { } forbidden)
        {
            return Problems.Forbidden(forbidden);
        }

        (CommandResult? answer, IResult? problem) = await requests.SendAsync(id => new CommandPayload(id, command)).ConfigureAwait(false);
        return problem ?? (answer!.Refusal is { } refusal ? Refused(refusal, caseNo) : Json(writer => CaseJson.Write(writer, store.Find(caseNo)!, store.History(caseNo))));
    }

    private static IResult Refused(CaseRefusal refusal, string caseNo)
    {
        int status = refusal.Kind == CaseRefusalKind.BadInput ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict;
        return Results.Problem(
            refusal.Message,
            statusCode: status,
            title: "The command was refused",
            extensions: new Dictionary<string, object?> { ["caseNo"] = caseNo, ["legal"] = refusal.Legal, ["missing"] = refusal.Missing });
    }

    private static bool TryStatuses(string? text, out IReadOnlyList<CaseStatus>? statuses, out string error)
    {
        statuses = null;
        error = "";
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (text == "open")
        {
            statuses = CaseStatusExtensions.Open;
            return true;
        }

        List<CaseStatus> found = [];
        foreach (string part in text.Split(','))
        {
            if (!Enum.TryParse(part, ignoreCase: true, out CaseStatus status) || int.TryParse(part, out _))
            {
                error = $"status is open, or some of {string.Join(", ", Enum.GetNames<CaseStatus>())}, separated by commas";
                return false;
            }

            found.Add(status);
        }

        statuses = found;
        return true;
    }

    private static IResult Json(Action<Utf8JsonWriter> write) => new WrittenJson(write);
}
