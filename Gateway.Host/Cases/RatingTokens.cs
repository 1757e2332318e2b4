using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>
/// Tokens to rate a closed case with 群众评价, each good once: <c>AJ-20260127-000001.</c> and 128 bits of an HMAC-SHA256 over the number and how
/// often the case had been reopened. Nothing is kept of them, and nothing of who has one: that a case is rated stands in its history.
/// </summary>
/// <param name="key">At least 32 random bytes.</param>
internal sealed class RatingTokens(byte[] key)
{
    /// <summary>How long after the closing a token is good.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromDays(30);

    private const int CodeLengthBytes = 16;
    private const int LengthLimit = 128;

    /// <summary>The token of the latest closing of a case.</summary>
    public string Of(Case closed) => $"{closed.CaseNo}.{Base64Url.EncodeToString(Code(closed))}";

    /// <summary>The number of the case a token says it is for; null for a text of no such form.</summary>
    public static string? CaseNoOf(string token) => token.Length <= LengthLimit && token.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? token[..dot] : null;

    /// <summary>Whether it is the token of the latest closing of the case.</summary>
    public bool IsOf(Case closed, string token) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Of(closed)));

    private byte[] Code(Case closed) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"rating of {closed.CaseNo}, closing {closed.Reopens}"))[..CodeLengthBytes];
}
