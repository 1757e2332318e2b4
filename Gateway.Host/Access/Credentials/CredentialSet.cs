using System.Security.Cryptography;
using System.Text;

namespace Gateway.Host.Access.Credentials;

/// <summary>All credentials at one time. Immutable; safe for threads.</summary>
internal sealed class CredentialSet
{
    private static readonly byte[] DecoyKey = RandomNumberGenerator.GetBytes(32);

    private readonly Dictionary<string, StoredCredential> _byName;
    private readonly PasswordHash[] _hashes;

    private CredentialSet(Dictionary<string, StoredCredential> byName)
    {
        _byName = byName;
        _hashes = byName.Count > 0
            ? [.. byName.Values.Select(c => c.Written.Password)]
            : [new PasswordHash(PasswordHash.GeneratedIterations, new byte[PasswordHash.SaltLengthBytes], new byte[PasswordHash.KeyLengthBytes])];
    }

    /// <summary>No credential.</summary>
    public static CredentialSet Empty { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => _byName.Count;

    /// <summary>The credentials, in no order.</summary>
    public IEnumerable<StoredCredential> All => _byName.Values;

    /// <summary>The credential of a device or tool, or null.</summary>
    public StoredCredential? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// A hash to check a password against when there is no such name, for nothing but the time it takes. Which one is picked by a keyed
    /// hash of the name: over many names it takes as long as those of the file do, and for the same name always the same.
    /// </summary>
    public PasswordHash Decoy(string name) =>
        _hashes[(int)(BitConverter.ToUInt32(HMACSHA256.HashData(DecoyKey, Encoding.UTF8.GetBytes(name))) % (uint)_hashes.Length)];

    /// <summary>The set with these credentials; those that did not change are the same objects, with what they remember.</summary>
    public CredentialSet With(IReadOnlyList<Credential> credentials)
    {
        Dictionary<string, StoredCredential> next = new(credentials.Count, StringComparer.Ordinal);
        foreach (Credential credential in credentials)
        {
            StoredCredential? before = Find(credential.Name);
            next.Add(credential.Name, before is not null && before.IsSame(credential) ? before : new StoredCredential(credential));
        }

        return new CredentialSet(next);
    }
}
