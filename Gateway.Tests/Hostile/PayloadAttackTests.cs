using System.Text;
using System.Text.Json;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>Payload bombs: acknowledged, one outcome each, nothing stops.</summary>
[Collection(HostileSuite.Name)]
public sealed class PayloadAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    /// <summary>What it is, its payload, and what becomes of it: stored, or the reason of its quarantine.</summary>
    private static readonly (string Name, byte[] Payload, string Outcome)[] Bombs =
    [
        ("a mebibyte of brackets", Fill('[', 1000 * 1024), "not_an_object"),
        ("a mebibyte of braces", Text(string.Concat(Enumerable.Repeat("{\"a\":", 200_000))), "not_an_object"),
        ("nested and closed", Text(new string('[', 10_000) + new string(']', 10_000)), "not_an_object"),
        ("nested inside a member that is not ours", Text("{\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}"), "not_an_object"),
        ("a mebibyte of quotes", Fill('"', 1000 * 1024), "not_json"),
        ("a text that does not end", Text("{\"x\":\"" + new string('a', 1000 * 1024)), "not_json"),
        ("a text over its limit", Text("{\"water_level\":\"" + new string('a', 900 * 1024) + "\"}"), "wrong_type"),
        ("a number with a giant exponent", Text("{\"water_level\":1e999999999}"), "out_of_range"),
        ("a number of a million digits", Text("{\"water_level\":" + new string('9', 1000 * 1024) + "}"), "out_of_range"),
        ("a giant negative exponent", Text("{\"water_level\":1e-999999999}"), "stored"),
        ("a member ten thousand times", Text("{" + string.Join(',', Enumerable.Repeat("\"water_level\":1", 10_000)) + "}"), "duplicate_field"),
        ("a member twice, once escaped", Text("{\"water_level\":1,\"water\\u005flevel\":2}"), "duplicate_field"),
        ("a hundred thousand members that are not ours", Text("{\"water_level\":1," + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"m{i}\":1")) + "}"), "stored"),
        ("more observations than allowed", Text("[" + string.Join(',', Enumerable.Repeat("{\"water_level\":1}", 1001)) + "]"), "too_many_readings"),
        ("half a surrogate pair as a name", Text("{\"\\ud800\":1,\"water_level\":1}"), "stored"),
        ("half a surrogate pair as a time", Text("{\"ts\":\"\\udfff\",\"water_level\":1}"), "bad_time"),
        ("a time that is none", Text("{\"ts\":\"9999999-99-99T99:99:99Z\",\"water_level\":1}"), "bad_time"),
        ("a time after all times", Text("{\"ts\":9223372036854775807,\"water_level\":1}"), "bad_time"),
        ("a time before all times", Text("{\"ts\":-9223372036854775808,\"water_level\":1}"), "bad_time"),
        ("bytes that are not UTF-8", [0x7B, 0x22, 0xC0, 0x80, 0x22, 0x3A, 0x31, 0x7D], "not_json"),
        ("NUL", new byte[1000], "not_json"),
        ("nothing", [], "not_json"),
    ];

    [Fact]
    public Task Payload_bombs_are_acknowledged_and_each_has_the_outcome_it_earns() => AttackAsync(async round =>
    {
        using Peer device = await ConnectAsync(new ConnectOptions { ClientId = $"FLD-{round:D6}" });
        LedgerView before = await LedgerView.SettledAsync(Gateway.Process.Http, 0);
        List<string> wrong = [];
        foreach ((string name, byte[] payload, string outcome) in Bombs)
        {
            await device.SendAsync(Packets.Publish(V5, Bytes.Text($"city/v1/flood/FLD-{round:D6}/telemetry"), payload, qos: 1, id: 1));
            await device.ReceiveAckAsync(PacketType.PubAck, 1);
            LedgerView after = await LedgerView.SettledAsync(Gateway.Process.Http, before.Received + 1);
            string was = after.Stored > before.Stored ? "stored" : after.Quarantined.FirstOrDefault(q => q.Value > before.Quarantined.GetValueOrDefault(q.Key)).Key ?? "nothing";
            if (was != outcome)
            {
                wrong.Add($"{name}: {was}, not {outcome}");
            }

            before = after;
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(1, await Gateway.MetricAsync("gateway_pipeline_healthy"));
    });

    [Fact]
    public Task Replies_to_no_command_cost_a_device_nothing_and_the_gateway_no_alarm() => AttackAsync(async round =>
    {
        using Peer device = await ConnectAsync($"replier-{round}");
        byte[][] payloads = [Text("{\"id\":\"\\ud800\"}"), Text("{\"\\udc00\":\"x\"}"), Fill('[', 900 * 1024), Text("{\"id\":" + new string('[', 100) + "}"), [0xFF, 0x00], Text("{\"id\":1e99}"), []];
        foreach (byte[] payload in payloads)
        {
            await device.SendAsync(Packets.Publish(V5, Bytes.Text("city/v1/flood/FLD-000001/command/reply"), payload, qos: 1, id: 1));
            await device.ReceiveAckAsync(PacketType.PubAck, 1);
        }
    });

    [Fact]
    public async Task Reply_that_is_no_text_does_not_end_the_connection_of_a_device_that_owes_one()
    {
        using Peer device = await ConnectAsync(new ConnectOptions { ClientId = "FLD-000003" }, V311);
        await device.SubscribeAsync(("city/v1/flood/FLD-000003/command", 1));
        Task<HttpResponseMessage> command = Gateway.Process.Http.PostAsync(
            "/api/v1/devices/FLD-000003/commands", new StringContent("{\"command\":\"reset\",\"timeoutSeconds\":20}", Encoding.UTF8, "application/json"));
        Received asked = await device.ReceiveAsync(PacketType.Publish);
        string id = JsonDocument.Parse(asked.Payload).RootElement.GetProperty("id").GetString()!;
        await device.SendAsync(Packets.Ack(PacketType.PubAck, asked.PacketIdentifier));
        foreach (string payload in (string[])["{\"id\":\"\\ud800\"}", "{\"\\udc00\":\"x\",\"id\":\"y\"}", $"{{\"\\ud800\":1,\"id\":\"{id}\"}}"])
        {
            await device.SendAsync(Packets.Publish(V311, "city/v1/flood/FLD-000003/command/reply", payload, qos: 1, id: 7));
            await device.ReceiveAckAsync(PacketType.PubAck, 7);
        }

        await device.SendAsync(Packets.Publish(V311, "city/v1/flood/FLD-000003/command/reply", $"{{\"id\":\"{id}\",\"ok\":true}}", qos: 1, id: 8));
        await device.ReceiveAckAsync(PacketType.PubAck, 8);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await command).StatusCode);
    }

    private static byte[] Fill(char character, int count) => Text(new string(character, count));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
