using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>
/// A card number that a door sends in every place and form it can think of, looked for in every file and every answer of the built gateway, in
/// what it passes on to subscribers and receivers of webhooks, and in what its commands print and export.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class CardSearchTests
{
    private const string Card = "0090817263";
    private const string Digits = "90817263";
    private const string Hex = "5F1A2C7E";
    private const string Bytes = "5F:1A:2C:7E";
    private const string Encoded = "MDA5MDgxNzI2Mw==";
    private const string Marker = "MARKER-OF-THE-DOOR";
    private const string Device = "ACC-000001";
    private const string Second = "ACC-000002";
    private const string There = "ACC-000004";
    private const string Away = "ACC-000005";
    private const string Events = $"city/v1/access/{Device}/event";
    private const string Status = $"city/v1/access/{Device}/status";

    private static readonly string[] Cards = [Digits, Hex, Hex.ToLowerInvariant(), Bytes, Encoded];

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

        // Hex, bytes and base64, as readers of other makers have them, in the card field.
        $$"""{"event":"access_granted","card":"{{Hex}}"}""",
        $$"""{"event":"access_granted","card":"{{Bytes}}"}""",
        $$"""{"event":"access_granted","card":"{{Encoded}}"}""",
        $$"""{"event":"access_granted","card":{"facility":117,"number":{{Digits}},"raw":["{{Hex}}"]} }""",

        // The same in what is no JSON.
        $$"""{"event":"tamper","card":"{{Hex}}" """,
        $$"""{"event":"tamper","card":"{{Bytes}}","door":"D-3" """,
        $$"""{"event":"tamper","card":"{{Encoded}}" """,
        $$"""{"event":"tamper","note":"{{Hex.ToLowerInvariant()}}" """,
        $"<event><card>{Bytes}</card><card no=\"{Hex}\"/></event>",
        $"granted,{Card},D-3",
        $"card={Hex}&door=3",

        // Deeper than is read, twice the same name, more observations than are taken.
        $"{new string('[', 100)}{{\"card\":\"{Card}\"}}{new string(']', 100)}",
        $$"""{"event":"tamper","card":"{{Card}}","card":"{{Hex}}","event":"door_opened"}""",
        $"[{string.Join(',', Enumerable.Repeat($"{{\"card\":{Digits}}}", 1001))}]",
    ];

    [Fact]
    public async Task Card_number_is_in_no_file_no_answer_and_nothing_that_is_passed_on()
    {
        using TemporaryFolder folder = new();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Variables = new Dictionary<string, string> { ["Gateway__Webhooks__0__Name"] = "duty", ["Gateway__Webhooks__0__Url"] = receiver.Url, ["Gateway__Webhooks__0__Format"] = "alertmanager-webhook" },
        });
        Held held = new([.. Cards, Marker, Device]);
        await KeepASessionAsync(gateway, Away, $"city/v1/access/{Away}/command");
        await KeepASessionAsync(gateway, "bridge", "city/v1/#"); // and what is owed to it is kept for it
        MqttTestClient wall = await MqttTestClient.ConnectAsync(gateway.MqttPort, "wall");
        Assert.Equal(ReasonCode.Success, await wall.SubscribeAsync("#"));

        await gateway.PublishAsync(Device, Events, Payloads);
        LookAt(held, "passed on", await wall.PingAsync());
        await gateway.PublishAsync(Device, $"city/v1/smoke/{Device}/telemetry", Payloads[..2]); // as another kind than it is
        await gateway.PublishAsync(Device, $"city/v1/access/{Device}/debug/raw", Payloads[..2]); // where no profile is bound
        await PublishRawAsync(gateway, Second, $"city/v1/access/{Second}/event", Encoding.Unicode.GetBytes(Payloads[0]), retain: false);
        foreach (string topic in new[] { $"city/v1/access/{Second}/event", $"city/v1/access/{Second}/status" })
        {
            await PublishRawAsync(gateway, Second, topic, Encoding.UTF8.GetBytes($$"""{"event":"access_granted","card":"{{Card}}","x":"{{Card}}"}"""), retain: true);
        }

        await LeaveAWillAsync(gateway, Events);
        await LeaveAWillAsync(gateway, Status);
        await Eventually.BecomesAsync(() => gateway.JsonAsync("/api/v1/quarantine"), q => q.List("messages").Length >= 10, "what cannot be read is in quarantine");
        await gateway.CaughtUpAsync();
        await PeopleAtWorkAsync(gateway);
        LookAt(held, "passed on", await wall.PingAsync());
        await wall.DisposeAsync();
        await TellADoorAsync(gateway, held);
        LookAt(held, "retained", await RetainedAsync(gateway));

        await new EveryAnswer(gateway.Http).LookAsync(held, Device, "event");
        await Eventually.BecomesAsync(async () => (await gateway.JsonAsync("/api/v1/webhooks")).List("receivers").Single(), r => r.GetProperty("lagEvents").GetInt64() == 0, "the receiver has everything");
        IReadOnlyList<WebhookRequest> sent = receiver.Rest();
        Assert.NotEmpty(sent);
        held.Look("webhook", string.Join('\n', sent.Select(s => $"{s.Path} {string.Join(' ', s.Headers)} {s.Body.GetRawText()}")));
        held.LookIntoFiles(gateway.Data); // the write-ahead logs of SQLite, too, as they are while it runs
        Assert.Equal(0, await gateway.StopAsync());
        held.LookIntoFiles(gateway.Data);
        held.Look("standard error", gateway.Errors);
        foreach (string[] command in (string[][])[["export", folder.File("export")], ["log", "inspect", Path.Combine(gateway.Data, "log")], ["audit", "verify"]])
        {
            ProgramRun run = await GatewayCommand.RunAsync(null, [.. command, .. command[0] == "log" ? [] : (string[])["--data", gateway.Data]]);
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}\n{run.Output}\n{run.Errors}");
            held.Look(string.Join(' ', command[0]), run.Output + run.Errors);
        }

        held.LookIntoFiles(folder.Path);
        held.AssertNone(Cards);

        // What is searched is where messages are.
        string[] places = [.. held.PlacesOf(Marker).Distinct()];
        Assert.Contains(places, p => p.StartsWith("log/", StringComparison.Ordinal));
        Assert.Contains(places, p => p.StartsWith("evidence/", StringComparison.Ordinal) && p.EndsWith("decoded", StringComparison.Ordinal));
        Assert.Contains(places, p => p.StartsWith("GET /api/v1/cases/", StringComparison.Ordinal) && p.Contains("/evidence/", StringComparison.Ordinal) && p.EndsWith("decoded", StringComparison.Ordinal));
        Assert.Contains(places, p => p.StartsWith("export", StringComparison.Ordinal));
        Assert.Contains("passed on", places);
        Assert.Contains(held.PlacesOf(Device), p => p.StartsWith("snapshots/", StringComparison.Ordinal) && p.EndsWith("unpacked", StringComparison.Ordinal));
        Assert.All(
            (string[])["retained", "webhook", "sessions.bin", "cases.db", "series/", "GET /api/v1/series/export"],
            place => Assert.Contains(held.PlacesOf(Device), p => p.StartsWith(place, StringComparison.Ordinal)));
    }

    private static async Task KeepASessionAsync(GatewayProcess gateway, string client, string filter)
    {
        (MqttTestClient kept, ConnAckPacket answer) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket
        {
            Version = MqttProtocolVersion.V5,
            ClientId = client,
            KeepAliveSeconds = 60,
            Properties = new ConnectProperties { SessionExpiryIntervalSeconds = 3600 },
        });
        Assert.Equal(ReasonCode.Success, answer.ReasonCode);
        await using (kept)
        {
            Assert.Equal(ReasonCode.GrantedQos1, await kept.SubscribeAsync(filter, Qos.AtLeastOnce));
        }
    }

    private static async Task PublishRawAsync(GatewayProcess gateway, string device, string topic, byte[] payload, bool retain)
    {
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(gateway.MqttPort, device, MqttProtocolVersion.V5);
        PublishProperties properties = new() { UserProperties = [new UserProperty("card", Card), new UserProperty("card", Bytes)] };
        await client.SendAsync(output => MqttPacketWriter.WritePublish(output, MqttProtocolVersion.V5, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = payload,
            Properties = properties.ToBytes(),
            Qos = Qos.AtLeastOnce,
            Retain = retain,
            PacketIdentifier = 1,
        }));
        Assert.Equal(PacketType.PubAck, (await client.ReceiveAsync())!.Value.Header.Type);
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

    /// <summary>A door that is there is told to let a card in, and gets its number; one that is away is not told, for it would have to be kept.</summary>
    private static async Task TellADoorAsync(GatewayProcess gateway, Held held)
    {
        (MqttTestClient door, ConnAckPacket _) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket
        {
            Version = MqttProtocolVersion.V5,
            ClientId = There,
            KeepAliveSeconds = 60,
            Properties = new ConnectProperties { SessionExpiryIntervalSeconds = 3600 },
        });
        await using MqttTestClient connected = door;
        Assert.Equal(ReasonCode.GrantedQos1, await door.SubscribeAsync($"city/v1/access/{There}/command", Qos.AtLeastOnce));
        object[] commands = [new { command = "let-in", arguments = new { card = Hex } }, new { command = $"let-in-{Card}" }, new { command = "let-in", arguments = new { list = (string[])[Card] } }];
        foreach (object command in commands)
        {
            Task<HttpResponseMessage> asked = gateway.Http.PostAsJsonAsync($"/api/v1/devices/{There}/commands", command);
            (FixedHeader header, byte[] body) = (await door.ReceiveAsync())!.Value;
            await ReplyAsync(door, header, body);
            using HttpResponseMessage replied = await asked;
            Assert.Equal(HttpStatusCode.OK, replied.StatusCode);
            held.Look("reply", await replied.Content.ReadAsStringAsync());

            using HttpResponseMessage away = await gateway.Http.PostAsJsonAsync($"/api/v1/devices/{Away}/commands", command);
            string why = await away.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.Conflict, away.StatusCode);
            Assert.Contains("is away", why, StringComparison.Ordinal);
            held.Look("refusal", why);
        }

        using HttpResponseMessage kept = await gateway.Http.PostAsJsonAsync($"/api/v1/devices/{Away}/commands", new { command = "close", arguments = new { seconds = 60 } });
        Assert.Equal(HttpStatusCode.Accepted, kept.StatusCode);
    }

    private static async Task ReplyAsync(MqttTestClient door, FixedHeader header, byte[] body)
    {
        Assert.True(PublishPacket.TryParse(header, body, door.Context, out PublishPacket packet, out _));
        string told = Encoding.UTF8.GetString(packet.Payload);
        Assert.True(packet.Qos == Qos.AtMostOnce && (told.Contains(Card, StringComparison.Ordinal) || told.Contains(Hex, StringComparison.Ordinal)), told);
        byte[] properties = new PublishProperties { CorrelationData = PublishProperties.Read(packet.Properties).CorrelationData }.ToBytes();
        await door.SendAsync(o => MqttPacketWriter.WritePublish(o, MqttProtocolVersion.V5, new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes($"city/v1/access/{There}/command/reply"),
            Payload = Encoding.UTF8.GetBytes($$"""{"card":"{{Card}}","done":true}"""),
            Properties = properties,
        }));
    }

    /// <summary>A case of the door is worked on, for what is said then is passed on, sealed and sent too.</summary>
    private static async Task PeopleAtWorkAsync(GatewayProcess gateway)
    {
        foreach (string caseNo in (await gateway.JsonAsync("/api/v1/cases")).List("cases").Select(c => c.Text("caseNo")!))
        {
            using HttpResponseMessage answer = await gateway.Http.PostAsJsonAsync($"/api/v1/cases/{caseNo}/commands", new { command = "accept", actor = "li", reason = "on the way" });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            await Eventually.BecomesAsync(async () => (await gateway.JsonAsync($"/api/v1/cases/{caseNo}/evidence")).List("evidence"), found => found.Length > 0, "what was decided is sealed");
        }
    }

    /// <summary>What a client gets that comes late.</summary>
    private static async Task<List<(FixedHeader Header, byte[] Body)>> RetainedAsync(GatewayProcess gateway)
    {
        await using MqttTestClient late = await MqttTestClient.ConnectAsync(gateway.MqttPort, "late");
        Assert.Equal(ReasonCode.Success, await late.SubscribeAsync("#"));
        List<(FixedHeader Header, byte[] Body)> got = [];
        return await Eventually.BecomesAsync(
            async () =>
            {
                got.AddRange(await late.PingAsync());
                return got;
            },
            all => all.Count >= 4,
            "the retained messages of two doors");
    }

    private static void LookAt(Held held, string where, IEnumerable<(FixedHeader Header, byte[] Body)> packets)
    {
        foreach ((FixedHeader _, byte[] body) in packets)
        {
            held.Look(where, body);
        }
    }
}
