using System.Text;
using System.Text.Json;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>Case events on <c>city/v1/cases/{area}/{caseNo}</c>: to a real client that was away, over kill -9, and to nobody.</summary>
[Collection(ProcessTests.Name)]
public sealed class CaseTopicTests
{
    private const string Paho = "python3-paho-mqtt";

    [ComponentTheory(Paho)]
    [InlineData("5")]
    [InlineData("311")]
    public async Task Client_that_was_away_over_a_kill_gets_every_event_in_order(string version)
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await RunPahoAsync(gateway, "await", version);
        await gateway.PublishLevelsAsync("FLD-000001", 0.42);
        await gateway.PublishLevelsAsync("FLD-000002", 0.42);
        await gateway.KillAsync(); // what was committed is published by now, or not
        await gateway.StartAgainAsync();
        await gateway.PublishLevelsAsync("FLD-000003", 0.42);
        await AssertAllAsync(gateway, version);
    }

    [ComponentFact(Paho)]
    public async Task Client_that_was_away_for_ten_minutes_of_the_gateways_clock_gets_every_event_in_order()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Arguments = ["--clock-speed", "600"] });
        await RunPahoAsync(gateway, "await", "311");
        await gateway.PublishLevelsAsync("FLD-000001", 0.42);

        // Three times its limit of five minutes: its accept clock has climbed to the city.
        await Eventually.BecomesAsync(async () => (await CasesAsync(gateway)).Single(c => c.Text("event") == "flood.underpass").Text("escalation"), e => e == "city", "the case to climb");
        await AssertAllAsync(gateway, "311");
    }

    [Fact]
    public async Task Event_that_nobody_subscribes_to_is_not_written_and_one_who_comes_later_gets_what_happens_next()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        (MqttTestClient other, _) = await MqttTestClient.ConnectAsync(gateway.MqttPort, new ConnectPacket { Version = MqttProtocolVersion.V311, ClientId = "other", CleanStart = false, KeepAliveSeconds = 60 });
        await using MqttTestClient kept = other;
        Assert.Equal(ReasonCode.GrantedQos1, await other.SubscribeAsync("elsewhere/#", Qos.AtLeastOnce)); // kept, and not interested
        await gateway.PublishLevelsAsync("FLD-000001", 0.42);
        long passed = await LastSequenceAsync(gateway);
        await Eventually.BecomesAsync(() => gateway.MetricAsync("gateway_case_topic_sequence"), s => s >= passed, "the events to be passed over");
        await using MqttTestClient duty = await MqttTestClient.ConnectAsync(gateway.MqttPort, "duty");
        Assert.Equal(ReasonCode.GrantedQos1, await duty.SubscribeAsync("city/v1/cases/#", Qos.AtLeastOnce));
        await gateway.PublishLevelsAsync("FLD-000002", 0.42);
        (FixedHeader header, byte[] body) = (await duty.ReceiveAsync())!.Value;
        Assert.Equal(PacketType.Publish, header.Type);
        int topicLength = (body[0] << 8) | body[1];
        using JsonDocument told = JsonDocument.Parse(body.AsMemory(2 + topicLength + 2));
        Assert.Equal((passed + 1, 1, "collected"), (told.RootElement.GetProperty("sequence").GetInt64(), told.RootElement.GetProperty("caseSequence").GetInt32(), told.RootElement.GetProperty("change").Text("type")));
        Assert.Equal("Collected", told.RootElement.Text("status")); // as it stood then, not as it stands now
        Assert.Equal(0, await gateway.StopAsync());

        // The event before is not in the log; the one that was wanted is, for another session is kept.
        Assert.DoesNotContain(OwnMessages(gateway), m => m.Contains("FLD-000001", StringComparison.Ordinal));
        Assert.Contains(OwnMessages(gateway), m => m.Contains("FLD-000002", StringComparison.Ordinal));
    }

    private static async Task AssertAllAsync(GatewayProcess gateway, string version)
    {
        long last = await LastSequenceAsync(gateway);
        using CaseEventStream stream = await CaseEventStream.OpenAsync(gateway.Http, 0);
        CaseEventStream.Entry[] happened = await stream.TakeThroughAsync(last);
        string[][] events = [.. (await RunPahoAsync(gateway, "collect", version, $"{last}")).Split(' ').Select(e => e.Split('/'))];
        Assert.All(events.GroupBy(e => e[0]), same => Assert.Single(same.Select(e => string.Join('/', e)).Distinct())); // again is the same
        string[][] firsts = [.. events.DistinctBy(e => e[0]).TakeWhile(e => long.Parse(e[0]) <= last)];
        Assert.Equal(happened.Select(h => $"{h.Id}/{h.CaseNo}"), firsts.Select(e => $"{e[0]}/{e[1]}"));
        Assert.All(firsts.GroupBy(e => e[1]), one => Assert.Equal(Enumerable.Range(1, one.Count()).Select(n => $"{n}"), one.Select(e => e[2])));
    }

    private static async Task<JsonElement[]> CasesAsync(GatewayProcess gateway) => (await gateway.JsonAsync("/api/v1/cases")).List("cases");

    private static Task<long> LastSequenceAsync(GatewayProcess gateway) => gateway.MetricAsync("gateway_case_events");

    private static async Task<string> RunPahoAsync(GatewayProcess gateway, string scenario, string version, params string[] more)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Fixtures", "paho", "client.py");
        ProgramRun run = await ProgramRun.ToEndAsync("/usr/bin/python3", [script, scenario, $"{gateway.MqttPort}", version, "1", "duty-desk", .. more]);
        Assert.True(run.ExitCode == 0 && run.Output.StartsWith("ok ", StringComparison.Ordinal), $"{run.Output}\n{run.Errors}");
        return run.Output[3..].Trim();
    }

    private static List<string> OwnMessages(GatewayProcess gateway)
    {
        using SegmentLog log = SegmentLog.Open(Path.Combine(gateway.Data, "log"), new IngestLogOptions(), () => default, NullLogger.Instance);
        LogReader reader = new(log, 0);
        List<string> messages = [];
        while (reader.TryReadFrame(out _, out ReadOnlySpan<byte> records, out _))
        {
            while (LogRecord.TryRead(records, out LogRecord record, out int length))
            {
                if (record.Kind == LogRecordKind.Message && record.ClientId.SequenceEqual("gateway"u8))
                {
                    messages.Add(Encoding.UTF8.GetString(record.Payload));
                }

                records = records[length..];
            }
        }

        return messages;
    }
}
