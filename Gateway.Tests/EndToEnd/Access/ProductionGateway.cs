using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Access;

/// <summary>A gateway outside development, with passwords for a few devices of the sample city and one tool.</summary>
public sealed class ProductionGateway : IAsyncLifetime, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _passwords = [];
    private GatewayProcess? _process;

    /// <summary>The gateway.</summary>
    public GatewayProcess Process => _process!;

    /// <summary>Passwords by name.</summary>
    public IReadOnlyDictionary<string, string> Passwords => _passwords;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        string data = _folder.File("data");
        foreach (string device in new[] { "SMK-000001", "SMK-000002", "SMK-000003" })
        {
            _passwords[device] = await GatewayCommand.PasswordAsync(data, device);
        }

        _passwords["dashboard"] = await GatewayCommand.ToolAsync(data, "dashboard", "--subscribe", "city/v1/smoke/+/telemetry", "--publish", "city/v1/+/+/command");
        _process = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = data, Environment = "Production" });
        _process.Http.DefaultRequestHeaders.Authorization = await GatewayCommand.BearerAsync(data, "watch", "viewer");
    }

    /// <summary>The CONNECT of somebody who has a password.</summary>
    public ConnectPacket Packet(string name, MqttProtocolVersion version, string? clientId = null) => new()
    {
        Version = version,
        ClientId = clientId ?? name,
        UserName = name,
        Password = Encoding.UTF8.GetBytes(_passwords[name]),
        KeepAliveSeconds = 60,
    };

    /// <summary>Connects somebody who has a password.</summary>
    public async Task<MqttTestClient> ConnectAsync(string name, MqttProtocolVersion version, string? clientId = null)
    {
        (MqttTestClient client, ConnAckPacket answer) = await ConnectAsync(Packet(name, version, clientId));
        Assert.Equal(ReasonCode.Success, answer.ReasonCode);
        return client;
    }

    /// <summary>Connects with any CONNECT.</summary>
    public Task<(MqttTestClient Client, ConnAckPacket Answer)> ConnectAsync(ConnectPacket packet) => MqttTestClient.ConnectAsync(Process.MqttPort, packet);

    /// <inheritdoc />
    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }
}
