using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>What mqtt.js gets from the gateway over WebSocket; the scenarios are in <c>Fixtures/mqttjs/client.js</c>.</summary>
[Collection(ProcessTests.Name)]
public sealed class MqttJsClientTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    [ComponentTheory(Components.MqttJs)]
    [InlineData("4", 0, "FLD-000040")]
    [InlineData("4", 1, "FLD-000041")]
    [InlineData("4", 2, "FLD-000042")]
    [InlineData("5", 0, "FLD-000043")]
    [InlineData("5", 1, "FLD-000044")]
    [InlineData("5", 2, "FLD-000045")]
    public async Task Two_hundred_messages_arrive_in_order_and_are_counted_once(string version, int qos, string device)
    {
        await RunAsync("flow", version, qos, device);
        LedgerView counts = await Eventually.BecomesAsync(
            async () => LedgerView.Of((await gateway.Process.JsonAsync($"/api/v1/ledger?device={device}")).GetProperty("devices")[0]),
            counts => counts.InFlight == 0,
            "an outcome for every message");
        Assert.Equal((200, 200), (counts.Received, counts.Stored));
    }

    [ComponentTheory(Components.MqttJs)]
    [InlineData("4", "FLD-000046")]
    [InlineData("5", "FLD-000047")]
    public async Task A_device_that_is_cut_off_leaves_its_will(string version, string device) => await RunAsync("will", version, 1, device);

    [ComponentTheory(Components.MqttJs)]
    [InlineData("4", "operator-large-4")]
    [InlineData("5", "operator-large-5")]
    public async Task A_message_over_many_frames_arrives_whole(string version, string clientId) => await RunAsync("large", version, 1, clientId);

    private async Task RunAsync(string scenario, string version, int qos, string device)
    {
        string script = RepositoryFolder.PathOf("Gateway.Tests/Fixtures/mqttjs/client.js");
        ProgramRun run = await ProgramRun.ToEndAsync("node", [script, scenario, $"ws://127.0.0.1:{gateway.Process.HttpPort}/mqtt", version, $"{qos}", device]);
        Assert.True(run.ExitCode == 0 && run.Output.StartsWith("ok ", StringComparison.Ordinal), $"{run.Output}\n{run.Errors}");
    }
}
