namespace Gateway.Tests.Simulation;

/// <summary>A promise of the gateway that did not hold.</summary>
internal sealed class SimulationFailure(string message) : Exception(message)
{
    /// <summary>Fails unless it holds.</summary>
    public static void Unless(bool holds, string message)
    {
        if (!holds)
        {
            throw new SimulationFailure(message);
        }
    }
}

/// <summary>The gateway's process is gone in the middle of what it did: passes through its code like the end of the world.</summary>
internal sealed class ProcessKilled : Exception;
