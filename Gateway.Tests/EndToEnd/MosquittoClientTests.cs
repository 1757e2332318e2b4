using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What mosquitto's own clients get from the gateway, in both versions of the protocol.</summary>
[Collection(ProcessTests.Name)]
public sealed class MosquittoClientTests(SharedGateway gateway) : IClassFixture<SharedGateway>
{
    private const string Publisher = "mosquitto_pub";
    private const string Subscriber = "mosquitto_sub";

    private int Port => gateway.Process.MqttPort;

    [ComponentTheory(Publisher, Subscriber)]
    [InlineData("311", 0)]
    [InlineData("311", 1)]
    [InlineData("311", 2)]
    [InlineData("5", 0)]
    [InlineData("5", 1)]
    [InlineData("5", 2)]
    public async Task Message_published_reaches_a_subscriber_at_its_qos(string version, int qos)
    {
        const string topic = "city/v1/smoke/SMK-000010/telemetry";
        await using MosquittoSubscriber watcher = await MosquittoSubscriber.StartAsync(Port, version, "-i", "watcher", "-q", "2", "-t", topic);
        ProgramRun published = await PublishAsync(Port, version, "SMK-000010", topic, "{\"temperature\":21.5}", "-q", $"{qos}");
        Assert.Equal(0, published.ExitCode);
        Assert.Equal(new MosquittoMessage(topic, qos, false, "{\"temperature\":21.5}"), await watcher.NextAsync());
    }

    [ComponentFact(Publisher, Subscriber)]
    public async Task Retained_status_is_seen_by_a_later_subscriber_also_after_kill_9()
    {
        await using GatewayProcess own = await GatewayProcess.StartAsync();
        (string Version, string Topic)[] statuses = [("311", "city/v1/smoke/SMK-000020/status"), ("5", "city/v1/smoke/SMK-000021/status")];
        foreach ((string version, string topic) in statuses)
        {
            Assert.Equal(0, (await PublishAsync(own.MqttPort, version, topic.Split('/')[3], topic, $"online {version}", "-r", "-q", "1")).ExitCode);
        }

        await SeesBoth();
        await own.KillAsync();
        await own.StartAgainAsync();
        await SeesBoth();

        async Task SeesBoth()
        {
            foreach (string version in statuses.Select(s => s.Version))
            {
                await using MosquittoSubscriber later = await MosquittoSubscriber.StartAsync(own.MqttPort, version, "-q", "1", "-t", "city/v1/smoke/+/status");
                MosquittoMessage[] seen = [await later.NextAsync(), await later.NextAsync()];
                Assert.Equal(
                    statuses.Select(s => new MosquittoMessage(s.Topic, 1, true, $"online {s.Version}")),
                    seen.OrderBy(m => m.Topic, StringComparer.Ordinal));
            }
        }
    }

    [ComponentTheory(Publisher, Subscriber)]
    [InlineData("311", "FLD-000011")]
    [InlineData("5", "FLD-000012")]
    public async Task Will_is_published_and_retained_when_its_client_dies(string version, string device)
    {
        string status = $"city/v1/flood/{device}/status";
        await using MosquittoSubscriber watcher = await MosquittoSubscriber.StartAsync(Port, version, "-i", "watcher", "-q", "1", "-t", status);
        await using MosquittoSubscriber client = await MosquittoSubscriber.StartAsync(
            Port, version, "-i", device, "-t", $"city/v1/flood/{device}/command", "--will-topic", status, "--will-payload", "offline", "--will-qos", "1", "--will-retain");
        await client.KillAsync();
        Assert.Equal(new MosquittoMessage(status, 1, false, "offline"), await watcher.NextAsync());

        await using MosquittoSubscriber later = await MosquittoSubscriber.StartAsync(Port, version, "-i", "later", "-q", "1", "-t", status);
        Assert.Equal(new MosquittoMessage(status, 1, true, "offline"), await later.NextAsync());
    }

    [ComponentTheory(Publisher, Subscriber)]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Command_of_an_operator_reaches_the_device_it_names(string version)
    {
        const string command = "city/v1/flood/FLD-000001/command";
        await using MosquittoSubscriber device = await MosquittoSubscriber.StartAsync(Port, version, "-i", "FLD-000001", "-q", "1", "-t", command);
        Assert.Equal(0, (await PublishAsync(Port, version, "operator-1", command, "{\"pump\":\"on\"}", "-q", "1")).ExitCode);
        Assert.Equal(new MosquittoMessage(command, 1, false, "{\"pump\":\"on\"}"), await device.NextAsync());
    }

