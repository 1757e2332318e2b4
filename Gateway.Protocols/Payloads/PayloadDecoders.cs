using System.Collections.Frozen;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads.CanonicalJson;

namespace Gateway.Protocols.Payloads;

/// <summary>The payload formats there are. A new format is a folder beside this file and a line in this table.</summary>
public static class PayloadDecoders
{
    private static readonly FrozenDictionary<string, Func<DeviceProfile, IPayloadDecoder>> Table =
        new Dictionary<string, Func<DeviceProfile, IPayloadDecoder>>(StringComparer.Ordinal)
        {
            [CanonicalJsonDecoder.FormatName] = profile => new CanonicalJsonDecoder(profile),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names a profile can give as its format, in ordinal order.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. Table.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// The decoder of a profile, with the profile's names compiled in: make one when a snapshot is loaded and keep it as long as the
    /// profile, not one per message.
    /// </summary>
    /// <exception cref="ArgumentException">The profile's format is not one of <see cref="Formats"/>, or the format cannot hold its fields.</exception>
    public static IPayloadDecoder For(DeviceProfile profile) =>
        Table.TryGetValue(profile.Format, out Func<DeviceProfile, IPayloadDecoder>? create)
            ? create(profile)
            : throw new ArgumentException($"no payload format {profile.Format}; there are: {string.Join(", ", Formats)}", nameof(profile));
}
