using System.Net;
using Gateway.Host.Access.People;
using Gateway.Host.Access.Tls;
using Gateway.Host.Api.Cap;
using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Gateway.Host.Notifications;
using Gateway.Host.Pipeline;

namespace Gateway.Host.Composition;

/// <summary>Limits of the series store. Section <c>Gateway:Series</c>.</summary>
internal sealed class SeriesOptions
{
    /// <summary>Samples older than this are dropped; null keeps everything. Default null.</summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>Samples held in memory before a block is written, bytes. Default 64 MiB.</summary>
    public long HeadLimitBytes { get; set; } = 64L << 20;
}

/// <summary>All configuration, read once: <c>appsettings.json</c>, then <c>Gateway__Section__Key</c>, then the command line.</summary>
internal sealed class GatewaySettings
{
    /// <summary>Section <c>Gateway</c>.</summary>
    public required GatewayOptions Gateway { get; init; }

    /// <summary>Section <c>Gateway:Mqtt</c>.</summary>
    public required MqttOptions Mqtt { get; init; }

    /// <summary>Section <c>Gateway:Http:Tls</c>.</summary>
    public required HttpTlsOptions HttpTls { get; init; }

    /// <summary>Section <c>Gateway:Log</c>.</summary>
    public required IngestLogOptions Log { get; init; }

    /// <summary>Section <c>Gateway:Pipeline</c>.</summary>
    public required PipelineOptions Pipeline { get; init; }

    /// <summary>Section <c>Gateway:Series</c>.</summary>
    public required SeriesOptions Series { get; init; }

    /// <summary>Section <c>Gateway:People</c>.</summary>
    public PeopleOptions People { get; init; } = new();

    /// <summary>Section <c>Gateway:Cap</c>.</summary>
    public CapOptions Cap { get; init; } = new();

    /// <summary>Section <c>Gateway:Webhooks</c>.</summary>
    public IReadOnlyList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>Whether this is the Development environment, where devices and people on loopback need no credentials.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>Reads and validates.</summary>
    /// <exception cref="StartUpException">A value cannot be; all of them are listed.</exception>
    public static GatewaySettings From(IConfiguration configuration, bool isDevelopment)
    {
        IConfigurationSection root = configuration.GetSection("Gateway");
        try
        {
            GatewaySettings settings = new()
            {
                Gateway = root.Get<GatewayOptions>() ?? new GatewayOptions(),
                Mqtt = root.GetSection("Mqtt").Get<MqttOptions>() ?? new MqttOptions(),
                HttpTls = root.GetSection("Http:Tls").Get<HttpTlsOptions>() ?? new HttpTlsOptions(),
                Log = root.GetSection("Log").Get<IngestLogOptions>() ?? new IngestLogOptions(),
                Pipeline = root.GetSection("Pipeline").Get<PipelineOptions>() ?? new PipelineOptions(),
                Series = root.GetSection("Series").Get<SeriesOptions>() ?? new SeriesOptions(),
                People = root.GetSection("People").Get<PeopleOptions>() ?? new PeopleOptions(),
                Cap = root.GetSection("Cap").Get<CapOptions>() ?? new CapOptions(),
                Webhooks = root.GetSection("Webhooks").Get<WebhookOptions[]>() ?? [],
                IsDevelopment = isDevelopment,
            };
            List<string> findings = [.. settings.Validate()];
            return findings.Count == 0 ? settings : throw new StartUpException($"the configuration cannot be used:{(findings.Count == 1 ? ' ' : '\n')}{string.Join('\n', findings)}");
        }
        catch (InvalidOperationException e)
        {
            throw new StartUpException($"the configuration cannot be read: {e.Message} {e.InnerException?.Message}".TrimEnd(), e);
        }
    }

