namespace Gateway.Host.Composition;

/// <summary>Where the gateway listens and what it works on. Section <c>Gateway</c>; environment <c>Gateway__Name</c>; command line.</summary>
internal sealed class GatewayOptions
{
    /// <summary>The city folder. Default: the sample city beside the program.</summary>
    public string City { get; set; } = "";

    /// <summary>The data directory. Default <c>./data</c>.</summary>
    public string Data { get; set; } = "data";

    /// <summary>Address the listeners bind. Default 127.0.0.1.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>MQTT port. Default 1883; 0 picks a free one; -1 is no plaintext listener.</summary>
    public int MqttPort { get; set; } = 1883;

    /// <summary>HTTP port. Default 8080; 0 picks a free one; -1 is no plaintext listener.</summary>
    public int HttpPort { get; set; } = 8080;

    /// <summary>Exercise: the time the clock starts at; null follows the world.</summary>
    public string? ClockStart { get; set; }

    /// <summary>Exercise: how many times as fast the clock runs; 1 to 100,000.</summary>
    public double ClockSpeed { get; set; } = 1;

    /// <summary>Allows listening in plaintext beyond loopback. Default false: such a listener is a start-up error.</summary>
    public bool AllowPlaintextOffLoopback { get; set; }

    /// <summary>File with the key of card pseudonyms. Default <c>secrets/pseudonym.key</c> in the data directory; made on first start.</summary>
    public string? PseudonymKeyFile { get; set; }

    /// <summary>How people reach the gateway over HTTP, for links in what goes out. Default none: no links.</summary>
    public string ExternalUrl { get; set; } = "";

    /// <summary>Whether a case is rehearsed at the start, so that the first real one does not wait for the compiler. Default true.</summary>
    public bool Rehearsal { get; set; } = true;

    /// <summary>As <c>serve</c> would have them without its command line: for commands that work on the same folders.</summary>
    public static GatewayOptions Configured() => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .Build()
        .GetSection("Gateway")
        .Get<GatewayOptions>() ?? new GatewayOptions();
}
