namespace Gateway.Tests.Support;

/// <summary>A certificate in files.</summary>
/// <param name="CertificateFile">PEM.</param>
/// <param name="KeyFile">PEM.</param>
/// <param name="Serial">Serial number, hex.</param>
public sealed record IssuedCertificate(string CertificateFile, string KeyFile, string Serial)
{
    /// <summary>Puts this certificate where another is, key last.</summary>
    public void Replace(IssuedCertificate other)
    {
        File.Copy(CertificateFile, other.CertificateFile, overwrite: true);
        File.Copy(KeyFile, other.KeyFile, overwrite: true);
    }
}
