using System.Globalization;
using System.Text;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate.Scenarios;

/// <summary>
/// One device's ordinary life: values that follow the time of day, with noise of its own, a battery that drains, a sequence that counts.
/// Deterministic for its seed; not safe for threads.
/// </summary>
internal sealed class DeviceModel
{
    private const double BatteryDaysPerPercent = 7;
    private readonly SimulatedDevice _device;
    private readonly Random _random;
    private readonly double _battery;
    private readonly double _offset;
    private readonly int _door;
    private EventTime? _first;
    private long _sequence;

    /// <summary>Creates a device in its first moment.</summary>
    public DeviceModel(SimulatedDevice device, int seed)
    {
        _device = device;
        _random = new Random(seed);
        _battery = 70 + (_random.NextDouble() * 30);
        _offset = _random.NextDouble() - 0.5;
        _door = _random.Next(1, 9);
    }

    /// <summary>Whether there is a model of a kind.</summary>
    public static bool Knows(string kind) => kind is "smoke" or "flood" or "access" or "camera";

    /// <summary>The next message.</summary>
    public SimulatedMessage Report(EventTime at, TimeSpan offset, in Disturbance disturbance)
    {
        _first ??= at;
        _sequence++;
        StringBuilder json = new(160);
        Append(json, $"{{\"ts\":{at.UnixMilliseconds},\"seq\":{_sequence}");
        string topic = _device.TelemetryTopic;
        switch (_device.Kind)
        {
            case "smoke":
                AppendSmoke(json, at, disturbance);
                break;
            case "flood":
                AppendFlood(json, at, disturbance);
                break;
            case "access":
                AppendAccess(json, disturbance);
                topic = _device.EventTopic;
                break;
            default:
                AppendCamera(json, disturbance);
                topic = _device.EventTopic;
                break;
        }

        json.Append('}');
        return new SimulatedMessage(_device, topic, Encoding.UTF8.GetBytes(json.ToString()), offset, at);
    }

    private void AppendSmoke(StringBuilder json, EventTime at, in Disturbance disturbance)
    {
        double density = Math.Max(0, 0.008 + (0.004 * _offset) + (0.003 * Noise()) + disturbance.SmokeDensity);
        double temperature = 21 + (4 * _offset) + (2.5 * DayWave(at)) + (0.15 * Noise()) + disturbance.Temperature;
        Append(json, $",\"smoke_density\":{density:0.###},\"temperature\":{temperature:0.#},\"battery\":{Battery(at):0},\"rssi\":{-70 + (10 * _offset) + (2 * Noise()):0}");
    }

    private void AppendFlood(StringBuilder json, EventTime at, in Disturbance disturbance)
    {
        double level = Math.Max(0, 0.04 + (0.02 * _offset) + (0.003 * Noise()) + disturbance.WaterLevel);
        Append(json, $",\"water_level\":{level:0.###},\"rainfall\":{Math.Max(0, disturbance.Rainfall):0.#},\"battery\":{Battery(at):0}");
    }

    private void AppendAccess(StringBuilder json, in Disturbance disturbance)
    {
        string? name = disturbance.Event ?? (_sequence % 2 == 1 ? _device.EventNamed("door_opened", "access_granted") : _device.EventNamed("door_closed", "access_granted"));
        AppendEvent(json, name);
        Append(json, $",\"door\":\"D-{_door}\"");
        if (disturbance.Event is null)
        {
            Append(json, $",\"card\":\"{_random.Next(1, 10_000_000):D10}\"");
        }
    }

    private void AppendCamera(StringBuilder json, in Disturbance disturbance)
    {
        bool quiet = disturbance.Event is null;
        AppendEvent(json, disturbance.Event ?? _device.EventNamed("cleared"));
        double score = quiet ? 0.5 + (0.4 * _random.NextDouble()) : 0.88 + (0.1 * _random.NextDouble());
        Append(json, $",\"object\":\"{(quiet ? "none" : "person")}\",\"score\":{score:0.##},\"zone\":\"Z{_door}\"");
    }

    private static void AppendEvent(StringBuilder json, string? name)
    {
        if (name is not null)
        {
            json.Append(",\"event\":\"").Append(name).Append('"');
        }
    }

    /// <summary>-1 at 03:00, 1 at 15:00 UTC.</summary>
    private static double DayWave(EventTime at) => -Math.Cos(2 * Math.PI * ((at.UnixMilliseconds / 86_400_000.0) - 0.125));

    private double Battery(EventTime at) => Math.Max(5, _battery - ((at - _first!.Value).TotalDays / BatteryDaysPerPercent));

    /// <summary>Roughly normal, mean 0, deviation 1.</summary>
    private double Noise() => (_random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 1.5) * 2;

    private static void Append(StringBuilder json, FormattableString text) => json.Append(text.ToString(CultureInfo.InvariantCulture));
}
