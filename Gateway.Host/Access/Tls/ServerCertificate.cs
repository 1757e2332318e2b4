using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Host.Access.Tls;

/// <summary>The server's certificate with its key and chain, and the authorities of clients, as loaded from their files. Immutable.</summary>
internal sealed class ServerCertificate
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _clientAuthorities;

    private ServerCertificate(X509Certificate2 leaf, SslStreamCertificateContext context, X509Certificate2Collection clientAuthorities)
    {
        Context = context;
        NotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        NotBefore = new DateTimeOffset(leaf.NotBefore.ToUniversalTime(), TimeSpan.Zero);
        _clientAuthorities = clientAuthorities;
    }

    /// <summary>What handshakes show.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>From when it is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>When it expires.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Loads what the options name.</summary>
    /// <exception cref="InvalidDataException">A file is not what it should be; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ServerCertificate Load(TlsOptions options)
    {
        string file = options.CertificateFile!;
        string keyFile = options.KeyFile ?? file;
        X509Certificate2 leaf = Read(() => X509Certificate2.CreateFromPemFile(file, keyFile), $"{file} with the key {keyFile}");
        if (OperatingSystem.IsWindows())
        {
            // Windows takes no key that lives in memory only.
            leaf = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
        }

        X509Certificate2Collection chain = Read(() => Import(file), file);
        X509Certificate2[] behind = [.. chain.Where(c => c.Thumbprint != leaf.Thumbprint)];
        X509Certificate2Collection authorities = options.ClientCaFile is { } ca ? Read(() => Import(ca), ca) : [];
        if (options.ClientCaFile is not null && authorities.Count == 0)
        {
            throw new InvalidDataException($"{options.ClientCaFile} has no certificate in PEM");
        }

        SslStreamCertificateContext context = Read(() => SslStreamCertificateContext.Create(leaf, [.. behind], offline: true), file);
        return new ServerCertificate(leaf, context, authorities);
    }

    /// <summary>How a client's certificate is judged: by the given authorities alone, whatever else this machine trusts.</summary>
    public X509ChainPolicy ClientPolicy()
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        foreach (X509Certificate2 authority in _clientAuthorities)
        {
            bool isRoot = authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData);
            (isRoot ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        }

        return policy;
    }

    private static X509Certificate2Collection Import(string file)
    {
        X509Certificate2Collection certificates = [];
        certificates.ImportFromPemFile(file);
        return certificates;
    }

    private static T Read<T>(Func<T> read, string what)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{what}: {e.Message}", e);
        }
    }
}
