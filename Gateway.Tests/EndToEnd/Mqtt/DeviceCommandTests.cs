using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>Commands to devices over HTTP, with real devices at the other end.</summary>
public sealed class DeviceCommandTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const MqttProtocolVersion V311 = MqttProtocolVersion.V311;

    [Theory]
    [InlineData(V311, "SMK-000010")]
    [InlineData(V5, "SMK-000011")]
    public async Task A_device_gets_its_command_and_the_caller_its_reply(MqttProtocolVersion version, string deviceId)
    {
        await using MqttTestClient device = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, deviceId, version);
        Assert.Equal(ReasonCode.GrantedQos1, await device.SubscribeAsync($"city/v1/smoke/{deviceId}/command", Qos.AtLeastOnce));
        Task<HttpResponseMessage> asked = PostAsync(deviceId, new { command = "silence", arguments = new { seconds = 60 } });

        (string id, PublishProperties properties) = await TakeCommandAsync(device, "silence");
        Assert.Equal(version == V5 ? $"city/v1/smoke/{deviceId}/command/reply" : null, properties.ResponseTopic);
        Assert.Equal(version == V5 ? id : null, properties.CorrelationData is { } data ? Encoding.UTF8.GetString(data.Span) : null);

        // A reply to another command, then one under this device's id that is not JSON, then the one.
        await ReplyAsync(device, deviceId, $$"""{"id":"{{new string('0', 32)}}"}""", []);
        await ReplyAsync(device, deviceId, "no json", []);
        byte[] correlation = version == V5 ? new PublishProperties { CorrelationData = Encoding.UTF8.GetBytes(id) }.ToBytes() : [];
        await ReplyAsync(device, deviceId, version == V5 ? """{"done":true}""" : $$"""{"id":"{{id}}","done":true}""", correlation);

        using HttpResponseMessage answer = await asked;
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("replied", id, true), (body.Text("status"), body.Text("commandId"), body.GetProperty("reply").GetProperty("done").GetBoolean()));
    }

    [Fact]
    public async Task Another_device_cannot_answer_in_its_place()
    {
        await using MqttTestClient device = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, "SMK-000012");
        await device.SubscribeAsync("city/v1/smoke/SMK-000012/command", Qos.AtLeastOnce);
        await using MqttTestClient other = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, "SMK-000013");
        Task<HttpResponseMessage> asked = PostAsync("SMK-000012", new { command = "test", timeoutSeconds = 1 });
        (string id, _) = await TakeCommandAsync(device, "test");
        await ReplyAsync(other, "SMK-000013", $$"""{"id":"{{id}}","done":true}""", []);
        using HttpResponseMessage answer = await asked;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(id, (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("commandId"));
    }

    [Fact]
    public async Task A_device_that_is_away_finds_its_command_when_it_is_back()
    {
        ConnectPacket kept = new() { Version = V311, ClientId = "SMK-000014", CleanStart = false, KeepAliveSeconds = 60 };
        (MqttTestClient device, _) = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, kept);
        await device.SubscribeAsync("city/v1/smoke/SMK-000014/command", Qos.AtLeastOnce);
        await device.SendAsync(o => MqttPacketWriter.Write(o, new DisconnectPacket(ReasonCode.Success), V311));
        Assert.Null(await device.ReceiveAsync());
        await device.DisposeAsync();

        using HttpResponseMessage answer = await Eventually.BecomesAsync(
            () => PostAsync("SMK-000014", new { command = "reboot", timeoutSeconds = 0.2 }),
            a => a.StatusCode == HttpStatusCode.Accepted,
            "the gateway has seen the device go");
        (MqttTestClient back, _) = await MqttTestClient.ConnectAsync(gateway.Process.MqttPort, kept);
        await using (back)
        {
            await TakeCommandAsync(back, "reboot");
        }
    }

    [Theory]
    [InlineData("NO-SUCH", """{"command":"x"}""", HttpStatusCode.NotFound, "there is no device NO-SUCH")]
    [InlineData("SMK-000015", """{"command":"x"}""", HttpStatusCode.Conflict, "does not subscribe to city/v1/smoke/SMK-000015/command")]
    [InlineData("SMK-000015", """{"command":"rm -rf /"}""", HttpStatusCode.BadRequest, "letters, digits")]
    [InlineData("SMK-000015", """{}""", HttpStatusCode.BadRequest, "letters, digits")]
    [InlineData("SMK-000015", """{"command":"x","arguments":[1]}""", HttpStatusCode.BadRequest, "arguments is a JSON object")]
    [InlineData("SMK-000015", """{"command":"x","arguments":{"text":"\ud800"}}""", HttpStatusCode.BadRequest, "without halves of surrogate pairs")]
    [InlineData("SMK-000015", """{"command":"x","arguments":{"\udc00":1}}""", HttpStatusCode.BadRequest, "without halves of surrogate pairs")]
    [InlineData("SMK-000015", """{"command":"x","timeoutSeconds":0}""", HttpStatusCode.BadRequest, "timeoutSeconds is more than 0")]
    public async Task What_cannot_be_sent_is_told_why(string deviceId, string body, HttpStatusCode status, string detail)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await gateway.Process.Http.PostAsync($"/api/v1/devices/{deviceId}/commands", content);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(detail, (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("detail"), StringComparison.Ordinal);
    }

    private static async Task<(string Id, PublishProperties Properties)> TakeCommandAsync(MqttTestClient device, string command)
    {
        (FixedHeader header, byte[] body) = (await device.ReceiveAsync())!.Value;
        Assert.True(PublishPacket.TryParse(header, body, device.Context, out PublishPacket packet, out _));
        PublishProperties properties = PublishProperties.Read(packet.Properties);
        Assert.Equal(Qos.AtLeastOnce, packet.Qos);
        JsonElement json = JsonElement.Parse(packet.Payload);
        Assert.Equal(command, json.Text("command"));
        return (json.Text("id")!, properties);
    }

    private static Task<bool> ReplyAsync(MqttTestClient device, string deviceId, string payload, byte[] properties) =>
        device.SendAsync(o => MqttPacketWriter.WritePublish(o, device.Version, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes($"city/v1/smoke/{deviceId}/command/reply"),
            Payload = Encoding.UTF8.GetBytes(payload),
            Properties = properties,
        }));

    private Task<HttpResponseMessage> PostAsync(string deviceId, object body) => gateway.Process.Http.PostAsJsonAsync($"/api/v1/devices/{deviceId}/commands", body);
}
