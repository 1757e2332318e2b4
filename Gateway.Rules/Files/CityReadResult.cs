using Gateway.Protocols.Devices;

namespace Gateway.Rules.Files;

/// <summary>What came of reading a city folder.</summary>
/// <param name="City">The city, or null when some finding is an error.</param>
/// <param name="Findings">All findings of all files, by file, line and column.</param>
public sealed record CityReadResult(CityDefinition? City, IReadOnlyList<Finding> Findings)
{
    /// <summary>The rules as far as they could be read, so that their expressions can be checked in a city that has other errors too.</summary>
    public required IReadOnlyList<RuleDefinition> Rules { get; init; }

    /// <summary>The profiles whose files have no error.</summary>
    public required IReadOnlyList<DeviceProfile> SoundProfiles { get; init; }
}
