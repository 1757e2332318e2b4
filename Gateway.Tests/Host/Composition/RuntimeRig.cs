using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Access.Tls;
using Gateway.Host.Composition;
using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Composition;

/// <summary>The whole gateway without its listeners, in this process: its own data directory and a city folder to edit.</summary>
internal sealed class RuntimeRig : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    private readonly TemporaryFolder _folder = new();
    private readonly TimeProvider _time;
    private bool _isStopped;

    public RuntimeRig(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        City = CityCopy.Of(RepositoryFolder.PathOf("Gateway.Host/city"), _folder.File("city"));
        Gateway = Start();
    }

    public string City { get; }

    public string Data => _folder.File("data");

    public RecordedLog Log { get; } = new();

    public MqttOptions Mqtt { get; } = new();

    public IngestLogOptions LogOptions { get; } = new() { SegmentSizeBytes = 1 << 20 };

    public GatewayRuntime Gateway { get; private set; }

    /// <summary>Ends it as SIGTERM does.</summary>
    public void Stop()
    {
        Gateway.Dispose();
        _isStopped = true;
    }

    public void StartAgain()
    {
        Gateway = Start();
        _isStopped = false;
    }

    /// <summary>Publishes as a device; the message is durable on return, unless it was refused.</summary>
    public DoorResult Publish(string device, string payload, bool retain = false) => Publish(device, $"city/v1/flood/{device}/telemetry", payload, retain);

    public DoorResult Publish(string client, string topic, string payload, bool retain)
    {
        CommitCompletion durable = new();
        PublishPacket packet = new() { Topic = Encoding.UTF8.GetBytes(topic), Payload = Encoding.UTF8.GetBytes(payload), Qos = Qos.AtLeastOnce, Retain = retain };
        TopicDecision decision = Gateway.Door.Decide(new ClientPrincipal { Kind = PrincipalKind.Local, ClientId = client, Name = client }, packet.Topic);
        DoorResult result = Gateway.Door.Take(decision, packet, isVersion5: false, Encoding.UTF8.GetBytes(client), Gateway.Clock.Now, durable, out _);
        if (result == DoorResult.Appended)
        {
            Assert.True(durable.Durable.GetAwaiter().GetResult());
        }

        return result;
    }

    /// <summary>Waits until everything durable has been processed and every message has its outcome.</summary>
    public async Task CaughtUpAsync()
    {
        using CancellationTokenSource limit = new(Limit);
        using PeriodicTimer timer = new(LookInterval);
        while (Gateway.Pipeline.ProcessedOffset != Gateway.Log.CommittedEndOffset || InFlight(Gateway.Ledger.Total) != 0)
        {
            Assert.True(Gateway.Pipeline.IsHealthy, string.Join('\n', Log.Lines));
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public static long InFlight(LedgerEntry entry) => entry.Accepted - entry.RefusedByLog - entry.Processed;

    public void Dispose()
    {
        if (!_isStopped)
        {
            Gateway.Dispose();
        }

        _folder.Dispose();
    }

    private GatewayRuntime Start() => GatewayRuntime.Start(
        new GatewaySettings
        {
            Gateway = new GatewayOptions { City = City, Data = Data },
            Mqtt = Mqtt,
            HttpTls = new HttpTlsOptions(),
            Log = LogOptions,
            Pipeline = new PipelineOptions(),
            Series = new SeriesOptions(),
            IsDevelopment = true,
        },
        _time,
        Log);
}
