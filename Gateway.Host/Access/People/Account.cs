using System.Buffers.Text;
using System.Security.Cryptography;
using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Access.People;

/// <summary>An account of a person, as it is written. Immutable.</summary>
internal sealed record Account
{
    /// <summary>Most accounts a gateway has.</summary>
    public const int CountLimit = 10_000;

    /// <summary>The name under which it acts on cases: 1 to 64 letters, digits, <c>- _ . :</c>; better a number of service 工号 than a person's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its one role.</summary>
    public required Roles Role { get; init; }

    /// <summary>The unit of the responsibility list, or the code of the territory, whose cases it works on; empty for all.</summary>
    public string Unit { get; init; } = "";

    /// <summary>When it last had a new password, role or unit, whole seconds.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Changes with password, role and unit; a session that was begun under another is over.</summary>
    public required string Stamp { get; init; }

    /// <summary>How the password is checked.</summary>
    public required PasswordHash Password { get; init; }

    /// <summary>Its tokens.</summary>
    public IReadOnlyList<ApiToken> Tokens { get; init; } = [];

    /// <summary>A stamp that no account has.</summary>
    public static string NewStamp() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    /// <summary>Whether a text can be the code of a unit or territory.</summary>
    public static bool IsUnit(string text) => text.Length == 0 || (Credential.IsName(text) && text != AccountFile.None);
}
