using System.Collections.ObjectModel;

namespace Gateway.Protocols.Devices;

/// <summary>One registered device: what it is and where it stands. Immutable; the index is its place in the <see cref="DeviceRegister"/>.</summary>
public sealed record Device
{
    /// <summary>Place in the register of this snapshot, from 0; it may differ in the next snapshot.</summary>
    public required int Index { get; init; }

    /// <summary>The device id: 1 to 64 of letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, <c>:</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind's profile.</summary>
    public required DeviceProfile Profile { get; init; }

    /// <summary>Code of the grid (the lowest unit of the area tree) it stands in.</summary>
    public required string Area { get; init; }

    /// <summary>Building code, empty when outdoors.</summary>
    public string Building { get; init; } = "";

    /// <summary>Postal address, as people write it.</summary>
    public string Address { get; init; } = "";

    /// <summary>WGS 84 latitude, degrees.</summary>
    public double Latitude { get; init; }

    /// <summary>WGS 84 longitude, degrees.</summary>
    public double Longitude { get; init; }

    /// <summary>Free tags that rules can match, for example <c>site=underpass</c>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
