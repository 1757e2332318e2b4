using Gateway.Protocols.Devices;

namespace Gateway.Host.Cli.Simulate;

/// <summary>A device that the simulator plays. Immutable.</summary>
internal sealed record SimulatedDevice
{
    private const string TopicRoot = "city/v1";

    /// <summary>Its id, which is its client id too.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind: smoke, flood, access, camera; another kind is connected but has no value model.</summary>
    public required string Kind { get; init; }

    /// <summary>Where its readings go.</summary>
    public required string TelemetryTopic { get; init; }

    /// <summary>Where its discrete events go.</summary>
    public required string EventTopic { get; init; }

    /// <summary>Where its retained online status goes.</summary>
    public required string StatusTopic { get; init; }

    /// <summary>Building code, or the area when outdoors: what a fire or an intruder stays within.</summary>
    public required string Place { get; init; }

    /// <summary>The texts of the kind's <c>event</c> field; empty when no profile says.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>A device of the canonical topics.</summary>
    public static SimulatedDevice Canonical(string kind, string id, string place) => new()
    {
        Id = id,
        Kind = kind,
        TelemetryTopic = $"{TopicRoot}/{kind}/{id}/telemetry",
        EventTopic = $"{TopicRoot}/{kind}/{id}/event",
        StatusTopic = $"{TopicRoot}/{kind}/{id}/status",
        Place = place,
    };

    /// <summary>A device of the register, on the topics of its profile.</summary>
    public static SimulatedDevice From(Device device)
    {
        DeviceProfile profile = device.Profile;
        SimulatedDevice canonical = Canonical(profile.Kind, device.Id, device.Building.Length > 0 ? device.Building : device.Area);
        TopicPattern? events = profile.Topics.FirstOrDefault(t => t.Text.EndsWith("/event", StringComparison.Ordinal));
        TopicPattern? readings = profile.Topics.FirstOrDefault(t => t.Text.EndsWith("/telemetry", StringComparison.Ordinal)) ?? (profile.Topics.Count > 0 ? profile.Topics[0] : null);
        return canonical with
        {
            TelemetryTopic = readings?.For(device.Id) ?? canonical.TelemetryTopic,
            EventTopic = (events ?? readings)?.For(device.Id) ?? canonical.EventTopic,
            Events = profile.ColumnByName.TryGetValue("event", out int column) ? profile.Fields[column].Values : [],
        };
    }

    /// <summary>The first of <paramref name="wished"/> that the profile lists; the first wish when there is no profile; null when it lists none.</summary>
    public string? EventNamed(params ReadOnlySpan<string> wished)
    {
        if (Events.Count == 0)
        {
            return wished[0];
        }

        foreach (string wish in wished)
        {
            if (Events.Contains(wish))
            {
                return wish;
            }
        }

        return null;
    }
}
