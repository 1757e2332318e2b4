using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Tests.Support;

/// <summary>An authority of a test's own that issues certificates into PEM files of a folder.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly X509Certificate2 _root;

    /// <summary>Makes the authority and writes its certificate.</summary>
    public CertificateAuthority(string folder, string name)
    {
        _folder = folder;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddDays(400));
        File = Path.Combine(folder, name + ".ca.pem");
        System.IO.File.WriteAllText(File, _root.ExportCertificatePem());
    }

    /// <summary>Its certificate, PEM.</summary>
    public string File { get; }

    /// <summary>A certificate for a server on loopback.</summary>
    public IssuedCertificate Server(string name, int days = 90) => Issue(name, name, ServerUse, days);

    /// <summary>A certificate for a client whose common name is <paramref name="commonName"/>.</summary>
    public IssuedCertificate Client(string name, string commonName, int days = 90) => Issue(name, commonName, ClientUse, days);

    /// <inheritdoc />
    public void Dispose() => _root.Dispose();

    private IssuedCertificate Issue(string name, string commonName, string use, int days)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={commonName}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        DateTimeOffset until = DateTimeOffset.UtcNow.AddDays(days);
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = 1; // positive, without leading zeros
        using X509Certificate2 issued = request.Create(_root, until.AddDays(-100), until, serial);
        IssuedCertificate files = new(Path.Combine(_folder, name + ".pem"), Path.Combine(_folder, name + ".key"), issued.SerialNumber);
        System.IO.File.WriteAllText(files.CertificateFile, issued.ExportCertificatePem());
        System.IO.File.WriteAllText(files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
