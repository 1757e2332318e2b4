using System.Text.Json;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What tests ask of a running gateway over and over.</summary>
internal static class GatewayCalls
{
    /// <summary>An answer of the HTTP API.</summary>
    public static async Task<JsonElement> JsonAsync(this GatewayProcess gateway, string path)
    {
        using JsonDocument document = JsonDocument.Parse(await gateway.Http.GetStringAsync(path));
        return document.RootElement.Clone();
    }

    /// <summary>The value of a metric without labels.</summary>
    public static async Task<long> MetricAsync(this GatewayProcess gateway, string name)
    {
        string text = await gateway.Http.GetStringAsync("/metrics");
        return long.Parse(text.Split('\n').Single(l => l.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..]);
    }

    /// <summary>Publishes as a device at QoS 1, and waits until each message is acknowledged and all have gone through the rules.</summary>
    public static async Task PublishAsync(this GatewayProcess gateway, string device, string topic, params string[] payloads)
    {
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, device);
        ushort packetIdentifier = 0;
        foreach (string payload in payloads)
        {
            Assert.True(await client.PublishAsync(topic, payload, ++packetIdentifier));
            Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
        }

        await gateway.CaughtUpAsync(); // acknowledged is in the log; what the rules made of it comes after
    }

    /// <summary>Waits until the gateway has caught up; returns what <c>/readyz</c> says then.</summary>
    public static async Task<JsonElement> CaughtUpAsync(this GatewayProcess gateway)
    {
        await gateway.CatchUpAsync();
        return await gateway.JsonAsync("/readyz");
    }

    /// <summary>Publishes water levels of a gauge.</summary>
    public static Task PublishLevelsAsync(this GatewayProcess gateway, string device, params double[] metres) =>
        gateway.PublishAsync(device, $"city/v1/flood/{device}/telemetry", [.. metres.Select(m => $"{{\"water_level\":{m}}}")]);

    /// <summary>The text member of an object.</summary>
    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();

    /// <summary>The elements of an array member.</summary>
    public static JsonElement[] List(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];
}
