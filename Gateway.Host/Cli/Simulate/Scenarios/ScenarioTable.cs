namespace Gateway.Host.Cli.Simulate.Scenarios;

/// <summary>The scenarios by name. A new one is a line here.</summary>
internal static class ScenarioTable
{
    /// <summary>The name that takes recordings in place of a scenario.</summary>
    public const string Replay = "replay";

    private const double Begin = 0.1;
    private const int GaugeCount = 3;

    private static readonly Dictionary<string, Func<SimulatedFleet, Random, Scenario>> Table = new(StringComparer.Ordinal)
    {
        ["calm"] = static (_, _) => Scenario.Calm,
        ["fire"] = Fire,
        ["flood"] = Flood,
        ["intrusion"] = Intrusion,
        ["storm"] = Storm,
    };

    /// <summary>All names, in the order people should read them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys, Replay];

    /// <summary>The scenario of a name played by a fleet, or null when there is none of that name.</summary>
    public static Scenario? Find(string name, SimulatedFleet fleet, Random random) =>
        Table.TryGetValue(name, out Func<SimulatedFleet, Random, Scenario>? create) ? create(fleet, random) : null;

    /// <summary>One building burns: smoke and heat rise over a third of the run, the detectors one after another, and stay.</summary>
    private static Scenario Fire(SimulatedFleet fleet, Random random)
    {
        IReadOnlyList<SimulatedDevice> detectors = OnePlace(fleet.OfKind("smoke"), random);
        return new Scenario(detectors, (device, progress) =>
        {
            double delay = 0.05 * IndexOf(detectors, device) / Math.Max(1, detectors.Count);
            double burning = Ramp(progress, Begin + delay, Begin + delay + 0.3);
            return new Disturbance { SmokeDensity = 2.5 * burning * burning, Temperature = 60 * burning };
        });
    }

    /// <summary>A wave runs down a few gauges: each rises, peaks and recedes later and lower than the one above it; rain comes first.</summary>
    private static Scenario Flood(SimulatedFleet fleet, Random random)
    {
        IReadOnlyList<SimulatedDevice> all = fleet.OfKind("flood");
        int first = all.Count <= GaugeCount ? 0 : random.Next(all.Count - GaugeCount);
        IReadOnlyList<SimulatedDevice> gauges = [.. all.Skip(first).Take(GaugeCount)];
        return new Scenario(gauges, (device, progress) =>
        {
            int downstream = IndexOf(gauges, device);
            double delay = 0.1 * downstream;
            double rise = Ramp(progress, Begin + delay, 0.4 + delay) - Ramp(progress, 0.5 + delay, 0.8 + delay);
            double rain = Ramp(progress, 0, Begin) - Ramp(progress, 0.3, 0.5);
            return new Disturbance { WaterLevel = 0.6 * (1 - (0.15 * downstream)) * rise, Rainfall = 6 * rain };
        });
    }

    /// <summary>One door is forced, and a camera near it sees somebody.</summary>
    private static Scenario Intrusion(SimulatedFleet fleet, Random random)
    {
        IReadOnlyList<SimulatedDevice> doors = fleet.OfKind("access");
        IReadOnlyList<SimulatedDevice> cameras = fleet.OfKind("camera");
        SimulatedDevice? door = doors.Count == 0 ? null : doors[random.Next(doors.Count)];
        SimulatedDevice? camera = cameras.FirstOrDefault(c => c.Place == door?.Place) ?? (cameras.Count > 0 ? cameras[random.Next(cameras.Count)] : null);
        return new Scenario([.. new[] { door, camera }.OfType<SimulatedDevice>()], (device, progress) => progress is < Begin or > 0.6
            ? default
            : new Disturbance { Event = device.EventNamed(device.Kind == "access" ? "door_forced" : "intrusion") });
    }

    /// <summary>Everything that can breach does so at once, for most of the run.</summary>
    private static Scenario Storm(SimulatedFleet fleet, Random random) =>
        new(fleet.Devices, static (device, progress) => progress is < Begin or > 0.8
            ? default
            : new Disturbance
            {
                SmokeDensity = 1.5,
                Temperature = 45,
                WaterLevel = 0.5,
                Rainfall = 20,
                Event = device.EventNamed(device.Kind == "access" ? "door_forced" : "intrusion"),
            })
        {
            Begins = double.PositiveInfinity, // all are affected: nobody is to report more often than the others
        };

    private static IReadOnlyList<SimulatedDevice> OnePlace(IReadOnlyList<SimulatedDevice> devices, Random random)
    {
        IGrouping<string, SimulatedDevice>[] places = [.. devices.GroupBy(d => d.Place)];
        return places.Length == 0 ? [] : [.. places[random.Next(places.Length)]];
    }

    private static int IndexOf(IReadOnlyList<SimulatedDevice> devices, SimulatedDevice device)
    {
        for (int i = 0; i < devices.Count; i++)
        {
            if (ReferenceEquals(devices[i], device))
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>0 before <paramref name="from"/>, 1 after <paramref name="to"/>, a straight line between.</summary>
    private static double Ramp(double progress, double from, double to) => Math.Clamp((progress - from) / (to - from), 0, 1);
}
