using Gateway.Protocols.Devices;

namespace Gateway.Rules.Files.Readers;

/// <summary>Which tags the devices of each kind carry. Devices share their tag sets, so a million of them are indexed in one quick pass.</summary>
internal sealed class TagIndex
{
    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> _byKind = new(StringComparer.Ordinal);

    public TagIndex(IReadOnlyList<Device> devices)
    {
        HashSet<(DeviceProfile, IReadOnlyDictionary<string, string>)> seen = new(ReferencePairs.Instance);
        foreach (Device device in devices)
        {
            if (seen.Add((device.Profile, device.Tags)))
            {
                Add(device);
            }
        }
    }

    public IReadOnlyCollection<string> Names(string kind) => _byKind.TryGetValue(kind, out var names) ? names.Keys : [];

    public IReadOnlyCollection<string> Values(string kind, string name) =>
        _byKind.TryGetValue(kind, out var names) && names.TryGetValue(name, out HashSet<string>? values) ? values : [];

    private void Add(Device device)
    {
        if (!_byKind.TryGetValue(device.Profile.Kind, out var names))
        {
            _byKind[device.Profile.Kind] = names = new(StringComparer.Ordinal);
        }

        foreach ((string name, string value) in device.Tags)
        {
            if (!names.TryGetValue(name, out HashSet<string>? values))
            {
                names[name] = values = new(StringComparer.Ordinal);
            }

            values.Add(value);
        }
    }

    private sealed class ReferencePairs : IEqualityComparer<(DeviceProfile Profile, IReadOnlyDictionary<string, string> Tags)>
    {
        public static readonly ReferencePairs Instance = new();

        public bool Equals(
            (DeviceProfile Profile, IReadOnlyDictionary<string, string> Tags) x,
            (DeviceProfile Profile, IReadOnlyDictionary<string, string> Tags) y) =>
            ReferenceEquals(x.Profile, y.Profile) && ReferenceEquals(x.Tags, y.Tags);

        public int GetHashCode((DeviceProfile Profile, IReadOnlyDictionary<string, string> Tags) pair) =>
            HashCode.Combine(
                System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Profile),
                System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Tags));
    }
}
