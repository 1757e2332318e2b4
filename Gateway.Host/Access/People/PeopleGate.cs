using Gateway.Host.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Primitives;

namespace Gateway.Host.Access.People;

/// <summary>
/// Stands before every endpoint: finds who asks, and lets pass whom <see cref="EndpointRights"/> names for it. An endpoint that no row
/// names lets nobody pass. Middleware of ASP.NET Core.
/// </summary>
/// <param name="next">What stands behind it.</param>
/// <param name="accounts">The accounts.</param>
/// <param name="options">How long sessions last.</param>
/// <param name="antiforgery">Whether a page of ours sent a request.</param>
/// <param name="time">When sessions and tokens end: the world's time, also in an exercise.</param>
/// <param name="isDevelopment">Whether whoever works on this machine needs no account.</param>
internal sealed class PeopleGate(RequestDelegate next, AccountStore accounts, PeopleOptions options, IAntiforgery antiforgery, TimeProvider time, bool isDevelopment)
{
    private const string Bearer = "Bearer ";

    /// <summary>Lets a request pass, or answers it.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        Person? person = await WhoAsync(context).ConfigureAwait(false);
        context.Features.Set(person);
        Roles allowed = EndpointRights.Of(context);
        if (!allowed.HasFlag(Roles.Anonymous))
        {
            if (person is null)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await Problems.Unauthorized(accounts.Look().Count == 0).ExecuteAsync(context).ConfigureAwait(false);
                return;
            }

            if ((person.Roles & allowed) == Roles.None)
            {
                await Problems.Forbidden($"{RoleWords.List(person.Roles)} may not do this; {(allowed == Roles.None ? "nobody may" : $"{RoleWords.List(allowed)} may")}").ExecuteAsync(context).ConfigureAwait(false);
                return;
            }

            if (person.Session is not null && IsUnsafe(context.Request.Method) && !await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                await Problems.BadRequest($"a request with a cookie that changes something has the header {PeopleServices.AntiforgeryHeader}, with the antiforgeryToken of GET /api/v1/session").ExecuteAsync(context).ConfigureAwait(false);
                return;
            }
        }

        await next(context).ConfigureAwait(false);
    }

    private static bool IsUnsafe(string method) => !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));

    /// <summary>Whoever shows something is judged by it, and by nothing else.</summary>
    private async Task<Person?> WhoAsync(HttpContext context)
    {
        StringValues authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            return authorization is [{ } one] && one.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? OfToken(one[Bearer.Length..].Trim()) : null;
        }

        if (context.Request.Cookies.ContainsKey(PersonSession.CookieName))
        {
            AuthenticateResult result = await context.AuthenticateAsync(PersonSession.Scheme).ConfigureAwait(false);
            if (result.Principal is null || PersonSession.Of(result.Principal) is not { } session)
            {
                return null;
            }

            context.User = result.Principal; // the antiforgery token is that of this session
            return OfSession(session);
        }

        return isDevelopment && DeveloperRequest.Is(context)
            ? new Person { Name = Person.DeveloperName, Roles = Roles.Everyone, IsDeveloper = true, Holds = () => true }
            : null;
    }

    private Person? OfToken(string text) => accounts.Look().FindToken(text, time.GetUtcNow()) is ({ } account, _)
        ? new Person { Name = account.Name, Roles = account.Role, Unit = account.Unit, Holds = () => OfToken(text)?.Roles == account.Role }
        : null;

    private Person? OfSession(PersonSession session) => session.Open(accounts.Look(), options.SessionLongest, time.GetUtcNow()) is { } account
        ? new Person { Name = account.Name, Roles = account.Role, Unit = account.Unit, Session = session, Holds = () => OfSession(session) is not null }
        : null;
}
