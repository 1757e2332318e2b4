using Gateway.Host.Access.People;
using Gateway.Host.Cases;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>
/// What those a case was closed for think of it 群众评价: a duty officer hands out the token, whoever has it rates once, and the gateway never
/// learns who that is.
/// </summary>
internal static class RatingEndpoints
{
    /// <summary>Body of a rating.</summary>
    /// <param name="Token">The token.</param>
    /// <param name="Score">1 (bad) to 5 (good).</param>
    public sealed record RatingBody(string? Token, int? Score);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/cases/{caseNo}/rating-token", Issue).WithTags("cases").WithSummary("The token to rate a closed case with, for whoever reported it; the same one each time, good once");
        routes.MapPost("/api/v1/ratings", RateAsync).WithTags("cases").WithSummary("Rates a closed case, 1 to 5, with its token; needs no account");
    }

    private static IResult Issue(string caseNo, Person person, ICaseStore store, RatingTokens tokens, Func<EventTime> now)
    {
        if (store.Find(caseNo) is not { } found)
        {
            return Problems.NotFound($"no case {caseNo}");
        }

        if (!person.IsDeveloper && CaseHands.HasHandled(found, person.Name))
        {
            return Problems.Forbidden($"{person.Name} handled the case: somebody else hands out what it is rated with");
        }

        return Spent(found, now()) is { } problem ? problem : new WrittenJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("caseNo", caseNo);
            writer.WriteString("token", tokens.Of(found));
            writer.WriteString("goodUntil", (found.ClosedAt!.Value + RatingTokens.GoodFor).ToString());
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> RateAsync(RatingBody? body, ICaseStore store, RatingTokens tokens, CaseRequests requests, Func<EventTime> now)
    {
        if (body?.Score is not (>= 1 and <= 5))
        {
            return Problems.BadRequest("score is 1 (bad) to 5 (good)");
        }

        // A stranger learns nothing of a case: whether there is one, whether it is closed.
        string token = body.Token ?? "";
        if (RatingTokens.CaseNoOf(token) is not { } caseNo || store.Find(caseNo) is not { } found || !tokens.IsOf(found, token))
        {
            return Problems.NotFound("this is no token to rate with, or the case has been opened again since");
        }

        if (Spent(found, now()) is { } problem)
        {
            return problem;
        }

        CaseCommand command = new() { CaseNo = caseNo, Command = CaseCommandKind.Rate, Actor = CaseCommand.PublicActor, Score = body.Score };
        (CommandResult? answer, IResult? unsent) = await requests.SendAsync(id => new CommandPayload(id, command)).ConfigureAwait(false);
        return unsent ?? (answer!.Refusal is null ? Results.NoContent() : Used());
    }

    private static IResult? Spent(Case c, EventTime now) =>
        c.Status is not (CaseStatus.Closed or CaseStatus.Evaluated) ? Results.Problem($"a case is rated once it is closed; it is {c.Status}", statusCode: StatusCodes.Status409Conflict, title: "Not to be rated")
        : c.Rating is not null ? Used()
        : now > c.ClosedAt + RatingTokens.GoodFor ? Results.Problem($"a token is good for {RatingTokens.GoodFor.TotalDays} days after the case was closed", statusCode: StatusCodes.Status410Gone, title: "Too late")
        : null;

    private static IResult Used() => Results.Problem("the case has been rated already; a token is good once", statusCode: StatusCodes.Status409Conflict, title: "Rated already");
}
