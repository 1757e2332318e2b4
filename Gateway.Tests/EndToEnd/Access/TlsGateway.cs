using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Access;

/// <summary>A gateway outside development with TLS listeners, an authority for its own certificate and those of clients, and a password.</summary>
public sealed class TlsGateway : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private CertificateAuthority? _authority;
    private GatewayProcess? _process;

    /// <summary>A device that has a password.</summary>
    public const string Device = "SMK-000001";

    /// <summary>Whether clients must show a certificate.</summary>
    public bool RequiresCertificates { get; init; }

    /// <summary>Whether there are no plaintext listeners.</summary>
    public bool IsTlsOnly { get; init; }

    /// <summary>The gateway.</summary>
    public GatewayProcess Process => _process!;

    /// <summary>The authority.</summary>
    public CertificateAuthority Authority => _authority!;

    /// <summary>The server's certificate, where the gateway has it from.</summary>
    public IssuedCertificate Server { get; private set; } = new("", "", "");

    /// <summary>The device's password.</summary>
    public string Password { get; private set; } = "";

    /// <summary>A path of the test's own.</summary>
    public string Folder => _folder.Path;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _authority = new CertificateAuthority(_folder.Path, "city");
        Server = _authority.Server("server", days: 30);
        string data = _folder.File("data");
        Password = await GatewayCommand.PasswordAsync(data, Device);
        _process = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Data = data,
            Environment = "Production",
            PlaintextPort = IsTlsOnly ? -1 : 0,
            Variables = new Dictionary<string, string>
            {
                ["Gateway__Mqtt__Tls__Port"] = "0",
                ["Gateway__Mqtt__Tls__CertificateFile"] = Server.CertificateFile,
                ["Gateway__Mqtt__Tls__KeyFile"] = Server.KeyFile,
                ["Gateway__Mqtt__Tls__ClientCaFile"] = _authority.File,
                ["Gateway__Mqtt__Tls__ClientCertificates"] = RequiresCertificates ? "required" : "allowed",
                ["Gateway__Http__Tls__Port"] = "0",
            },
        });
        _process.Http.DefaultRequestHeaders.Authorization = await GatewayCommand.BearerAsync(data, "watch", "viewer");
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _authority?.Dispose();
        _folder.Dispose();
    }
}
