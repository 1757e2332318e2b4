using System.Collections.Frozen;

namespace Gateway.Protocols.Devices;

/// <summary>All registered devices and their profiles. Immutable, safe for any number of threads.</summary>
public sealed class DeviceRegister
{
    private readonly FrozenDictionary<string, Device> _byId;
    private readonly FrozenDictionary<string, Device>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <summary>Creates a register; <paramref name="devices"/> are in index order.</summary>
    /// <exception cref="ArgumentException">A device's index is not its position.</exception>
    public DeviceRegister(IReadOnlyList<DeviceProfile> profiles, IReadOnlyList<Device> devices)
    {
        for (int i = 0; i < devices.Count; i++)
        {
            if (devices[i].Index != i)
            {
                throw new ArgumentException($"device {devices[i].Id} has index {devices[i].Index}, stands at {i}", nameof(devices));
            }
        }

        Profiles = profiles;
        Devices = devices;
        _byId = devices.ToFrozenDictionary(d => d.Id, StringComparer.Ordinal);
        _bySpan = _byId.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>An empty register.</summary>
    public static DeviceRegister Empty { get; } = new([], []);

    /// <summary>The profiles, in the order of their file names.</summary>
    public IReadOnlyList<DeviceProfile> Profiles { get; }

    /// <summary>The devices, in index order.</summary>
    public IReadOnlyList<Device> Devices { get; }

    /// <summary>Finds a device by id, or null.</summary>
    public Device? Find(ReadOnlySpan<char> deviceId) => _bySpan.TryGetValue(deviceId, out Device? device) ? device : null;

    /// <summary>The profile whose topic pattern fits <paramref name="topicName"/>, with the device id; null when none binds it.</summary>
    public DeviceProfile? Bind(ReadOnlySpan<char> topicName, out ReadOnlySpan<char> deviceId)
    {
        foreach (DeviceProfile profile in Profiles)
        {
            foreach (TopicPattern pattern in profile.Topics)
            {
                if (pattern.TryMatch(topicName, out deviceId))
                {
                    return profile;
                }
            }
        }

        deviceId = default;
        return null;
    }
}
