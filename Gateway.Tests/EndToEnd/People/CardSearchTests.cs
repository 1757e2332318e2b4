using System.Net;
using System.Text;
using Gateway.Host.Access.People;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>A card number that a door sends in every place it can think of, looked for in every file and every answer of the built gateway.</summary>
[Collection(ProcessTests.Name)]
public sealed class CardSearchTests
{
    private const string Card = "0090817263";
    private const string Digits = "90817263";
    private const string Marker = "MARKER-OF-THE-DOOR";
    private const string Device = "ACC-000001";
    private const string Events = $"city/v1/access/{Device}/event";
    private const string Status = $"city/v1/access/{Device}/status";

    private static readonly string[] Payloads =
    [
        $$"""{"event":"access_granted","door":"{{Marker}}","card":"{{Card}}"}""",
        $$"""{"event":"door_forced","card":{{Digits}}}""",
        $$"""{"event":"access_denied","card":["{{Card}}",{{Digits}}]}""",
        $$"""{"event":"access_denied","card":{"no":"{{Card}}"} }""",
        $$"""[{"event":"tamper","CARD":"{{Card}}"},{"event":"tamper","c\u0061rd":"{{Card}}"}]""",
        $$"""{"event":"access_denied","card_no":"{{Card}}","person":{"cards":[{{Digits}}]} }""",
        $$"""{"event":"access_denied","door":"card {{Card}} at D-3"}""",
        $$"""{"event":"{{Card}}"}""",
        $$"""{"event":{{Digits}}}""",
        $$"""{"event":"tamper","{{Card}}":1}""",
        $$"""{"event":"tamper","note":"\u0039\u0030\u0038\u0031\u0037\u0032\u0036\u0033"}""",
        $$"""{"event":"tamper","card":"{{Card}}" """,
        $"card={Card};door=3",
        $"\u0001\u0002{Card}",
    ];

    [Fact]
    public async Task Card_number_is_in_no_file_and_no_answer()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings());
        await KeepASessionAsync(gateway);
        await gateway.PublishAsync(Device, Events, Payloads);
        await PublishRetainedAsync(gateway);
        await LeaveAWillAsync(gateway, Events);
        await LeaveAWillAsync(gateway, Status);
        await Eventually.BecomesAsync(() => gateway.JsonAsync("/api/v1/quarantine"), q => q.List("messages").Length >= 4, "what cannot be read is in quarantine");
        await gateway.CaughtUpAsync();

        string caseNo = (await gateway.JsonAsync("/api/v1/cases")).List("cases")[0].Text("caseNo")!;
        foreach (EndpointRight right in EndpointRights.All.Where(r => r.Method == "GET" && r.Pattern is not ("/mqtt" or "/api/v1/cases/stream")))
        {
            string path = right.Pattern.Replace("{caseNo}", caseNo, StringComparison.Ordinal).Replace("{sequence}", "2", StringComparison.Ordinal)
                .Replace("{serviceRequestId}", caseNo, StringComparison.Ordinal).Replace("{deviceId}", Device, StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
            using HttpResponseMessage answer = await gateway.Http.GetAsync(path);
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.DoesNotContain(Digits, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Digits, await StreamAsync(gateway), StringComparison.Ordinal);
        Search(gateway.Data); // the write-ahead logs of SQLite, too, as they are while it runs
        Assert.Equal(0, await gateway.StopAsync());
        Assert.DoesNotContain(Digits, gateway.Errors, StringComparison.Ordinal);
        Assert.Contains(Marker, Search(gateway.Data), StringComparison.Ordinal); // what is searched is where messages are
    }

    private static async Task KeepASessionAsync(GatewayProcess gateway)
    {
        (MqttTestClient kept, ConnAckPacket answer) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket
        {
            Version = MqttProtocolVersion.V5,
            ClientId = Device,
            KeepAliveSeconds = 60,
            Properties = new ConnectProperties { SessionExpiryIntervalSeconds = 3600 },
        });
        Assert.Equal(ReasonCode.Success, answer.ReasonCode);
        await using (kept)
        {
            Assert.Equal(ReasonCode.GrantedQos1, await kept.SubscribeAsync($"city/v1/access/{Device}/command", Qos.AtLeastOnce));
        }
    }

    private static async Task PublishRetainedAsync(GatewayProcess gateway)
    {
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, "ACC-000002", MqttProtocolVersion.V5);
        PublishProperties properties = new() { UserProperties = [new UserProperty("card", Card)] };
        ushort identifier = 0;
        foreach (string topic in new[] { "city/v1/access/ACC-000002/event", "city/v1/access/ACC-000002/status" })
        {
            await client.SendAsync(output => MqttPacketWriter.WritePublish(output, MqttProtocolVersion.V5, new PublishPacket
            {
                Topic = Encoding.UTF8.GetBytes(topic),
                Payload = Encoding.UTF8.GetBytes($$"""{"event":"access_granted","card":"{{Card}}","x":"{{Card}}"}"""),
                Properties = properties.ToBytes(),
                Qos = Qos.AtLeastOnce,
                Retain = true,
                PacketIdentifier = ++identifier,
            }));
            Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
        }
    }

    private static async Task LeaveAWillAsync(GatewayProcess gateway, string topic)
    {
        long before = (await gateway.CaughtUpAsync(), await gateway.MetricAsync("gateway_log_end_offset")).Item2;
        (MqttTestClient client, ConnAckPacket answer) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket
        {
            Version = MqttProtocolVersion.V5,
            ClientId = Device,
            CleanStart = true,
            KeepAliveSeconds = 60,
            Will = new Will
            {
                Topic = topic,
                Payload = Encoding.UTF8.GetBytes($$"""{"event":"tamper","card":"{{Card}}","last":"{{Card}}"}"""),
                Qos = Qos.AtLeastOnce,
                Retain = true,
                Properties = new PublishProperties { UserProperties = [new UserProperty("card", Card)] },
            },
        });
        Assert.Equal(ReasonCode.Success, answer.ReasonCode);
        await client.DisposeAsync(); // without a word
        await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_log_end_offset"), end => end > before, "the will is in the log");
    }

    private static async Task<string> StreamAsync(GatewayProcess gateway)
    {
        using HttpResponseMessage answer = await gateway.Http.GetAsync("/api/v1/cases/stream?after=0", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        StringBuilder text = new();
        long last = (await gateway.JsonAsync("/api/v1/webhooks")).GetProperty("lastSequence").GetInt64();
        while (!text.ToString().Contains($"id: {last}\n", StringComparison.Ordinal))
        {
            text.Append(await reader.ReadLineAsync()).Append('\n');
        }

        return text.Append(await reader.ReadLineAsync()).Append(await reader.ReadLineAsync()).ToString();
    }

    /// <summary>Looks into every file, as text of one byte and of two; returns all of it as text of one byte.</summary>
    private static string Search(string folder)
    {
        StringBuilder all = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Assert.True(bytes.AsSpan(0, length).IndexOf(Encoding.ASCII.GetBytes(Digits)) < 0, $"the card number is in {Path.GetFileName(file)}");
            Assert.True(bytes.AsSpan(0, length).IndexOf(Encoding.Unicode.GetBytes(Digits)) < 0, $"the card number is in {Path.GetFileName(file)}");
            all.Append(Encoding.Latin1.GetString(bytes, 0, length));
        }

        return all.ToString();
    }
}
