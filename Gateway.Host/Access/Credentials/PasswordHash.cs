using System.Globalization;
using System.Security.Cryptography;

namespace Gateway.Host.Access.Credentials;

/// <summary>
/// A password as PBKDF2-HMAC-SHA256 keeps it. Immutable; it never shows what it holds.
/// </summary>
/// <remarks>
/// How many rounds depends on where the password comes from. One that the gateway made has 192 random bits: nobody finds it by trying,
/// however fast a try is, so a few rounds do, and a whole city that reconnects after a restart costs seconds. One that a person chose
/// may be in a word list: there each try has to be dear, for whoever stole the file and, alas, for the gateway.
/// </remarks>
internal sealed class PasswordHash
{
    /// <summary>Rounds for a password the gateway made.</summary>
    public const int GeneratedIterations = 100;

    /// <summary>Rounds for a password a person chose.</summary>
    public const int ChosenIterations = 600_000;

    /// <summary>Most rounds that are taken from a file: more would be a way to stall the gateway.</summary>
    public const int IterationLimit = 10_000_000;

    /// <summary>Length of a salt, bytes.</summary>
    public const int SaltLengthBytes = 16;

    /// <summary>Length of a key, bytes.</summary>
    public const int KeyLengthBytes = 32;

    private readonly byte[] _salt;
    private readonly byte[] _key;

    /// <summary>Takes what was stored.</summary>
    /// <exception cref="ArgumentException">A length or the number of rounds is out of range.</exception>
    public PasswordHash(int iterations, byte[] salt, byte[] key)
    {
        if (iterations is < 1 or > IterationLimit || salt.Length != SaltLengthBytes || key.Length != KeyLengthBytes)
        {
            throw new ArgumentException("not a hash as this gateway writes it", nameof(key));
        }

        Iterations = iterations;
        _salt = salt;
        _key = key;
    }

    /// <summary>Rounds of PBKDF2.</summary>
    public int Iterations { get; }

    /// <summary>The salt.</summary>
    public ReadOnlySpan<byte> Salt => _salt;

    /// <summary>What PBKDF2 made of the password.</summary>
    public ReadOnlySpan<byte> Key => _key;

    /// <summary>Hashes a password under a fresh salt.</summary>
    public static PasswordHash Of(ReadOnlySpan<byte> password, int iterations)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLengthBytes);
        return new PasswordHash(iterations, salt, Derive(password, salt, iterations));
    }

    /// <summary>Whether a password is the one; takes as long for any.</summary>
    public bool Matches(ReadOnlySpan<byte> password) => CryptographicOperations.FixedTimeEquals(Derive(password, _salt, Iterations), _key);

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a password hash of {Iterations} rounds");

    private static byte[] Derive(ReadOnlySpan<byte> password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, KeyLengthBytes);
}
