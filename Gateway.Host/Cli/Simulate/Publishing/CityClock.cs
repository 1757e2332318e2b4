using System.Globalization;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>
/// The city's clock as the gateway shows it: an instant at an anchor in real time, and a speed. The gateway tells both in the user
/// properties of its CONNACK, so that two processes that did not start together agree. Immutable.
/// </summary>
internal sealed class CityClock
{
    /// <summary>User property of CONNACK: the gateway's time, Unix milliseconds.</summary>
    public const string TimeProperty = "gateway-time";

    /// <summary>User property of CONNACK: how many times as fast as real time it runs.</summary>
    public const string SpeedProperty = "gateway-clock-speed";

    private readonly TimeProvider _time;
    private readonly long _anchor;
    private readonly EventTime _anchorTime;

    /// <summary>Creates a clock that shows <paramref name="anchorTime"/> at the timestamp <paramref name="anchor"/> of <paramref name="time"/>.</summary>
    public CityClock(TimeProvider time, long anchor, EventTime anchorTime, double speed)
    {
        _time = time;
        _anchor = anchor;
        _anchorTime = anchorTime;
        Speed = speed;
    }

    /// <summary>How many times as fast as real time.</summary>
    public double Speed { get; }

    /// <summary>What it shows.</summary>
    public EventTime Now => _anchorTime + (_time.GetElapsedTime(_anchor) * Speed);

    /// <summary>The gateway's clock where CONNACK tells it (a lone time runs at real time), else the one of the command line, else real time.</summary>
    /// <param name="properties">User properties of CONNACK.</param>
    /// <param name="receivedAt">Timestamp of its receipt.</param>
    /// <param name="options">The command line.</param>
    /// <param name="time">Real time.</param>
    public static CityClock From(IReadOnlyList<UserProperty> properties, long receivedAt, SimulateOptions options, TimeProvider time)
    {
        string? said = Find(properties, TimeProperty);
        if (said is not null && EventTime.TryParse(said, out EventTime gatewayTime))
        {
            bool fast = double.TryParse(Find(properties, SpeedProperty), NumberStyles.Float, CultureInfo.InvariantCulture, out double speed) && speed > 0 && double.IsFinite(speed);
            return new CityClock(time, receivedAt, gatewayTime, fast ? speed : 1);
        }

        return new CityClock(time, receivedAt, options.ClockStart ?? EventTime.From(time.GetUtcNow()), options.ClockSpeed ?? 1);
    }

    /// <summary>How long, in real time, until it shows <paramref name="instant"/>; negative when it has.</summary>
    public TimeSpan Until(EventTime instant) => (instant - Now) / Speed;

    private static string? Find(IReadOnlyList<UserProperty> properties, string name) =>
        properties.Where(p => p.Name == name).Select(p => p.Value).FirstOrDefault();
}
