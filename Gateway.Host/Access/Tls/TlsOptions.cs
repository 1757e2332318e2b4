namespace Gateway.Host.Access.Tls;

/// <summary>The TLS listener of MQTT, and the certificate of both TLS listeners. Section <c>Gateway:Mqtt:Tls</c>.</summary>
internal sealed class TlsOptions
{
    /// <summary>Port that MQTT over TLS has by custom.</summary>
    public const int CustomaryPort = 8883;

    /// <summary>Port. Default 8883 when a certificate is given, else none; 0 picks a free one; -1 is no listener.</summary>
    public int? Port { get; set; }

    /// <summary>Address to bind. Default <c>Gateway:Host</c>.</summary>
    public string? Host { get; set; }

    /// <summary>PEM file with the server's certificate, and the intermediate ones behind it. Default none: no TLS.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file with its private key, not encrypted. Default: the certificate file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>PEM file with the authorities that issue client certificates; no others are trusted. Default none.</summary>
    public string? ClientCaFile { get; set; }

    /// <summary>Whether clients show certificates. Default none.</summary>
    public ClientCertificates ClientCertificates { get; set; }

    /// <summary>The port to listen on, or -1.</summary>
    public int EffectivePort => Port ?? (CertificateFile is null ? -1 : CustomaryPort);

    /// <summary>What is wrong with the figures, one line each; the files are looked at when they are loaded.</summary>
    public IEnumerable<string> Validate()
    {
        if (Port is < -1 or > 65535)
        {
            yield return "Gateway:Mqtt:Tls:Port is from 0 to 65535; 0 picks a free one, -1 is no listener";
        }

        if (CertificateFile is null && (Port >= 0 || KeyFile is not null || ClientCaFile is not null))
        {
            yield return "Gateway:Mqtt:Tls: there is no TLS without CertificateFile";
        }

        if ((ClientCertificates == ClientCertificates.None) != (ClientCaFile is null))
        {
            yield return "Gateway:Mqtt:Tls: ClientCaFile and ClientCertificates (allowed or required) go together";
        }
    }
}
