using System.Globalization;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.People;
using Gateway.Host.City;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Api.People;

/// <summary>Accounts and their tokens, for admins. Secrets are in one answer, once.</summary>
internal static partial class AccountEndpoints
{
    private const int LongestTokenDays = 3660;

    /// <summary>Body of a new account.</summary>
    /// <param name="Name">1 to 64 letters, digits, <c>- _ . :</c></param>
    /// <param name="Role">viewer, officer, supervisor, operator or admin.</param>
    /// <param name="Unit">A unit of the responsibility list or the code of an area; none for all.</param>
    public sealed record AccountBody(string? Name, string? Role, string? Unit);

    /// <summary>Body of another role.</summary>
    /// <param name="Role">viewer, officer, supervisor, operator or admin.</param>
    /// <param name="Unit">As of a new account; none for all.</param>
    public sealed record RoleBody(string? Role, string? Unit);

    /// <summary>Body of a new token.</summary>
    /// <param name="Name">What it is for.</param>
    /// <param name="ExpiresDays">When it ends; none for never.</param>
    public sealed record TokenBody(string? Name, int? ExpiresDays);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1/accounts").WithTags("people");
        api.MapGet("", List).WithSummary("Accounts with their roles, units and tokens; no secret is among it");
        api.MapPost("", Add).WithSummary("A new account; its password is in this answer and nowhere else");
        api.MapPut("/{name}/role", SetRole).WithSummary("Another role or unit; the account's sessions end");
        api.MapPost("/{name}/password", SetPassword).WithSummary("A new password, in this answer and nowhere else; the account's sessions end");
        api.MapDelete("/{name}", Remove).WithSummary("Takes an account away, with its sessions and tokens");
        api.MapPost("/{name}/tokens", AddToken).WithSummary("A token for a program; it is in this answer and nowhere else");
        api.MapDelete("/{name}/tokens/{id}", RevokeToken).WithSummary("Takes a token back");
    }

    private static IResult List(AccountStore accounts) => Results.Json(new
    {
        accounts = accounts.Look().All.Select(a => new
        {
            name = a.Name,
            role = RoleWords.Word(a.Role),
            unit = a.Unit.Length == 0 ? null : a.Unit,
            since = AccountFile.TimeText(a.Since),
            tokens = a.Tokens.Select(t => new { id = t.Id, name = t.Name, since = AccountFile.TimeText(t.Since), until = t.Until is { } until ? AccountFile.TimeText(until) : null, tail = t.Tail }),
        }),
    });

    private static IResult Add(HttpContext context, AccountBody? body, Person person, AccountStore accounts, CityWatcher city, Func<EventTime> now, TimeProvider time, ILogger<AccountStore> logger)
    {
        if (body?.Name is not { } name || !RoleWords.TryParse(body.Role, out Roles role) || !IsUnit(body.Unit, city, now()))
        {
            return Problems.BadRequest($"{BadRole}, with a name");
        }

        NewPassword password = NewPassword.Random();
        if (accounts.Edit(editor => editor.Add(name, role, body.Unit ?? "", password.Hash, time.GetUtcNow())) is { } refusal)
        {
            return Refused(refusal, Problems.BadRequest);
        }

        LogChanged(logger, person.Name, "made", name);
        return Secret(context, new { name, role = body.Role, unit = body.Unit, password = password.ToShow }, StatusCodes.Status201Created);
    }

    private static IResult SetRole(string name, RoleBody? body, Person person, AccountStore accounts, CityWatcher city, Func<EventTime> now, TimeProvider time, ILogger<AccountStore> logger) =>
        !RoleWords.TryParse(body?.Role, out Roles role) || !IsUnit(body!.Unit, city, now())
            ? Problems.BadRequest(BadRole)
            : Answer(accounts.Edit(editor => LastAdmin(editor, name, role) ?? editor.SetRole(name, role, body.Unit, time.GetUtcNow())), logger, person, "gave another role to", name);

    private static IResult SetPassword(HttpContext context, string name, Person person, AccountStore accounts, TimeProvider time, ILogger<AccountStore> logger)
    {
        NewPassword password = NewPassword.Random();
        if (accounts.Edit(editor => editor.SetPassword(name, password.Hash, time.GetUtcNow())) is { } refusal)
        {
            return Refused(refusal, Problems.NotFound);
        }

        LogChanged(logger, person.Name, "gave a new password to", name);
        return Secret(context, new { name, password = password.ToShow }, StatusCodes.Status200OK);
    }

    private static IResult Remove(string name, Person person, AccountStore accounts, ILogger<AccountStore> logger) =>
        Answer(accounts.Edit(editor => LastAdmin(editor, name, Roles.None) ?? editor.Remove(name)), logger, person, "removed", name);

    private static IResult AddToken(HttpContext context, string name, TokenBody? body, Person person, AccountStore accounts, TimeProvider time, ILogger<AccountStore> logger)
    {
        if (body?.Name is not { } purpose || body.ExpiresDays is < 1 or > LongestTokenDays)
        {
            return Problems.BadRequest(string.Create(CultureInfo.InvariantCulture, $"send what the token is for as name, and expiresDays from 1 to {LongestTokenDays} or none"));
        }

        (ApiToken token, string text) = ApiToken.Make(purpose, time.GetUtcNow(), body.ExpiresDays is { } days ? TimeSpan.FromDays(days) : null);
        if (accounts.Edit(editor => editor.AddToken(name, token)) is { } refusal)
        {
            return Refused(refusal, Problems.BadRequest);
        }

        LogChanged(logger, person.Name, "made a token for", name);
        return Secret(context, new { id = token.Id, name = token.Name, until = token.Until is { } until ? AccountFile.TimeText(until) : null, token = text }, StatusCodes.Status201Created);
    }

    private static IResult RevokeToken(string name, string id, Person person, AccountStore accounts, ILogger<AccountStore> logger) =>
        Answer(accounts.Edit(editor => editor.RevokeToken(name, id)), logger, person, "revoked a token of", name);

    private static string BadRole => $"role is one of {string.Join(", ", RoleWords.All.Select(RoleWords.Word))}, and unit one of the responsibility list, the code of an area, or left out";

    private static bool IsUnit(string? unit, CityWatcher city, EventTime now) =>
        string.IsNullOrEmpty(unit) || city.Latest.Definition.Responsibility.Units.ContainsKey(unit) || city.Latest.AreasAt(now).Find(unit) is not null;

    /// <summary>Why a change would leave nobody who can make accounts.</summary>
    private static string? LastAdmin(AccountEditor editor, string name, Roles next) =>
        next != Roles.Admin && editor.Accounts.TryGetValue(name, out Account? account) && account.Role == Roles.Admin && editor.Accounts.Values.Count(a => a.Role == Roles.Admin) == 1
            ? $"{name} is the last admin: make another first, or use the command users beside the gateway"
            : null;

    private static IResult Answer(AccountRefusal? refusal, ILogger logger, Person person, string did, string name)
    {
        if (refusal is not null)
        {
            return Refused(refusal, problem => Results.Problem(problem, statusCode: StatusCodes.Status409Conflict, title: "Nothing was changed"));
        }

        LogChanged(logger, person.Name, did, name);
        return Results.NoContent();
    }

    private static IResult Refused(AccountRefusal refusal, Func<string, IResult> otherwise) =>
        refusal.IsFile ? Problems.Unavailable(refusal.Problem) : otherwise(refusal.Problem);

    private static IResult Secret<T>(HttpContext context, T value, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(value, statusCode: status);
    }

    [LoggerMessage(EventId = 1807, Level = LogLevel.Information, Message = "people: {Admin} {Did} {Name}")]
    private static partial void LogChanged(ILogger logger, string admin, string did, string name);
}
