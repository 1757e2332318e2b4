using System.Globalization;
using System.Net;
using System.Text;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.People;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Gateway.Host.Api.People;

/// <summary>Signing in and out, and the first account of a gateway.</summary>
internal static partial class SessionEndpoints
{
    private const int NameLengthLimit = 256;

    // A name no account has: tries with set-up tokens wait for each other.
    private const string SetupName = "/setup";

    /// <summary>Body of a sign-in.</summary>
    /// <param name="Name">Name of the account.</param>
    /// <param name="Password">Its password.</param>
    public sealed record SignInBody(string? Name, string? Password);

    /// <summary>Body of a change of one's own password.</summary>
    /// <param name="Password">The password so far.</param>
    /// <param name="NewPassword">The new one, 12 characters or more.</param>
    public sealed record PasswordBody(string? Password, string? NewPassword);

    /// <summary>Body of a set-up.</summary>
    /// <param name="Token">What stands in the file of the set-up token.</param>
    /// <param name="Name">Name of the first admin.</param>
    /// <param name="Password">Its password, 12 characters or more.</param>
    public sealed record SetupBody(string? Token, string? Name, string? Password);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1").WithTags("people");
        api.MapPost("/session", BeginAsync).WithSummary("Signs in with name and password: a cookie, who you are, and the antiforgery token");
        api.MapGet("/session", Show).WithSummary("Who you are, and with a cookie the antiforgery token that its unsafe requests carry in X-CSRF-TOKEN");
        api.MapDelete("/session", EndAsync).WithSummary("Signs out: the cookie opens nothing any more, also a copy of it");
        api.MapPost("/session/password", ChangePasswordAsync).WithSummary("Changes your own password; your sessions end, your tokens stay");
        api.MapPost("/setup", SetUpAsync).WithSummary("Makes the first admin of a gateway that has no account, with the set-up token");
    }

    private static async Task<IResult> BeginAsync(HttpContext context, SignInBody? body, SignIn signIn, TimeProvider time, IAntiforgery antiforgery, ILogger<SignIn> logger)
    {
        if (string.IsNullOrEmpty(body?.Name) || string.IsNullOrEmpty(body.Password) || body.Name.Length > NameLengthLimit || body.Password.Length > NewPassword.ChosenLengthLimitBytes)
        {
            return Problems.BadRequest("send a JSON object with name and password");
        }

        SignInResult result = await signIn.TryAsync(context.Connection.RemoteIpAddress, body.Name, body.Password).ConfigureAwait(false);
        if (result.Account is not { } account)
        {
            return Refused(context, result.Wait, "name or password is wrong");
        }

        PersonSession session = PersonSession.Begin(account, time.GetUtcNow());
        context.User = session.ToPrincipal(); // the antiforgery token is that of the new session
        await context.SignInAsync(PersonSession.Scheme, context.User).ConfigureAwait(false);
        LogSignedIn(logger, account.Name, context.Connection.RemoteIpAddress);
        return Describe(context, account.Name, account.Role, account.Unit, antiforgery);
    }

    private static IResult Show(HttpContext context, Person person, IAntiforgery antiforgery) =>
        Describe(context, person.Name, person.Roles, person.Unit, person.Session is null ? null : antiforgery);

    private static async Task<IResult> EndAsync(HttpContext context, Person person, AccountStore accounts, PeopleOptions options, TimeProvider time)
    {
        if (person.Session is not { } session)
        {
            return Problems.BadRequest("a token has no session: revoke it instead");
        }

        EndedSession ended = new(session.Id, session.Began + options.SessionLongest);
        if (accounts.Edit(editor => editor.EndSession(person.Name, ended, time.GetUtcNow())) is { } refusal)
        {
            return Problems.Unavailable(refusal.Problem);
        }

        await context.SignOutAsync(PersonSession.Scheme).ConfigureAwait(false);
        return Results.NoContent();
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, PasswordBody? body, Person person, SignIn signIn, AccountStore accounts, TimeProvider time)
    {
        if (person.IsDeveloper || string.IsNullOrEmpty(body?.Password) || body.Password.Length > NewPassword.ChosenLengthLimitBytes)
        {
            return Problems.BadRequest("send a JSON object with password and newPassword, signed in with an account");
        }

        if (NewPassword.Fault(body.NewPassword ?? "") is { } fault)
        {
            return Problems.BadRequest(fault);
        }

        // In the turn, and only behind the old password: each hash is dear, and somebody without it must not have us make any.
        NewPassword? chosen = null;
        SignInResult result = await signIn.TryAsync(context.Connection.RemoteIpAddress, person.Name, () =>
        {
            Account? account = accounts.Look().Verify(person.Name, Encoding.UTF8.GetBytes(body.Password)) ? accounts.Look().Find(person.Name) : null;
            chosen = account is null ? null : NewPassword.Chosen(body.NewPassword!, out _);
            return account;
        }).ConfigureAwait(false);
        return result.Account is null || chosen is null ? Refused(context, result.Wait, "password is not yours")
            : accounts.Edit(editor => editor.SetPassword(person.Name, chosen.Hash, time.GetUtcNow())) is { } refusal ? refusal.IsFile ? Problems.Unavailable(refusal.Problem) : Problems.NotFound(refusal.Problem)
            : Results.NoContent();
    }

    private static async Task<IResult> SetUpAsync(HttpContext context, SetupBody? body, SetupToken setup, SignIn signIn, AccountStore accounts, TimeProvider time, ILogger<SetupToken> logger)
    {
        if (string.IsNullOrEmpty(body?.Token) || body.Token.Length > NameLengthLimit || string.IsNullOrEmpty(body.Name) || string.IsNullOrEmpty(body.Password))
        {
            return Problems.BadRequest("send a JSON object with token, name and password");
        }

        if (body.Password.Length > NewPassword.ChosenLengthLimitBytes || !Credential.IsName(body.Name))
        {
            return Problems.BadRequest($"name is 1 to {Credential.NameLengthLimit} letters, digits, - _ . : and password has at most {NewPassword.ChosenLengthLimitBytes} bytes");
        }

        string problem = "";
        bool isToken = false, isFile = false;
        SignInResult result = await signIn.TryAsync(context.Connection.RemoteIpAddress, SetupName, () =>
        {
            isToken = setup.Matches(body.Token);
            if (!isToken || NewPassword.Chosen(body.Password, out problem) is not { } chosen)
            {
                return null;
            }

            // Under the file's lock: of those who come at once with the token one is first.
            AccountRefusal? refusal = accounts.Edit(editor => editor.Accounts.Count > 0
                ? "this gateway has an account already"
                : editor.Add(body.Name, Roles.Admin, "", chosen.Hash, time.GetUtcNow()));
            (problem, isFile) = (refusal?.Problem ?? "", refusal?.IsFile ?? false);
            return refusal is null ? accounts.Look().Find(body.Name) : null;
        }).ConfigureAwait(false);
        if (!isToken)
        {
            return Refused(context, result.Wait, "the token is wrong, or the gateway has been set up; its log says where the token is while it is good");
        }

        if (result.Account is null)
        {
            return isFile ? Problems.Unavailable(problem) : Problems.BadRequest(problem);
        }

        setup.Withdraw();
        LogSetUp(logger, body.Name);
        return Results.Json(new { name = body.Name, role = RoleWords.Word(Roles.Admin) }, statusCode: StatusCodes.Status201Created);
    }

    private static IResult Describe(HttpContext context, string name, Roles roles, string unit, IAntiforgery? antiforgery)
    {
        string? antiforgeryToken = antiforgery?.GetAndStoreTokens(context).RequestToken;
        context.Response.Headers.CacheControl = "no-store"; // behind the antiforgery token, which would warn that it is there
        return Results.Json(new
        {
            name,
            roles = RoleWords.All.Where(r => roles.HasFlag(r)).Select(RoleWords.Word),
            unit = unit.Length == 0 ? null : unit,
            antiforgeryToken,
        });
    }

    private static IResult Refused(HttpContext context, TimeSpan wait, string why)
    {
        if (wait == TimeSpan.Zero)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Results.Problem(why, statusCode: StatusCodes.Status401Unauthorized, title: "Not signed in");
        }

        string seconds = Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        return Results.Problem($"too many failures before; come again in {seconds} s", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many failures");
    }

    [LoggerMessage(EventId = 1805, Level = LogLevel.Information, Message = "people: {Name} signed in from {Address}")]
    private static partial void LogSignedIn(ILogger logger, string name, IPAddress? address);

    [LoggerMessage(EventId = 1806, Level = LogLevel.Warning, Message = "people: {Name} is the first admin; the set-up token is gone")]
    private static partial void LogSetUp(ILogger logger, string name);
}
