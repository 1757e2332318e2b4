using System.Security.Cryptography;

namespace Gateway.Host.Access.Credentials;

/// <summary>
/// A credential in the running gateway. It remembers the password that was found right, under a hash keyed with a number only this
/// process knows, so that a device that reconnects costs one HMAC. Whoever was let in with it holds on to it, and sees when it is
/// withdrawn. Safe for threads.
/// </summary>
internal sealed class StoredCredential(Credential credential)
{
    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

    private readonly string _line = CredentialFile.LineOf(credential);
    private byte[]? _remembered;
    private volatile bool _withdrawn;

    /// <summary>As it is written.</summary>
    public Credential Written => credential;

    /// <summary>Whether it is gone from the file, or has another password or other rights now.</summary>
    public bool IsWithdrawn => _withdrawn;

    /// <summary>Whether this is the password that was found right before.</summary>
    public bool Remembers(ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(Mac(password), Volatile.Read(ref _remembered) ?? []);

    /// <summary>Checks a password the long way, and remembers it when it is right.</summary>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        bool right = credential.Password.Matches(password);
        if (right)
        {
            Volatile.Write(ref _remembered, Mac(password));
        }

        return right;
    }

    /// <summary>Whether a line of the file says the same.</summary>
    public bool IsSame(Credential other) => _line == CredentialFile.LineOf(other);

    /// <summary>It does not hold any more.</summary>
    public void Withdraw() => _withdrawn = true;

    private byte[] Mac(ReadOnlySpan<byte> password) => HMACSHA256.HashData(ProcessKey, password);
}
