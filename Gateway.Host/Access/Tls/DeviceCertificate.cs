using System.Security.Cryptography.X509Certificates;
using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Access.Tls;

/// <summary>What a client certificate says of its bearer. Immutable.</summary>
/// <param name="Name">The one common name (CN) of the subject, when it can be a device id; else null.</param>
internal sealed record DeviceCertificate(string? Name)
{
    private const string CommonName = "2.5.4.3";

    /// <summary>
    /// Reads a certificate. Its name is the subject's CN and nothing else: alternative names are for servers, and two places that can
    /// say two things are one too many.
    /// </summary>
    public static DeviceCertificate Of(X509Certificate2 certificate)
    {
        X500RelativeDistinguishedName[] parts = [.. certificate.SubjectName.EnumerateRelativeDistinguishedNames()];
        string?[] names = [.. parts.Where(p => !p.HasMultipleElements && p.GetSingleElementType().Value == CommonName).Select(p => p.GetSingleElementValue())];
        return new DeviceCertificate(names is [{ } name] && !parts.Any(p => p.HasMultipleElements) && Credential.IsName(name) ? name : null);
    }
}
