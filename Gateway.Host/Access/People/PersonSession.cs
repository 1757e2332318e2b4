using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;

namespace Gateway.Host.Access.People;

/// <summary>What the cookie of a session says, sealed by the gateway's keys. Immutable.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Id">Its number, new at each sign-in: nobody can have planted it before.</param>
/// <param name="Stamp">The account's stamp when it began.</param>
/// <param name="Began">When it began.</param>
internal sealed record PersonSession(string Account, string Id, string Stamp, DateTimeOffset Began)
{
    /// <summary>Scheme of ASP.NET Core's cookie authentication.</summary>
    public const string Scheme = "session";

    /// <summary>Name of the cookie.</summary>
    public const string CookieName = "gateway-session";

    private const string StampClaim = "stamp";
    private const string BeganClaim = "began";

    /// <summary>Begins one.</summary>
    public static PersonSession Begin(Account account, DateTimeOffset now) =>
        new(account.Name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), account.Stamp, now);

    /// <summary>Reads what the cookie said; null for what this gateway did not write.</summary>
    public static PersonSession? Of(ClaimsPrincipal principal) =>
        principal.FindFirstValue(ClaimTypes.Name) is { } name
        && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
        && principal.FindFirstValue(StampClaim) is { } stamp
        && long.TryParse(principal.FindFirstValue(BeganClaim), NumberStyles.None, CultureInfo.InvariantCulture, out long began)
            ? new PersonSession(name, id, stamp, DateTimeOffset.FromUnixTimeMilliseconds(began))
            : null;

    /// <summary>As the cookie says it.</summary>
    public ClaimsPrincipal ToPrincipal() => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, Account),
            new Claim(ClaimTypes.NameIdentifier, Id),
            new Claim(StampClaim, Stamp),
            new Claim(BeganClaim, Began.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
        ],
        Scheme));

    /// <summary>The account, while the session holds; null when it is over: signed out, too old, or the account is gone or another than when it began.</summary>
    public Account? Open(AccountSet accounts, TimeSpan longest, DateTimeOffset now) =>
        now - Began < longest && !accounts.IsEnded(Id) && accounts.Find(Account) is { } found && found.Stamp == Stamp ? found : null;
}