    private IEnumerable<string> Validate()
    {
        foreach (string finding in ValidateListeners().Concat(Mqtt.Tls.Validate()).Concat(Mqtt.Backoff.Validate("Gateway:Mqtt:Backoff")).Concat(People.Validate()).Concat(Cap.Validate())
            .Concat(WebhookOptionsValidator.Validate(Webhooks, Gateway.ExternalUrl)))
        {
            yield return finding;
        }

        if (Mqtt.MessagesPerSecond < 0 || Mqtt.BytesPerSecond < 0)
        {
            yield return "Gateway:Mqtt: MessagesPerSecond and BytesPerSecond are 0 (no limit) or more";
        }

        if (Log.SegmentSizeBytes is < 1 << 20 or > 1 << 30)
        {
            yield return "Gateway:Log:SegmentSizeBytes is from 1 MiB to 1 GiB";
        }

        if (Log.BatchLimitBytes is < 64 * 1024 or > 256 * 1024 * 1024)
        {
            yield return "Gateway:Log:BatchLimitBytes is from 64 KiB to 256 MiB";
        }

        if (Log.CommitInterval < TimeSpan.Zero || Log.CommitInterval > TimeSpan.FromSeconds(1))
        {
            yield return "Gateway:Log:CommitInterval is from 0 to 1 s";
        }

        if (Log.BacklogLimitBytes is < 0 or (> 0 and < 4 << 20) || (Log.BacklogLimitBytes > 0 && Log.BacklogLimitBytes < 4 * Log.SegmentSizeBytes) || Log.LifeSafetyReserveBytes < 0)
        {
            yield return "Gateway:Log:BacklogLimitBytes is 0 (no limit) or at least four times SegmentSizeBytes, LifeSafetyReserveBytes 0 or more";
        }

        if (Pipeline.CheckpointInterval < TimeSpan.FromMilliseconds(100) || Pipeline.CheckpointRecords < 1 || Pipeline.FramesPerCommit < 1)
        {
            yield return "Gateway:Pipeline: CheckpointInterval is at least 100 ms, CheckpointRecords and FramesPerCommit at least 1";
        }

        foreach (string finding in Mqtt.Limits.Validate())
        {
            yield return $"Gateway:Mqtt:Limits: {finding}";
        }
    }

    private IEnumerable<string> ValidateListeners()
    {
        (string Setting, string Host, bool IsOn)[] listeners =
        [
            ("Gateway:Host", Gateway.Host, Gateway.MqttPort >= 0 || Gateway.HttpPort >= 0),
            ("Gateway:Mqtt:Tls:Host", Mqtt.Tls.Host ?? Gateway.Host, Mqtt.Tls.EffectivePort >= 0),
            ("Gateway:Http:Tls:Host", HttpTls.Host ?? Gateway.Host, HttpTls.Port >= 0),
        ];
        foreach ((string setting, string host, _) in listeners.Where(l => !IPAddress.TryParse(l.Host, out _)))
        {
            yield return $"{setting} is an IP address, not {host}";
        }

        if (listeners[0].IsOn && IsOffLoopback(Gateway.Host) && !Gateway.AllowPlaintextOffLoopback)
        {
            yield return $"Gateway:Host {Gateway.Host} is off loopback and the listeners are plaintext: anyone on the way could read and forge. Use Gateway:Mqtt:Tls and switch the plaintext listeners off (port -1), put TLS in front of it, or set Gateway:AllowPlaintextOffLoopback to true";
        }

        if (Mqtt.Access == TopicAccess.Open && listeners.Any(l => l.IsOn && IsOffLoopback(l.Host)))
        {
            yield return "Gateway:Mqtt:Access open is for loopback only";
        }

        if (Gateway.MqttPort is < -1 or > 65535 || Gateway.HttpPort is < -1 or > 65535 || HttpTls.Port is < -1 or > 65535)
        {
            yield return "ports are from 0 to 65535; 0 picks a free one, -1 is no listener";
        }

        if (!listeners.Any(l => l.IsOn))
        {
            yield return "every listener is switched off";
        }

        if (HttpTls.Port >= 0 && Mqtt.Tls.CertificateFile is null)
        {
            yield return "Gateway:Http:Tls has its certificate from Gateway:Mqtt:Tls:CertificateFile, and there is none";
        }

        if (Mqtt.ConnectTimeout < TimeSpan.FromMilliseconds(100))
        {
            yield return "Gateway:Mqtt:ConnectTimeout is at least 100 ms";
        }
    }

    private static bool IsOffLoopback(string host) => IPAddress.TryParse(host, out IPAddress? address) && !IPAddress.IsLoopback(address);
}
