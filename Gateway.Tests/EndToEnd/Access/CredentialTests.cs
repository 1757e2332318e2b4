using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Access;

/// <summary>A gateway that is not in development: nobody without a credential, and nobody where another belongs.</summary>
[Collection(ProcessTests.Name)]
public sealed class CredentialTests(ProductionGateway shared) : IClassFixture<ProductionGateway>
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;

    private GatewayProcess Gateway => shared.Process;

    [ComponentTheory("mosquitto_pub")]
    [InlineData("5", 0, 134, 134, 135)]
    [InlineData("311", 0, 4, 4, 5)]
    public async Task Device_gets_in_with_its_password_and_with_nothing_else(string version, int good, int bad, int unknown, int none)
    {
        string password = shared.Passwords["SMK-000001"];
        Assert.Equal(good, (await Mosquitto(version, "-i", "SMK-000001", "-u", "SMK-000001", "-P", password)).ExitCode);
        Assert.Equal(good, (await Mosquitto(version, "-i", "some-client", "-u", "SMK-000001", "-P", password)).ExitCode);
        Assert.Equal(bad, (await Mosquitto(version, "-i", "SMK-000001", "-u", "SMK-000001", "-P", "guess")).ExitCode);
        Assert.Equal(unknown, (await Mosquitto(version, "-i", "SMK-009999", "-u", "SMK-009999", "-P", password)).ExitCode);
        Assert.Equal(none, (await Mosquitto(version, "-i", "SMK-000001")).ExitCode);
    }

    [Fact]
    public async Task Device_is_held_to_its_own_topics_in_everything_it_does()
    {
        await using MqttTestClient client = await shared.ConnectAsync("SMK-000001", V5);
        Assert.Equal(ReasonCode.GrantedQos1, await client.SubscribeAsync("city/v1/smoke/SMK-000001/command", Qos.AtLeastOnce));
        Assert.Equal(ReasonCode.GrantedQos1, await client.SubscribeAsync("$share/g/city/v1/smoke/SMK-000001/command", Qos.AtLeastOnce));
        foreach (string filter in new[] { "#", "city/v1/smoke/+/telemetry", "city/v1/smoke/SMK-000002/command", "$share/g/#", "city/v1/cases/#" })
        {
            Assert.Equal((filter, ReasonCode.NotAuthorized), (filter, await client.SubscribeAsync(filter)));
        }

        foreach (string topic in new[] { "city/v1/smoke/SMK-000002/telemetry", "city/v1/smoke/SMK-000002/status", "city/v1/smoke/SMK-000001/command", "free/topic" })
        {
            await client.PublishAsync(topic, "{}", 7);
            (FixedHeader header, byte[] body) = (await client.ReceiveAsync())!.Value;
            Assert.Equal((topic, PacketType.PubAck, (byte)ReasonCode.NotAuthorized), (topic, header.Type, body[2]));
        }

        Will will = new() { Topic = "city/v1/smoke/SMK-000002/status", Payload = "gone"u8.ToArray(), Retain = true };
        (MqttTestClient refused, ConnAckPacket answer) = await shared.ConnectAsync(shared.Packet("SMK-000003", V5) with { Will = will });
        await refused.DisposeAsync();
        Assert.Equal(ReasonCode.NotAuthorized, answer.ReasonCode);
    }

    [Fact]
    public async Task Tool_uses_the_topics_it_was_given()
    {
        await using MqttTestClient tool = await shared.ConnectAsync("dashboard", V5);
        Assert.Equal(ReasonCode.Success, await tool.SubscribeAsync("city/v1/smoke/+/telemetry"));
        Assert.Equal(ReasonCode.NotAuthorized, await tool.SubscribeAsync("city/v1/#"));
        await using MqttTestClient device = await shared.ConnectAsync("SMK-000002", V5);
        await device.SubscribeAsync("city/v1/smoke/SMK-000002/command", Qos.AtLeastOnce);
        await tool.PublishAsync("city/v1/smoke/SMK-000002/command", "{\"test\":true}", 1);
        Assert.Equal(PacketType.PubAck, (await tool.ReceiveAsync())!.Value.Header.Type);
        Assert.Equal(PacketType.Publish, (await device.ReceiveAsync())!.Value.Header.Type);
    }

    [Theory]
    [InlineData(V5, true)]
    [InlineData(V5, false)]
    [InlineData(V311, true)]
    public async Task Session_of_another_is_not_taken_over(MqttProtocolVersion version, bool cleanStart)
    {
        string clientId = $"shared-{version}-{cleanStart}";
        await using MqttTestClient owner = await shared.ConnectAsync("SMK-000001", version, clientId);
        await owner.SubscribeAsync("city/v1/smoke/SMK-000001/command");
        (MqttTestClient thief, ConnAckPacket answer) = await shared.ConnectAsync(shared.Packet("SMK-000002", version, clientId) with { CleanStart = cleanStart });
        await thief.DisposeAsync();
        Assert.Equal(ReasonCode.NotAuthorized, answer.ReasonCode);
        Assert.Empty(await owner.PingAsync());

        await using MqttTestClient again = await shared.ConnectAsync("SMK-000001", version, clientId);
        if (version == V5)
        {
            (FixedHeader header, byte[] body) = (await owner.ReceiveAsync())!.Value;
            Assert.Equal((PacketType.Disconnect, (byte)ReasonCode.SessionTakenOver), (header.Type, body[0]));
        }

        Assert.Null(await owner.ReceiveAsync());
    }

    [Fact]
    public async Task Session_left_behind_is_not_given_to_another()
    {
        ConnectProperties keep = new() { SessionExpiryIntervalSeconds = 600 };
        (MqttTestClient owner, _) = await shared.ConnectAsync(shared.Packet("SMK-000001", V5, "left-behind") with { Properties = keep });
        await owner.SubscribeAsync("city/v1/smoke/SMK-000001/command");
        await owner.DisposeAsync();

        (MqttTestClient thief, ConnAckPacket refused) = await shared.ConnectAsync(shared.Packet("SMK-000002", V5, "left-behind") with { CleanStart = false });
        await thief.DisposeAsync();
        Assert.Equal(ReasonCode.NotAuthorized, refused.ReasonCode);

        (MqttTestClient again, ConnAckPacket resumed) = await shared.ConnectAsync(shared.Packet("SMK-000001", V5, "left-behind") with { CleanStart = false });
        await again.DisposeAsync();
        Assert.Equal((ReasonCode.Success, true), (resumed.ReasonCode, resumed.SessionPresent));
    }

    [Fact]
    public async Task Password_made_changed_and_revoked_holds_within_seconds_without_a_restart()
    {
        string first = await GatewayCommand.PasswordAsync(Gateway.Data, "FLD-000001");
        await Eventually.BecomesAsync(() => TryAsync("FLD-000001", first), r => r == ReasonCode.Success, "the new password is taken");
        (MqttTestClient connected, _) = await shared.ConnectAsync(Packet("FLD-000001", first));
        string second = await GatewayCommand.PasswordAsync(Gateway.Data, "FLD-000001");
        (FixedHeader header, byte[] body) = (await connected.ReceiveAsync())!.Value;
        await connected.DisposeAsync();
        Assert.Equal((PacketType.Disconnect, (byte)ReasonCode.AdministrativeAction), (header.Type, body[0]));
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await TryAsync("FLD-000001", first));
        Assert.Equal(ReasonCode.Success, await TryAsync("FLD-000001", second));

        (connected, _) = await shared.ConnectAsync(Packet("FLD-000001", second));
        Assert.Equal(0, (await GatewayCommand.RunAsync(null, "devices", "revoke", "FLD-000001", "--data", Gateway.Data)).ExitCode);
        Assert.Equal(PacketType.Disconnect, (await connected.ReceiveAsync())!.Value.Header.Type);
        await connected.DisposeAsync();
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await TryAsync("FLD-000001", second));
    }

    [Fact]
    public async Task Guesses_are_not_looked_at_any_more_after_a_few()
    {
        long before = await Gateway.MetricAsync("gateway_mqtt_backoff_refusals_total");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(ReasonCode.BadUserNameOrPassword, await TryAsync("guessed-at", $"guess-{i}"));
        }

        Assert.Equal(ReasonCode.ConnectionRateExceeded, await TryAsync("guessed-at", "guess"));
        Assert.Equal(before + 1, await Gateway.MetricAsync("gateway_mqtt_backoff_refusals_total"));
        await (await shared.ConnectAsync("SMK-000001", V311)).DisposeAsync();
    }

    [Fact]
    public async Task Passwords_appear_nowhere_outside()
    {
        await using (await shared.ConnectAsync("SMK-000001", V5))
        {
            Assert.Equal(ReasonCode.BadUserNameOrPassword, await TryAsync("SMK-000004", "a-very-secret-guess"));
            string[] secrets = [.. shared.Passwords.Values, "a-very-secret-guess"];
            string[] answers =
            [
                await Gateway.Http.GetStringAsync("/metrics"),
                await Gateway.Http.GetStringAsync("/readyz"),
                await Gateway.Http.GetStringAsync("/api/v1/devices/SMK-000001"),
                await Gateway.Http.GetStringAsync("/api/v1/ledger"),
                Gateway.Errors,
                File.ReadAllText($"/proc/{Gateway.Id}/cmdline"),
                File.ReadAllText(Path.Combine(Gateway.Data, "secrets", "mqtt-credentials")),
            ];
            Assert.All(answers, a => Assert.All(secrets, s => Assert.DoesNotContain(s, a, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Damaged_file_while_running_keeps_everyone_in_and_is_told()
    {
        await using ProductionGateway own = new();
        await own.InitializeAsync();
        string path = Path.Combine(own.Process.Data, "secrets", "mqtt-credentials");
        string good = File.ReadAllText(path);
        File.WriteAllText(path, good + "nonsense\n");
        await Eventually.BecomesAsync(() => own.Process.MetricAsync("gateway_mqtt_credentials_valid"), v => v == 0, "the damage is seen");
        await Eventually.BecomesAsync(
            async () => (Ready: await own.Process.Http.GetStringAsync("/readyz"), Log: own.Process.Errors),
            told => told.Ready.Contains("mqtt-credentials:", StringComparison.Ordinal) && told.Log.Contains("the last good one stays in force", StringComparison.Ordinal),
            "the damage is told of");
        await (await own.ConnectAsync("SMK-000001", V5)).DisposeAsync();
        await own.Process.StopAsync();
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(own.Process.StartAgainAsync);
        Assert.Contains($"{path}:{good.Count(c => c == '\n') + 1}: ", refusal.Message, StringComparison.Ordinal);
    }

    private static ConnectPacket Packet(string name, string password) =>
        new() { Version = V5, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(password), KeepAliveSeconds = 60 };

    private async Task<ReasonCode> TryAsync(string name, string password)
    {
        (MqttTestClient client, ConnAckPacket answer) = await shared.ConnectAsync(Packet(name, password));
        await client.DisposeAsync();
        return answer.ReasonCode;
    }

    private Task<ProgramRun> Mosquitto(string version, params string[] who) =>
        ProgramRun.ToEndAsync("mosquitto_pub", ["-h", "127.0.0.1", "-p", $"{Gateway.MqttPort}", "-V", version, "-q", "1", "-t", "city/v1/smoke/SMK-000001/status", "-m", "online", .. who]);
}
