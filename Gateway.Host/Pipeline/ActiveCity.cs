using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Pipeline;

/// <summary>
/// One snapshot at work in a partition: its decoders, batches and rule engine, and where each topic goes. Made anew for every snapshot.
/// Not safe for threads.
/// </summary>
internal sealed class ActiveCity
{
    private readonly Dictionary<DeviceProfile, ReadingBatch> _batches = [];
    private readonly Dictionary<DeviceProfile, IPayloadDecoder?> _decoders = [];

    /// <summary>Makes a snapshot ready for work.</summary>
    public ActiveCity(CitySnapshot snapshot, StartedPayload clock)
    {
        Snapshot = snapshot;
        TimePolicy = new TimePolicy { ClockAhead = clock.Ahead }.AtSpeed(clock.ClockSpeed);
        Engine = new RuleEngine(snapshot.Rules, snapshot.Definition.Devices, clock.ClockSpeed);
        foreach (DeviceProfile profile in snapshot.Definition.Devices.Profiles)
        {
            _batches[profile] = new ReadingBatch(profile);
            _decoders[profile] = PayloadDecoders.Formats.Contains(profile.Format) ? PayloadDecoders.For(profile) : null;
        }
    }

    /// <summary>The snapshot.</summary>
    public CitySnapshot Snapshot { get; }

    /// <summary>How device times are judged.</summary>
    public TimePolicy TimePolicy { get; set; }

    /// <summary>The rules at work.</summary>
    public RuleEngine Engine { get; }

    /// <summary>One batch a kind, filled while a frame is processed.</summary>
    public IReadOnlyCollection<ReadingBatch> Batches => _batches.Values;

    /// <summary>When the next dated area tree takes over; never is <see cref="EventTime.MaxValue"/>.</summary>
    public EventTime NextAreaChange(EventTime after) =>
        Snapshot.Definition.AreaTrees.Select(t => t.ValidFrom).Where(t => t > after).DefaultIfEmpty(EventTime.MaxValue).Min();

    /// <summary>Where a topic's messages go.</summary>
    public TopicRoute Route(string topic, int stream)
    {
        DeviceProfile? profile = Snapshot.Definition.Devices.Bind(topic, out ReadOnlySpan<char> id);
        string deviceId = id.ToString();
        if (profile is null)
        {
            return new TopicRoute { Stream = stream, Topic = topic, DeviceId = deviceId, Before = Outcome.NoProfile };
        }

        Device? device = Snapshot.Definition.Devices.Find(deviceId);
        Outcome before = device is null ? Outcome.UnknownDevice
            : device.Profile != profile ? Outcome.WrongKind
            : _decoders[profile] is null ? Outcome.NoDecoder
            : Outcome.Stored;
        return new TopicRoute
        {
            Stream = stream,
            Topic = topic,
            DeviceId = deviceId,
            Device = device,
            Decoder = _decoders[profile],
            Batch = _batches[profile],
            Before = before,
        };
    }
}
