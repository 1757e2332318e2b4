using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>
/// A report of a person or another system 信息收集, as it comes in. It has no place for who they are: a gateway that does not know cannot
/// tell. Immutable.
/// </summary>
public sealed record CaseIntake
{
    /// <summary>Longest description, characters.</summary>
    public const int DescriptionLengthLimit = 2000;

    /// <summary>Longest address, characters.</summary>
    public const int AddressLengthLimit = 200;

    /// <summary>Longest number of where it came from, characters.</summary>
    public const int ExternalIdLengthLimit = 64;

    /// <summary>
    /// How long the number of a report is known: the same source and number again within it is the same report, whatever became of its case; after it,
    /// that of a source whose numbers begin anew.
    /// </summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(366);

    /// <summary>How it came: <c>hotline</c>, <c>patrol</c>, <c>citizen</c>, ... lower-case letters, digits and underscores.</summary>
    public required string Source { get; init; }

    /// <summary>Who handed it in: the account that stands in the history for it; empty for the source itself.</summary>
    public string Actor { get; init => field = value ?? ""; } = "";

    /// <summary>Event kind, for example <c>flood.underpass</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Code of the grid, or of the unit above it where the grid is not known.</summary>
    public required string Area { get; init; }

    /// <summary>Building code; empty outdoors or where it is not known.</summary>
    public string Building { get; init; } = "";

    /// <summary>The device it is about; empty for none.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>Postal address or place.</summary>
    public string Address { get; init; } = "";

    /// <summary>WGS 84 latitude, degrees; null where it is not known.</summary>
    public double? Latitude { get; init; }

    /// <summary>WGS 84 longitude, degrees; null where it is not known.</summary>
    public double? Longitude { get; init; }

    /// <summary>How bad it is. Default warning.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    /// <summary>When it was seen; null for when it came in.</summary>
    public EventTime? OccurredAt { get; init; }

    /// <summary>The number it has where it came from, its keyed hash where it looked like a person's; empty for none. The same source and number again is the same report, see <see cref="Remembered"/>.</summary>
    public string ExternalId { get; init; } = "";

    /// <summary>What was seen.</summary>
    public string Description { get; init; } = "";
}

/// <summary>What became of a report.</summary>
/// <param name="CaseNo">The case that has it.</param>
/// <param name="Joined">Whether the case was there before.</param>
public sealed record CaseIntakeResult(string CaseNo, bool Joined);
