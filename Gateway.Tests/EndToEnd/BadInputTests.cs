using System.Text.Json;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What comes of input that is wrong: an outcome with a reason for every message, nothing lost, nothing crashed.</summary>
public sealed class BadInputTests
{
    private const string Device = "FLD-000007";
    private const string Topic = $"city/v1/flood/{Device}/telemetry";

    [Fact]
    public async Task Every_bad_payload_is_acknowledged_and_quarantined_with_its_reason()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        (string Payload, string Reason)[] table =
        [
            ("water 0.42", "not_json"),
            ("", "not_json"),
            ("{\"water_level\":0.4", "not_json"),
            ("17", "not_an_object"),
            ("{\"water_level\":\"high\"}", "wrong_type"),
            ("{\"water_level\":true}", "wrong_type"),
            ("{\"water_level\":99}", "out_of_range"),
            ("{\"water_level\":1e300}", "out_of_range"),
            ("{\"water_level\":0.1,\"water_level\":0.2}", "duplicate_field"),
            ("{\"ts\":\"yesterday\",\"water_level\":0.1}", "bad_time"),
            ("{\"depth\":0.4}", "no_known_field"),
        ];
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, Device);
        ushort id = 0;
        foreach ((string payload, _) in table)
        {
            Assert.True(await client.PublishAsync(Topic, payload, ++id));
            Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
        }

        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, table.Length);
        Assert.Equal(table.GroupBy(t => t.Reason).ToDictionary(g => g.Key, g => (long)g.Count()), ledger.Quarantined);
        JsonElement[] listed = [.. (await JsonAsync(gateway, "/api/v1/quarantine")).GetProperty("messages").EnumerateArray()];
        Assert.Equal(table.Reverse().Select(t => t.Reason), listed.Select(m => m.GetProperty("reason").GetString()!));
        Assert.Equal("not_json", listed[^1].GetProperty("reason").GetString());
        Assert.Equal("water 0.42", listed[^1].GetProperty("payload").GetString());
    }

    [Fact]
    public async Task Good_values_beside_a_bad_one_are_used_and_unknown_fields_are_kept_out()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, Device);
        await client.PublishAsync(Topic, "{\"water_level\":0.07,\"battery\":900}", 1);
        await client.PublishAsync(Topic, "{\"rainfall\":1.5,\"mood\":\"good\"}", 2);
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, 2);
        Assert.Equal((1, 1), (ledger.Stored, ledger.Quarantined["out_of_range"]));
        string[] metrics = [.. (await JsonAsync(gateway, $"/api/v1/series?device={Device}")).GetProperty("series").EnumerateArray().Select(s => s.GetProperty("metric").GetString()!)];
        Assert.Equal(["rainfall", "water_level"], metrics);
        Assert.Contains("gateway_payload_unknown_fields_total 1", await gateway.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_of_an_unregistered_device_is_kept_in_the_log_and_named_in_quarantine()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, "FLD-999999");
        await client.PublishAsync("city/v1/flood/FLD-999999/telemetry", "{\"water_level\":0.4}", 1);
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, 1);
        Assert.Equal(1, ledger.Quarantined["unknown_device"]);
        JsonElement message = (await JsonAsync(gateway, "/api/v1/quarantine?reason=unknown_device")).GetProperty("messages")[0];
        Assert.Equal("FLD-999999", message.GetProperty("deviceId").GetString());
        Assert.Contains("not registered", message.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V5)]
    public async Task Payload_of_ten_megabytes_closes_its_sender_from_the_fixed_header_and_nobody_else(MqttProtocolVersion version)
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using MqttTestClient bystander = await MqttTestClient.ConnectAsync(gateway.MqttPort, "FLD-000008");
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, Device, version);
        Assert.True(await client.SendAsync(new byte[] { 0x32, 0x80, 0xAD, 0xE2, 0x04, 0x00 })); // PUBLISH QoS 1, 10,000,000 bytes to come

        (FixedHeader Header, byte[] Body)? answer = await client.ReceiveAsync();
        if (version == MqttProtocolVersion.V5)
        {
            Assert.Equal(PacketType.Disconnect, answer!.Value.Header.Type);
            Assert.Equal((byte)ReasonCode.PacketTooLarge, answer.Value.Body[0]);
            answer = await client.ReceiveAsync();
        }

        Assert.Null(answer);
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, 1);
        Assert.Equal(1, ledger.Rejected["packet_too_large"]);
        Assert.True(await bystander.PublishAsync("city/v1/flood/FLD-000008/telemetry", "{\"water_level\":0.01}", 1));
        Assert.Equal(PacketType.PubAck, (await bystander.ReceiveAsync())!.Value.Header.Type);
    }

    [Fact]
    public async Task Card_number_reaches_neither_the_log_nor_the_quarantine_nor_a_subscriber()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, "ACC-000003");
        await client.PublishAsync("city/v1/access/ACC-000003/event", "{\"event\":\"door_forced\",\"door\":\"D-3\",\"card\":\"0012345678\"}", 1);
        await client.PublishAsync("city/v1/access/ACC-000003/event", "{\"event\":\"door_forced\",\"card\":\"0012345678\"", 2);
        await LedgerView.SettledAsync(gateway.Http, 2);
        Assert.DoesNotContain("0012345678", await gateway.Http.GetStringAsync("/api/v1/quarantine"), StringComparison.Ordinal);
        Assert.Equal(0, await gateway.StopAsync());
        foreach (string file in Directory.EnumerateFiles(gateway.Data, "*", SearchOption.AllDirectories))
        {
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf("0012345678"u8) < 0, file);
        }
    }

    private static async Task<JsonElement> JsonAsync(GatewayProcess gateway, string path) =>
        JsonDocument.Parse(await gateway.Http.GetStringAsync(path)).RootElement;
}
