using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Host.Access.People;

/// <summary>What a program shows in place of a person's password, as it is kept: never the token itself. Immutable.</summary>
internal sealed class ApiToken
{
    /// <summary>What a token begins with, so that one that leaked is known for what it is.</summary>
    public const string Prefix = "csg_";

    /// <summary>Random bytes of a token: 256 bits, nobody finds it by trying, so one round of SHA-256 keeps it.</summary>
    public const int RandomLengthBytes = 32;

    /// <summary>Length of its hash, bytes.</summary>
    public const int HashLengthBytes = SHA256.HashSizeInBytes;

    /// <summary>Most tokens of one account.</summary>
    public const int CountLimit = 32;

    /// <summary>Its number within the gateway: 8 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for; in the form of an account's name.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the token's text.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The token's last four characters, to tell two apart.</summary>
    public required string Tail { get; init; }

    /// <summary>When it was made, whole seconds.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Makes one; its text is to be shown once.</summary>
    public static (ApiToken Token, string Text) Make(string name, DateTimeOffset now, TimeSpan? lifetime)
    {
        string text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomLengthBytes));
        ApiToken token = new()
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)),
            Name = name,
            Hash = HashOf(text),
            Tail = text[^4..],
            Since = now,
            Until = now + lifetime,
        };
        return (token, text);
    }

    /// <summary>The hash under which a token is kept.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Whether it has ended.</summary>
    public bool IsOver(DateTimeOffset now) => Until <= now;
}
