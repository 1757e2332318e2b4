namespace Gateway.Host.Access.Tls;

/// <summary>The TLS listener of HTTP, with the certificate of <see cref="TlsOptions"/>. Section <c>Gateway:Http:Tls</c>.</summary>
internal sealed class HttpTlsOptions
{
    /// <summary>Port. Default -1, no listener; 0 picks a free one.</summary>
    public int Port { get; set; } = -1;

    /// <summary>Address to bind. Default <c>Gateway:Host</c>.</summary>
    public string? Host { get; set; }
}
