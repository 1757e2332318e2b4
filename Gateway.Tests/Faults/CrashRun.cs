using Gateway.Host.IngestLog;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>
/// A gateway that is killed at one system call after the other, always on the same data: each start is the recovery from the death before
/// it, and the devices send on in each life. After each death the log is judged, after each start the counts, at the end everything.
/// </summary>
internal sealed class CrashRun : IDisposable
{
    /// <summary>In a <see cref="FaultInjection.Path"/>: the segment that the next life begins.</summary>
    public const string NextSegment = "log/next";

    /// <summary>Messages of a device in one life.</summary>
    private const int MessagesALife = 120;

    private const int KilledExit = 128 + 9;

    private readonly FaultInjection[] _places;
    private FaultRig.LogCount _recovered;

    /// <param name="paddingBytes">Makes messages larger, so that the log begins new segments.</param>
    /// <param name="places">Call, which one of its thread, path.</param>
    public CrashRun(int paddingBytes, params (string Call, int When, string? Path)[] places)
    {
        _places = [.. places.Select(p => new FaultInjection(p.Call, $"signal=SIGKILL:when={p.When}", p.Path))];
        Rig = new FaultRig(MessagesALife * (places.Length + 1), paddingBytes);
    }

    /// <summary>Data, devices, judgement.</summary>
    public FaultRig Rig { get; }

    /// <summary>How many of the deaths came before the gateway was ready.</summary>
    public int DeathsAtStart { get; private set; }

    /// <summary>Whether each place must be met; not so for those of a first start, which a later one has behind it.</summary>
    public bool MeetsEachPlace { get; init; } = true;

    /// <summary>What else must hold in each life.</summary>
    public Func<GatewayProcess, Task> WhenReady { get; init; } = _ => Task.CompletedTask;

    /// <summary>Runs through all places, and then once without a fault.</summary>
    public async Task RunAsync()
    {
        foreach (FaultInjection place in _places)
        {
            await DieAsync(place with { Path = place.Path == NextSegment ? $"log/{LogSegment.FileName(Rig.LogEndOffset())}" : place.Path });
            _recovered = Rig.JudgeLog();
        }

        await using GatewayProcess gateway = await GatewayProcess.StartAsync(Rig.Settings());
        await WhenReady(gateway);
        await Rig.JudgeGatewayAsync(gateway, _recovered);
        Assert.Equal(0, await gateway.StopAsync());
        ReplayedLog.AssertEqualToWhatHappened(gateway.Data);
    }

    /// <inheritdoc />
    public void Dispose() => Rig.Dispose();

    private async Task DieAsync(FaultInjection place)
    {
        GatewayProcess gateway;
        try
        {
            gateway = await GatewayProcess.StartAsync(Rig.Settings(place));
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith($"the gateway ended with {KilledExit}", StringComparison.Ordinal))
        {
            DeathsAtStart++;
            return;
        }

        await using (gateway)
        {
            try
            {
                await WhenReady(gateway);
                await Rig.JudgeCountsAsync(gateway, _recovered);
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException or System.Net.Sockets.SocketException)
            {
                // It died of what its first commits write.
                Assert.Equal(KilledExit, await gateway.EndedAsync());
                return;
            }

            bool answered = await Rig.SendAsync(gateway, MessagesALife);
            int exit = answered ? await gateway.StopAsync() : await gateway.EndedAsync();
            Assert.True(exit == KilledExit || (!MeetsEachPlace && exit == 0), $"never came to {place}: exit {exit}\n{gateway.Errors}");
        }
    }
}
