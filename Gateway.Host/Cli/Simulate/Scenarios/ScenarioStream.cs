using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate.Scenarios;

/// <summary>Plays a scenario: an endless round of all devices, in which the devices of a running incident take extra turns. Pure.</summary>
internal static class ScenarioStream
{
    // Of so many turns one goes to a device of the incident, as devices in alarm report more often than the others.
    private const int ExtraTurnEvery = 4;

    /// <summary>The messages in the order of their offsets; the same arguments give the same bytes.</summary>
    public static IEnumerable<SimulatedMessage> Play(SimulatedFleet fleet, string scenarioName, ScenarioSettings settings)
    {
        Random random = new(settings.Seed);
        Scenario scenario = ScenarioTable.Find(scenarioName, fleet, random) ?? throw new ArgumentException($"no scenario {scenarioName}", nameof(scenarioName));
        Dictionary<SimulatedDevice, DeviceModel> models = new(ReferenceEqualityComparer.Instance);
        foreach (SimulatedDevice device in fleet.Devices.Where(d => DeviceModel.Knows(d.Kind)))
        {
            models.Add(device, new DeviceModel(device, random.Next()));
        }

        SimulatedDevice[] round = [.. fleet.Devices.Where(models.ContainsKey)];
        random.Shuffle(round);
        if (round.Length == 0)
        {
            yield break;
        }

        HashSet<SimulatedDevice> affected = new(scenario.Affected, ReferenceEqualityComparer.Instance);
        long turn = 0;
        long extraTurn = 0;
        for (long i = 0; i < settings.MessageCount; i++)
        {
            TimeSpan offset = TimeSpan.FromSeconds(i / settings.RatePerSecond);
            double progress = offset / settings.Duration;
            bool extra = i % ExtraTurnEvery == 0 && affected.Count > 0 && progress >= scenario.Begins;
            SimulatedDevice device = extra
                ? scenario.Affected[(int)(extraTurn++ % scenario.Affected.Count)]
                : round[turn++ % round.Length];
            Disturbance disturbance = affected.Contains(device) ? scenario.Disturb(device, progress) : default;
            EventTime at = settings.Start + (offset * settings.Speed);
            yield return models[device].Report(at, offset, disturbance);
        }
    }
}
