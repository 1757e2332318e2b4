using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What paho's Python client gets from the gateway; the scenarios are in <c>Fixtures/paho/client.py</c>.</summary>
[Collection(ProcessTests.Name)]
public sealed class PahoClientTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    private const string Paho = "python3-paho-mqtt";

    [ComponentTheory(Paho)]
    [InlineData("311", 0, "FLD-000020")]
    [InlineData("311", 1, "FLD-000021")]
    [InlineData("311", 2, "FLD-000022")]
    [InlineData("5", 0, "FLD-000023")]
    [InlineData("5", 1, "FLD-000024")]
    [InlineData("5", 2, "FLD-000025")]
    public async Task Two_hundred_messages_arrive_in_order_and_are_counted_once(string version, int qos, string device)
    {
        await RunAsync("flow", version, qos, device);
        LedgerView counts = await Eventually.BecomesAsync(
            async () => LedgerView.Of((await gateway.Process.JsonAsync($"/api/v1/ledger?device={device}")).GetProperty("devices")[0]),
            counts => counts.InFlight == 0,
            "an outcome for every message");
        Assert.Equal((200, 200), (counts.Received, counts.Stored));
    }

    [ComponentTheory(Paho)]
    [InlineData("311", 1, "FLD-000026")]
    [InlineData("311", 2, "FLD-000027")]
    [InlineData("5", 1, "FLD-000028")]
    [InlineData("5", 2, "FLD-000029")]
    public async Task Session_left_behind_is_resumed_with_what_was_queued(string version, int qos, string device) =>
        await RunAsync("resume", version, qos, device);

    [ComponentTheory(Paho)]
    [InlineData("311", "FLD-000030")]
    [InlineData("5", "FLD-000031")]
    public async Task Second_connection_of_a_client_id_closes_the_first(string version, string device) =>
        await RunAsync("takeover", version, 1, device);

    [Fact]
    public async Task Client_taken_over_is_told_so_by_its_reason_code()
    {
        await using MqttTestClient first = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, "FLD-000032", MqttProtocolVersion.V5);
        await using MqttTestClient second = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, "FLD-000032", MqttProtocolVersion.V5);
        (FixedHeader header, byte[] body) = (await first.ReceiveAsync())!.Value;
        Assert.Equal((PacketType.Disconnect, (byte)ReasonCode.SessionTakenOver), (header.Type, body[0]));
        Assert.Null(await first.ReceiveAsync());
    }

    private async Task RunAsync(string scenario, string version, int qos, string device)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Fixtures", "paho", "client.py");
        ProgramRun run = await ProgramRun.ToEndAsync("/usr/bin/python3", [script, scenario, $"{gateway.Process.MqttPort}", version, $"{qos}", device]);
        Assert.True(run.ExitCode == 0 && run.Output.StartsWith("ok ", StringComparison.Ordinal), $"{run.Output}\n{run.Errors}");
    }
}
