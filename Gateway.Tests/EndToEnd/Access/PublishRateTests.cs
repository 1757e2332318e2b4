using System.Buffers;
using System.Diagnostics;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Access;

/// <summary>A gateway that lets a connection publish 20 messages a second.</summary>
[Collection(ProcessTests.Name)]
public sealed class PublishRateTests(RateLimitedGateway shared) : IClassFixture<RateLimitedGateway>
{
    private const int Messages = 100;

    private GatewayProcess Gateway => shared.Process;

    [Theory]
    [InlineData(Qos.AtLeastOnce, "FLD-000040")]
    [InlineData(Qos.ExactlyOnce, "FLD-000041")]
    public async Task Version_5_client_that_is_too_fast_is_told_for_each_message_in_their_order(Qos qos, string device)
    {
        (long Received, long Rejected) before = await CountsAsync();
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(Gateway.MqttPort, device, MqttProtocolVersion.V5);
        Assert.True(await client.SendAsync(Publishes(device, qos, MqttProtocolVersion.V5)));
        List<ReasonCode> answers = [];
        for (int i = 1; i <= Messages; i++)
        {
            (FixedHeader header, byte[] body) = (await client.ReceiveAsync())!.Value;
            Assert.Equal(qos == Qos.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, header.Type);
            Assert.Equal(i, (body[0] << 8) | body[1]);
            answers.Add(body.Length > 2 ? (ReasonCode)body[2] : ReasonCode.Success);
        }

        int refused = answers.Count(a => a == ReasonCode.QuotaExceeded);
        Assert.InRange(refused, 1, Messages - RateLimitedGateway.MessagesPerSecond);
        Assert.All(answers.Take(RateLimitedGateway.MessagesPerSecond), a => Assert.Equal(ReasonCode.Success, a));
        Assert.Equal(Messages, answers.Count(a => a is ReasonCode.Success or ReasonCode.QuotaExceeded));
        Assert.Empty(await client.PingAsync());
        Assert.Equal((before.Received + Messages, before.Rejected + refused), await CountsAsync());
    }

    [Fact]
    public async Task Version_5_messages_at_qos_0_that_are_too_fast_are_dropped_and_counted()
    {
        (long Received, long Rejected) before = await CountsAsync();
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "FLD-000042", MqttProtocolVersion.V5);
        Assert.True(await client.SendAsync(Publishes("FLD-000042", Qos.AtMostOnce, MqttProtocolVersion.V5)));
        Assert.Empty(await client.PingAsync());
        (long Received, long Rejected) after = await CountsAsync();
        Assert.Equal(before.Received + Messages, after.Received);
        Assert.InRange(after.Rejected - before.Rejected, 1, Messages - RateLimitedGateway.MessagesPerSecond);
    }

    [Fact]
    public async Task Version_3_client_that_is_too_fast_is_read_slowly_and_loses_nothing()
    {
        (long Received, long Rejected) before = await CountsAsync();
        long slowed = await Gateway.MetricAsync("gateway_mqtt_slowed_total");
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(Gateway.MqttPort, "FLD-000043", MqttProtocolVersion.V311);
        long began = Stopwatch.GetTimestamp();
        Assert.True(await client.SendAsync(Publishes("FLD-000043", Qos.AtLeastOnce, MqttProtocolVersion.V311)));
        for (int i = 1; i <= Messages; i++)
        {
            (FixedHeader header, byte[] body) = (await client.ReceiveAsync())!.Value;
            Assert.Equal((PacketType.PubAck, i), (header.Type, (body[0] << 8) | body[1]));
        }

        // The first second's worth comes at once; the rest at the rate.
        double leastSeconds = (double)Messages / RateLimitedGateway.MessagesPerSecond - 1.5;
        Assert.True(Stopwatch.GetElapsedTime(began).TotalSeconds > leastSeconds, "it was not slowed down");
        Assert.True(await Gateway.MetricAsync("gateway_mqtt_slowed_total") > slowed);
        Assert.Equal((before.Received + Messages, before.Rejected), await CountsAsync());
    }

    private static ReadOnlyMemory<byte> Publishes(string device, Qos qos, MqttProtocolVersion version)
    {
        ArrayBufferWriter<byte> output = new();
        for (ushort i = 1; i <= Messages; i++)
        {
            MqttPacketWriter.WritePublish(output, version, new PublishPacket
            {
                Topic = Encoding.UTF8.GetBytes($"city/v1/flood/{device}/telemetry"),
                Payload = Encoding.UTF8.GetBytes($"{{\"seq\":{i},\"water_level\":0.1}}"),
                Qos = qos,
                PacketIdentifier = qos == Qos.AtMostOnce ? (ushort)0 : i,
            });
        }

        return output.WrittenMemory;
    }

    private async Task<(long Received, long Rejected)> CountsAsync()
    {
        LedgerView ledger = await LedgerView.SettledAsync(Gateway.Http, 0);
        return (ledger.Received, ledger.Rejected.GetValueOrDefault("rate_exceeded"));
    }
}
