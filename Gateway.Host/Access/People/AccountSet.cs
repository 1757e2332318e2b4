using System.Security.Cryptography;
using System.Text;
using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Access.People;

/// <summary>All accounts at one time. Immutable; safe for threads.</summary>
internal sealed class AccountSet
{
    private static readonly byte[] DecoyKey = RandomNumberGenerator.GetBytes(32);

    private readonly Dictionary<string, Account> _byName;
    private readonly Dictionary<string, (Account Account, ApiToken Token)> _byToken;
    private readonly HashSet<string> _ended;
    private readonly PasswordHash[] _hashes;

    /// <summary>Makes the set of what a file holds.</summary>
    public AccountSet(IReadOnlyList<Account> accounts, IReadOnlyList<EndedSession> ended)
    {
        _byName = accounts.ToDictionary(a => a.Name, StringComparer.Ordinal);
        _byToken = [];
        foreach (Account account in accounts)
        {
            foreach (ApiToken token in account.Tokens)
            {
                _byToken.TryAdd(Convert.ToHexString(token.Hash), (account, token));
            }
        }

        _ended = new HashSet<string>(ended.Select(e => e.Id), StringComparer.Ordinal);
        _hashes = accounts.Count > 0
            ? [.. accounts.Select(a => a.Password)]
            : [new PasswordHash(PasswordHash.GeneratedIterations, new byte[PasswordHash.SaltLengthBytes], new byte[PasswordHash.KeyLengthBytes])];
    }

    /// <summary>How many there are.</summary>
    public int Count => _byName.Count;

    /// <summary>The accounts by name.</summary>
    public IEnumerable<Account> All => _byName.Values.OrderBy(a => a.Name, StringComparer.Ordinal);

    /// <summary>The account of a name, or null.</summary>
    public Account? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The account that a token stands for; null for one that is unknown, revoked or over. It is found by its hash: how long that takes tells nothing of any token.</summary>
    public (Account Account, ApiToken Token)? FindToken(string text, DateTimeOffset now) =>
        _byToken.TryGetValue(Convert.ToHexString(ApiToken.HashOf(text)), out (Account Account, ApiToken Token) found) && !found.Token.IsOver(now) ? found : null;

    /// <summary>Whether a session was signed out.</summary>
    public bool IsEnded(string session) => _ended.Contains(session);

    /// <summary>
    /// Whether a password is that of a name. For a name that is not there the password is checked against the hash of some account, always
    /// the same one for a name: it takes as long, and is never right.
    /// </summary>
    public bool Verify(string name, ReadOnlySpan<byte> password)
    {
        Account? account = Find(name);
        uint pick = BitConverter.ToUInt32(HMACSHA256.HashData(DecoyKey, Encoding.UTF8.GetBytes(name))) % (uint)_hashes.Length;
        return (account?.Password ?? _hashes[(int)pick]).Matches(password) & account is not null;
    }
}
