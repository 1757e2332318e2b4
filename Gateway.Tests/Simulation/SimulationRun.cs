using System.Globalization;
using Gateway.Tests.Simulation.Network;

namespace Gateway.Tests.Simulation;

/// <summary>
/// One seed: a phase in which everything may fail and what holds all along is checked, and one in which nothing fails any more and all
/// must come to an end that the log alone explains.
/// </summary>
internal sealed class SimulationRun
{
    private const int HealingRounds = 400;

    private readonly SimulationWorld _world;

    private SimulationRun(int seed, SimulatedCity city) => _world = new SimulationWorld(seed, city);

    /// <summary>Runs a seed on a thread of its own, whose continuations stay on it; gives the hash of all that happened.</summary>
    /// <exception cref="SimulationFailure">A promise did not hold; the message has the seed, how to run it alone, and what happened last.</exception>
    public static ulong Of(int seed, SimulatedCity city)
    {
        SimulationRun? run = null;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                run = new SimulationRun(seed, city);
                run.Run();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new SimulationFailure(string.Create(CultureInfo.InvariantCulture, $"""
                seed {seed}: {(failure is SimulationFailure ? failure.Message : failure.ToString())}
                run it alone: GATEWAY_SIMULATION_SEEDS={seed}-{seed} ./test.sh --filter FullyQualifiedName~Simulation
                {run?._world.Trace}
                """));
        }

        return run!._world.Trace.Hash;
    }

    private void Run()
    {
        for (int i = 0; i < _world.Settings.Steps; i++)
        {
            try
            {
                _world.Steps.Take(_world, nested: false);
            }
            catch (ProcessKilled)
            {
                _world.Die(power: _world.Random.PerMille(500));
            }
        }

        Heal();
        Convergence.Check(_world);
    }

    private void Heal()
    {
        _world.Trace.Add("heal");
        _world.Faults.AreOff = true;
        _world.Disk.IsFull = false;
        _world.Time.WallStep = TimeSpan.Zero;
        if (_world.Gateway is not null && _world.Random.PerMille(500))
        {
            _world.Die(power: true);
        }

        if (_world.Gateway is null)
        {
            _world.Start();
        }

        SimulationFailure.Unless(_world.Gateway is not null, "the gateway does not start on a disk that works");
        int round = 0;
        while (!IsSettled())
        {
            SimulationFailure.Unless(round++ < HealingRounds, "nothing fails any more, and yet it does not come to an end");
            Round();
        }

        int killed = _world.Random.Below(48);
        for (int i = 0; i < 24; i++)
        {
            if (i == killed)
            {
                _world.Die(power: true);
                _world.Start();
            }

            _world.Pass(TimeSpan.FromMinutes(5));
            Round();
            Round();
        }

        while (!IsSettled())
        {
            SimulationFailure.Unless(round++ < HealingRounds, "nothing fails any more, and yet it does not come to an end");
            Round();
        }
    }

    private bool IsSettled() =>
        _world.Devices.All(d => d.IsSettled && d.IsIn) && _world.Gateway is { IsAwaiting: false } gateway && gateway.Pipeline.ProcessedOffset == gateway.Log.CommittedEndOffset && gateway.InFlight == 0;

    private void Round()
    {
        foreach (SimulatedLink link in _world.Links.ToArray())
        {
            if (link.IsClientGone)
            {
                link.NoticeClientGone();
            }
            else if (link.IsServerGone && link.ToClient.Count == 0)
            {
                link.ClientLeaves(reset: false);
                link.Client.Lost();
            }
        }

        _world.Settle();
        foreach (SimulatedDevice device in _world.Devices)
        {
            if (device.Link is null)
            {
                _world.Connect(device);
            }
            else if (device.MayPublish)
            {
                device.PublishWaiting();
                device.Ping();
            }
        }

        foreach (SimulatedLink link in _world.Links.ToArray())
        {
            _world.DeliverUp(link, int.MaxValue);
            _world.Settle();
        }

        _world.Commit();
        _world.Settle();
        foreach (SimulatedLink link in _world.Links.ToArray())
        {
            _world.DeliverDown(link, int.MaxValue);
        }

        _world.Turn();
        _world.Gateway!.Tick();
        if (!_world.Gateway.IsAwaiting)
        {
            _world.Gateway.LookAtClock();
        }

        _world.Pass(TimeSpan.FromSeconds(1));
    }
}
