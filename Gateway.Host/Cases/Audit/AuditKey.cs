using System.Security.Cryptography;
using System.Text;
using Gateway.Host.Storage;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// A key of checkpoints: the gateway's own, which signs, or a public one, which only checks. ECDSA on P-256 with SHA-256. Immutable.
/// </summary>
internal sealed class AuditKey : IDisposable
{
    private const int FingerprintLengthBytes = 8;
    private const int PublicLimitBytes = 1 << 20;

    private readonly ECDsa _key;

    private AuditKey(ECDsa key)
    {
        _key = key;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, FingerprintLengthBytes));
    }

    /// <summary>First 16 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo in DER).</summary>
    public string Fingerprint { get; }

    /// <summary>The public key as PEM, to be given away.</summary>
    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>Reads the gateway's own key, making one when there is none: whole and durable, or not at all, and for its owner alone.</summary>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    /// <exception cref="InvalidDataException">The file is no such key; the message says what to do.</exception>
    public static AuditKey OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            DurableFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using ECDsa fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            DurableFile.Replace(path, Encoding.ASCII.GetBytes(fresh.ExportPkcs8PrivateKeyPem() + "\n"));
        }

        return Read(path);
    }

    /// <summary>Reads a private or public key from a PEM file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is no such key; the message says what to do.</exception>
    public static AuditKey Read(string path) => Of(File.ReadAllText(path), path);

    /// <summary>Reads public keys from a PEM file, one behind the other.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">Something in it is no such key; the message says what to do.</exception>
    public static IReadOnlyList<AuditKey> ReadPublic(string path)
    {
        if (new FileInfo(path).Length > PublicLimitBytes)
        {
            throw new InvalidDataException($"{path}: has more than {PublicLimitBytes >> 10} KiB; it holds public keys in PEM, restore it from the export");
        }

        string text = File.ReadAllText(path);
        List<AuditKey> keys = [];
        for (int at = 0; !text.AsSpan(at).IsWhiteSpace();)
        {
            if (!PemEncoding.TryFind(text.AsSpan(at), out PemFields found) || !text.AsSpan(at)[found.Label].SequenceEqual("PUBLIC KEY"))
            {
                throw new InvalidDataException($"{path}: holds something that is no public key in PEM; restore it from the export");
            }

            keys.Add(Of(text.AsSpan(at)[found.Location], path));
            at += found.Location.End.Value;
        }

        return keys;
    }

    private static AuditKey Of(ReadOnlySpan<char> pem, string path)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                throw new InvalidDataException($"{path}: is no key of the curve P-256; give the file that audit key printed");
            }

            AuditKey read = new(key);
            key = null!;
            return read;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new InvalidDataException($"{path}: is no audit key in PEM ({e.Message}); restore it from a backup, or give the file that audit key printed", e);
        }
        finally
        {
            key?.Dispose();
        }
    }

    /// <summary>Signs a checkpoint; the key must be the private one.</summary>
    public AuditCheckpoint Sign(AuditCheckpoint checkpoint)
    {
        AuditCheckpoint named = checkpoint with { Key = Fingerprint };
        byte[] signature = _key.SignData(named.SignedBytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return named with { Signature = Convert.ToBase64String(signature) };
    }

    /// <summary>Whether this key signed the checkpoint as it is.</summary>
    public bool Signed(AuditCheckpoint checkpoint)
    {
        byte[] signature = new byte[checkpoint.Signature.Length];
        return Convert.TryFromBase64String(checkpoint.Signature, signature, out int lengthBytes)
            && _key.VerifyData(checkpoint.SignedBytes, signature.AsSpan(0, lengthBytes), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
