using Gateway.Tests.Simulation.Network;

namespace Gateway.Tests.Simulation;

/// <summary>Which step comes next: by the weights of the seed, among those that are possible.</summary>
internal sealed class SimulationSteps
{
    private readonly (int Weight, Func<SimulationWorld, bool, bool> Take)[] _steps;
    private readonly int _sum;

    /// <summary>Rolls the weights: some seeds publish much and crash seldom, others the other way round.</summary>
    public SimulationSteps(SimulationRandom random)
    {
        _steps =
        [
            (random.Of(20, 60), Publish),
            (random.Of(30, 80), DeliverUp),
            (random.Of(30, 80), DeliverDown),
            (random.Of(10, 30), Connect),
            (random.Of(10, 40), Commit),
            (random.Of(5, 20), Turn),
            (8, Tick),
            (random.Of(5, 15), Pass),
            (3, Sweep),
            (random.Of(0, 1, 8), SaveSessions),
            (random.Of(0, 1, 6), Leave),
            (3, Notice),
            (2, Ping),
            (random.Of(0, 1, 3), Edit),
            (random.Of(0, 2, 6), Command),
            (2, LookAtClock),
            (random.Of(0, 0, 1), SetWallClock),
            (random.Of(0, 0, 1, 3), Fill),
            (random.Of(0, 1, 4), Kill),
            (random.Of(0, 0, 1), Stop),
        ];
        _sum = _steps.Sum(s => s.Weight);
    }

    /// <summary>One step. Nested steps happen while the gateway is in the middle of something.</summary>
    public void Take(SimulationWorld world, bool nested)
    {
        if (world.Gateway is null && !world.IsStarting && !nested && world.Random.PerMille(300))
        {
            world.Start();
            return;
        }

        for (int attempt = 0; attempt < 4; attempt++)
        {
            int at = world.Random.Below(_sum);
            int i = 0;
            while (at >= _steps[i].Weight)
            {
                at -= _steps[i++].Weight;
            }

            if (_steps[i].Take(world, nested))
            {
                world.Settle();
                return;
            }
        }
    }

    private static T? Any<T>(SimulationWorld world, IEnumerable<T> some)
        where T : class
    {
        List<T> all = [.. some];
        return all.Count == 0 ? null : all[world.Random.Below(all.Count)];
    }

    private static bool Publish(SimulationWorld world, bool nested)
    {
        SimulatedDevice? device = Any(world, world.Devices.Where(d => d.MayPublish));
        device?.Publish(world.Time.TrueMilliseconds);
        return device is not null;
    }

    private static bool DeliverUp(SimulationWorld world, bool nested)
    {
        if (world.Gateway is null || Any(world, world.Links.Where(l => l.ToGateway.Count > 0 && !l.IsServerGone)) is not { } link)
        {
            return false;
        }

        world.DeliverUp(link, Some(world, link.ToGateway.Count));
        return true;
    }

    private static bool DeliverDown(SimulationWorld world, bool nested)
    {
        if (Any(world, world.Links.Where(l => l.ToClient.Count > 0)) is not { } link)
        {
            return false;
        }

        world.DeliverDown(link, Some(world, link.ToClient.Count));
        return true;
    }

    private static int Some(SimulationWorld world, int count) => world.Random.PerMille(500) ? count : world.Random.Between(1, count);

    private static bool Connect(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsStopping: false } || Any(world, world.Devices.Where(d => d.Link is null)) is not { } device)
        {
            return false;
        }

        world.Connect(device);
        return true;
    }

    private static bool Commit(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsCommitting: false, IsStopping: false })
        {
            return false;
        }

        world.Commit();
        return true;
    }

    private static bool Turn(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsTurning: false, IsStopping: false })
        {
            return false;
        }

        world.Turn();
        return true;
    }

    private static bool Tick(SimulationWorld world, bool nested) => world.Gateway is { IsStopping: false } gateway && gateway.Tick();

    private static bool Pass(SimulationWorld world, bool nested)
    {
        world.Pass(TimeSpan.FromMilliseconds(world.Random.Of(world.Random.Below(50), world.Random.Below(50), world.Random.Below(3000), world.Random.Below(60_000), world.Random.PerMille(100) ? world.Random.Below(3_000_000) : 1)));
        return true;
    }

    private static bool Sweep(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsStopping: false } gateway)
        {
            return false;
        }

        foreach ((Gateway.Host.Ingest.Connections.MqttConnection connection, Gateway.Protocols.Mqtt.Packets.Will will) in gateway.Sessions.Sweep())
        {
            connection.PublishWillAsync(will).GetAwaiter().GetResult();
        }

        return true;
    }

    private static bool SaveSessions(SimulationWorld world, bool nested)
    {
        world.Gateway?.SaveSessions();
        return world.Gateway is not null;
    }

    private static bool Leave(SimulationWorld world, bool nested)
    {
        if (Any(world, world.Devices.Where(d => d.Link is not null)) is not { } device)
        {
            return false;
        }

        world.Leave(device, reset: world.Random.PerMille(400));
        return true;
    }

    /// <summary>One end learns that the other is gone.</summary>
    private static bool Notice(SimulationWorld world, bool nested)
    {
        if (Any(world, world.Links.Where(l => l.IsClientGone || l.IsServerGone)) is not { } link)
        {
            return false;
        }

        world.Trace.Add($"link {link.Number}: the other end is noticed to be gone");
        if (link.IsClientGone)
        {
            link.NoticeClientGone();
        }
        else if (link.Client.Link == link)
        {
            link.ClientLeaves(reset: false);
            link.Client.Lost();
        }

        return true;
    }

    private static bool Ping(SimulationWorld world, bool nested)
    {
        SimulatedDevice? device = Any(world, world.Devices.Where(d => d.IsIn));
        device?.Ping();
        return device is not null;
    }

    private static bool Edit(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsStopping: false, IsAwaiting: false })
        {
            return false;
        }

        world.Edit();
        return true;
    }

    private static bool Command(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsStopping: false } || world.CaseNumbers.Count == 0)
        {
            return false;
        }

        world.Command();
        return true;
    }

    private static bool LookAtClock(SimulationWorld world, bool nested)
    {
        if (world.Gateway is not { IsStopping: false, IsAwaiting: false } gateway)
        {
            return false;
        }

        gateway.LookAtClock();
        return true;
    }

    private static bool SetWallClock(SimulationWorld world, bool nested)
    {
        world.Time.WallStep = TimeSpan.FromSeconds(world.Random.Of(0, 0, 5, -30, 3600, -86_400));
        world.Trace.Add($"time: the clock on the wall is set {world.Time.WallStep}");
        return true;
    }

    private static bool Fill(SimulationWorld world, bool nested)
    {
        world.Disk.IsFull = !world.Disk.IsFull;
        world.Trace.Add($"disk: full {world.Disk.IsFull}");
        return true;
    }

    private static bool Kill(SimulationWorld world, bool nested)
    {
        if (nested || world.Gateway is null)
        {
            return false;
        }

        throw new ProcessKilled();
    }

    private static bool Stop(SimulationWorld world, bool nested)
    {
        if (nested || world.Gateway is null)
        {
            return false;
        }

        world.Stop();
        return true;
    }
}
