using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.EndToEnd.Access;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>A device with its own password under client ids made of wildcards and separators: what it may is by its name.</summary>
[Collection(ProcessTests.Name)]
public sealed class StrictAccessAttackTests(ProductionGateway shared) : IClassFixture<ProductionGateway>
{
    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("$SYS")]
    [InlineData("/")]
    [InlineData("+/#")]
    [InlineData("SMK-000001/#")]
    [InlineData("$share/g/#")]
    [InlineData("../SMK-000002")]
    public async Task Client_id_never_widens_what_a_device_may(string clientId)
    {
        (MqttTestClient client, ConnAckPacket answer) = await shared.ConnectAsync(shared.Packet("SMK-000001", MqttProtocolVersion.V5) with { ClientId = clientId });
        await using (client)
        {
            Assert.Equal(ReasonCode.Success, answer.ReasonCode);
            foreach (string filter in (string[])["#", "+/#", "city/v1/smoke/+/command", "city/v1/smoke/SMK-000002/command", "city/v1/+/SMK-000001/command", "$SYS/#", "$share/g/#", "city/v1/cases/#"])
            {
                Assert.Equal((filter, ReasonCode.NotAuthorized), (filter, await client.SubscribeAsync(filter)));
            }

            foreach (string topic in (string[])["city/v1/smoke/SMK-000002/telemetry", "city/v1/smoke//telemetry", "$SYS/x", "x", "/", "city/v1/cases/a/b", "city/v1/smoke/SMK-000001/command"])
            {
                await client.PublishAsync(topic, "{}", 7);
                (FixedHeader header, byte[] body) = (await client.ReceiveAsync())!.Value;
                Assert.Equal((topic, PacketType.PubAck, (byte)ReasonCode.NotAuthorized), (topic, header.Type, body[2]));
            }
        }

        Will will = new() { Topic = "city/v1/smoke/SMK-000002/status", Payload = "gone"u8.ToArray() };
        (MqttTestClient dying, ConnAckPacket refusal) = await shared.ConnectAsync(shared.Packet("SMK-000001", MqttProtocolVersion.V5) with { ClientId = clientId, Will = will });
        await dying.DisposeAsync();
        Assert.Equal(ReasonCode.NotAuthorized, refusal.ReasonCode);
    }

    [Fact]
    public async Task Client_id_of_another_device_and_the_session_of_another_are_refused()
    {
        (MqttTestClient thief, ConnAckPacket answer) = await shared.ConnectAsync(shared.Packet("SMK-000001", MqttProtocolVersion.V5) with { ClientId = "SMK-000002" });
        await thief.DisposeAsync();
        Assert.Equal(ReasonCode.NotAuthorized, answer.ReasonCode);

        ConnectPacket kept = shared.Packet("SMK-000001", MqttProtocolVersion.V5) with { ClientId = "shared-name", Properties = new ConnectProperties { SessionExpiryIntervalSeconds = 60 } };
        (MqttTestClient owner, _) = await shared.ConnectAsync(kept);
        await using (owner)
        {
            (MqttTestClient other, ConnAckPacket refusal) = await shared.ConnectAsync(shared.Packet("SMK-000002", MqttProtocolVersion.V5) with { ClientId = "shared-name" });
            await other.DisposeAsync();
            Assert.Equal(ReasonCode.NotAuthorized, refusal.ReasonCode);
            Assert.Empty(await owner.PingAsync());
        }
    }
}
