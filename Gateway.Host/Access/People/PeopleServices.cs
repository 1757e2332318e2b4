using Gateway.Host.Composition;
using Gateway.Host.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace Gateway.Host.Access.People;

/// <summary>What the gate and its endpoints take from ASP.NET Core: cookies, the keys that seal them, antiforgery tokens.</summary>
internal static partial class PeopleServices
{
    /// <summary>Header of the antiforgery token.</summary>
    public const string AntiforgeryHeader = "X-CSRF-TOKEN";

    private const string AntiforgeryCookie = "gateway-antiforgery";

    /// <summary>Adds them.</summary>
    public static void Add(IServiceCollection services, GatewayRuntime gateway)
    {
        PeopleOptions options = gateway.Settings.People;
        CookieSecurePolicy secure = options.SecureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        string keys = Path.Combine(Path.GetDirectoryName(gateway.Accounts.FilePath)!, "session-keys");
        DurableFile.CreateDirectory(keys);
        services.AddDataProtection().SetApplicationName("city-sensing-gateway").PersistKeysToFileSystem(new DirectoryInfo(keys));
        services.AddAuthentication().AddCookie(PersonSession.Scheme, cookie =>
        {
            cookie.Cookie.Name = PersonSession.CookieName;
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = secure;
            cookie.ExpireTimeSpan = options.SessionIdle;
            cookie.SlidingExpiration = true;
        });
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = AntiforgeryHeader;
            antiforgery.FormFieldName = AntiforgeryHeader;
            antiforgery.Cookie.Name = AntiforgeryCookie;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = secure;
        });
        services.AddSingleton(options);
        services.AddSingleton(gateway.Accounts);
        services.AddSingleton(gateway.SignIn);
        services.AddSingleton(gateway.Setup);
    }

    /// <summary>Puts the gate before every endpoint.</summary>
    public static void UseGate(WebApplication app, bool isDevelopment)
    {
        app.UseRouting(); // the gate goes by the endpoint
        app.UseMiddleware<PeopleGate>(isDevelopment);
        if (isDevelopment)
        {
            app.Lifetime.ApplicationStarted.Register(() => LogDevelopment(app.Logger)); // a start that fails says why in one line, and nothing else
        }
    }

    [LoggerMessage(EventId = 1804, Level = LogLevel.Warning, Message = "people: Development environment: requests from this machine without credentials may do everything, in any name. Set ASPNETCORE_ENVIRONMENT=Production to ask everybody who they are")]
    private static partial void LogDevelopment(ILogger logger);
}
