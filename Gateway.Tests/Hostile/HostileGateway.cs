using System.Globalization;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>The gateway under attack: any client uses any topic, limits as they come, but strangers have two seconds for their CONNECT.</summary>
public class HostileGateway : IAsyncLifetime
{
    private GatewayProcess? _process;

    /// <summary>The process.</summary>
    public GatewayProcess Process => _process!;

    /// <summary>Its settings beside those that all of them have.</summary>
    protected virtual IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>();

    /// <summary>A figure of <c>/metrics</c>.</summary>
    public async Task<long> MetricAsync(string name)
    {
        string text = await Process.Http.GetStringAsync("/metrics");
        return long.Parse(text.Split('\n').Single(l => l.StartsWith(name + ' ', StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        Dictionary<string, string> variables = new()
        {
            ["Gateway__Mqtt__Access"] = "open",
            ["Gateway__Mqtt__ConnectTimeout"] = "00:00:02",
        };
        foreach ((string name, string value) in Variables)
        {
            variables[name] = value;
        }

        _process = await GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = variables });
    }

    /// <inheritdoc />
    public async Task DisposeAsync() => await Process.DisposeAsync();
}