    [ComponentTheory(Publisher)]
    [InlineData("telemetry", "{\"water_level\":0.9}")]
    [InlineData("status", "online")]
    [InlineData("command", "{\"pump\":\"off\"}")]
    public async Task Device_is_refused_under_the_id_of_another(string channel, string payload)
    {
        string topic = $"city/v1/flood/FLD-000014/{channel}";
        ProgramRun five = await PublishAsync(Port, "5", "FLD-000013", topic, payload, "-q", "1", "-d");
        Assert.Contains("received PUBACK (Mid: 1, RC:135)", five.Output, StringComparison.Ordinal);
        Assert.Contains("Not authorized", five.Errors, StringComparison.Ordinal);

        ProgramRun three = await PublishAsync(Port, "311", "FLD-000013", topic, payload, "-q", "1", "-d");
        Assert.NotEqual(0, three.ExitCode);
        Assert.DoesNotContain("received PUBACK", three.Output, StringComparison.Ordinal);
        Assert.Contains("The connection was lost", three.Errors, StringComparison.Ordinal);

        JsonElement heard = await gateway.Process.JsonAsync("/api/v1/devices/FLD-000014");
        Assert.Equal(JsonValueKind.Null, heard.GetProperty("lastReceivedAt").ValueKind);
    }

    [ComponentTheory(Subscriber)]
    [InlineData("311", "128")]
    [InlineData("5", "135")]
    public async Task Device_is_refused_the_topics_of_others(string version, string refused)
    {
        string[] filters = ["city/v1/flood/FLD-000016/command", "city/v1/flood/+/telemetry", "city/v1/cases/#", "#"];
        foreach (string filter in filters)
        {
            await using MosquittoSubscriber device = await MosquittoSubscriber.StartAsync(Port, version, "-i", "FLD-000015", "-t", filter);
            Assert.Equal((filter, refused), (filter, device.Granted));
        }

        await using MosquittoSubscriber own = await MosquittoSubscriber.StartAsync(Port, version, "-i", "FLD-000015", "-q", "1", "-t", "city/v1/flood/FLD-000015/command");
        Assert.Equal("1", own.Granted);
    }

    [ComponentFact(Publisher)]
    public async Task Client_without_credentials_is_refused_outside_development()
    {
        await using GatewayProcess production = await GatewayProcess.StartAsync(new GatewayProcessSettings { Environment = "Production" });
        production.Http.DefaultRequestHeaders.Authorization = await GatewayCommand.BearerAsync(production.Data, "watch", "viewer");
        const string topic = "city/v1/flood/FLD-000001/telemetry";
        ProgramRun five = await PublishAsync(production.MqttPort, "5", "FLD-000001", topic, "{}", "-d");
        Assert.Equal(135, five.ExitCode);
        Assert.Contains("received CONNACK (135)", five.Output, StringComparison.Ordinal);

        ProgramRun three = await PublishAsync(production.MqttPort, "311", "FLD-000001", topic, "{}", "-d");
        Assert.Equal(5, three.ExitCode);

        ProgramRun guessed = await PublishAsync(production.MqttPort, "5", "FLD-000001", topic, "{}", "-d", "-u", "FLD-000001", "-P", "guess");
        Assert.Contains("received CONNACK (134)", guessed.Output, StringComparison.Ordinal);
        Assert.Contains("gateway_mqtt_refused_connects_total 3", await production.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [ComponentTheory(Publisher, Subscriber)]
    [InlineData("311", "ACC-000001")]
    [InlineData("5", "ACC-000002")]
    public async Task Case_events_arrive_on_the_topic_of_their_area(string version, string device)
    {
        await using MosquittoSubscriber duty = await MosquittoSubscriber.StartAsync(Port, version, "-i", "duty-officer", "-q", "1", "-t", "city/v1/cases/#");
        Assert.Equal(0, (await PublishAsync(Port, version, device, $"city/v1/access/{device}/event", "{\"event\":\"door_forced\",\"door\":\"D-1\"}", "-q", "1")).ExitCode);

        MosquittoMessage message = await duty.NextAsync();
        using JsonDocument told = JsonDocument.Parse(message.Payload);
        string caseNo = told.RootElement.GetProperty("caseNo").GetString()!;
        Assert.Equal($"city/v1/cases/{told.RootElement.GetProperty("area").GetString()}/{caseNo}", message.Topic);
        JsonElement filed = await gateway.Process.JsonAsync($"/api/v1/cases/{caseNo}");
        Assert.Equal((device, "security.door-forced"), (filed.GetProperty("deviceId").GetString(), filed.GetProperty("event").GetString()));
    }

    private static Task<ProgramRun> PublishAsync(int port, string version, string clientId, string topic, string payload, params string[] more) =>
        ProgramRun.ToEndAsync(Publisher, ["-h", "127.0.0.1", "-p", $"{port}", "-V", version, "-i", clientId, "-t", topic, "-m", payload, .. more]);
}
