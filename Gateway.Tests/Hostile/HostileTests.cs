using System.Text.RegularExpressions;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>
/// What the attacks have in common: each runs twice while a bystander pings. Every PINGRESP comes before the gateway has worked two
/// seconds for others (processor time: a busy machine is not the gateway's fault), the second round leaves no more memory behind than the
/// first but for a stated bound, the connections are gone, and nothing went into the gateway's log at Warning or above. Where garbage that
/// nobody has collected yet stands above the bound there are more rounds, up to twelve: what is kept would rise with each of them, garbage
/// does not.
/// </summary>
public abstract partial class HostileTests(HostileGateway gateway)
{
    /// <summary>3.1.1, for short.</summary>
    protected const MqttProtocolVersion V311 = MqttProtocolVersion.V311;

    /// <summary>5.0, for short.</summary>
    protected const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    /// <summary>One mebibyte.</summary>
    protected const int MiB = 1024 * 1024;

    private const int LastRound = 12;
    private const int LeastRounds = 2;
    private const int LevelRounds = 3;

    /// <summary>Processor time of all threads together: on two cores a second in which nobody else was served.</summary>
    private static readonly TimeSpan WorkLimit = TimeSpan.FromSeconds(2);

    /// <summary>Where it does not work and does not answer either, it hangs.</summary>
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(20);
    private static int s_tests;
    private readonly string _scope = $"h{Interlocked.Increment(ref s_tests)}";

    /// <summary>The gateway.</summary>
    protected HostileGateway Gateway { get; } = gateway;

    /// <summary>Its MQTT port.</summary>
    protected int Port => Gateway.Process.MqttPort;

    /// <summary>A client id of this test.</summary>
    protected string Client(string name) => $"{_scope}-{name}";

    /// <summary>A topic of this test.</summary>
    protected string Topic(string name) => $"hostile/{_scope}/{name}";

    /// <summary>Runs an attack at least twice beside a bystander and judges what it left behind.</summary>
    /// <param name="attack">The attack; it is given the round, from 1.</param>
    /// <param name="growthLimitBytes">Resident memory that a later round may leave above the first; default 32 MiB, about what a garbage collection more or less shows.</param>
    /// <param name="peakLimitBytes">Resident memory the gateway may have on top of what it had before, at any time.</param>
    protected async Task AttackAsync(Func<int, Task> attack, long growthLimitBytes = 32 * MiB, long peakLimitBytes = 512L * MiB)
    {
        string logBefore = Gateway.Process.Errors;
        long connections = await Gateway.MetricAsync("gateway_mqtt_connections");
        long residentBefore = ResidentMemory.Of(Gateway.Process.Id);
        using Bystander bystander = new(Gateway.Process);
        await attack(1);
        await SettledAsync(connections + 1);
        List<long> resident = [ResidentMemory.Of(Gateway.Process.Id)];
        while (resident.Count < LeastRounds || !IsLevel(resident, growthLimitBytes))
        {
            Assert.True(
                resident.Count < LastRound,
                $"resident memory rose from {residentBefore / MiB} MiB to {string.Join(", ", resident.Select(r => r / MiB))} by rounds; {growthLimitBytes / MiB} more than after the first, or in {LevelRounds} rounds, are allowed");
            await attack(resident.Count + 1);
            await SettledAsync(connections + 1);
            resident.Add(ResidentMemory.Of(Gateway.Process.Id));
        }

        await bystander.ServedAsync(pings: 2);
        BystanderReport report = bystander.Stop();
        Assert.True(report.MostWork <= WorkLimit, $"the gateway worked {report.MostWork} of processor time before it answered a PINGREQ");
        Assert.True(report.Slowest <= HangLimit, $"a PINGRESP took {report.Slowest}");
        Assert.True(report.PeakResidentBytes <= residentBefore + peakLimitBytes, $"resident memory rose from {residentBefore / MiB} MiB to {report.PeakResidentBytes / MiB} MiB; {peakLimitBytes / MiB} more are allowed");
        string log = Gateway.Process.Errors[logBefore.Length..];
        Match alarm = Alarm().Match(log);
        Assert.False(alarm.Success, $"the attack wrote into the log:\n{log.AsSpan(alarm.Index, Math.Min(2000, log.Length - alarm.Index))}");
    }

    /// <summary>Opens a connection that says nothing yet.</summary>
    protected Task<Peer> OpenAsync(MqttProtocolVersion version = V5) => Peer.OpenAsync(Port, version);

    /// <summary>Connects a client.</summary>
    protected async Task<Peer> ConnectAsync(ConnectOptions options, MqttProtocolVersion version = V5)
    {
        Peer peer = await OpenAsync(version);
        await peer.ConnectAsync(options);
        return peer;
    }

    /// <summary>Connects a client with a session that ends with the connection.</summary>
    protected Task<Peer> ConnectAsync(string name, MqttProtocolVersion version = V5) => ConnectAsync(new ConnectOptions { ClientId = Client(name) }, version);

    /// <summary>Connects a client of a flood.</summary>
    protected Task<FloodClient> FloodAsync(string name, MqttProtocolVersion version = V5, params byte[][] properties) =>
        FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = Client(name), Properties = properties }.ToPacket(version));

    [GeneratedRegex(@"^\S+ (warn|fail|crit): ", RegexOptions.Multiline)]
    private static partial Regex Alarm();

    // A garbage collector that takes more at once and keeps it is no leak: that would go on.
    private static bool IsLevel(List<long> resident, long growthLimitBytes) =>
        resident[^1] <= resident[0] + growthLimitBytes || (resident.Count > LevelRounds + 1 && resident[^1] <= resident[^(LevelRounds + 1)] + growthLimitBytes);

    private async Task SettledAsync(long connections)
    {
        await Eventually.BecomesAsync(() => Gateway.MetricAsync("gateway_mqtt_connections"), n => n <= connections, "the attackers' connections are gone");
        await Gateway.Process.CatchUpAsync();
    }
}
