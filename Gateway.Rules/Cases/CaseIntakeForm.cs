using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files.Readers;

namespace Gateway.Rules.Cases;

/// <summary>A report as somebody filled it in, every word of it untrusted. Immutable.</summary>
/// <param name="Source">How it came.</param>
/// <param name="Event">Event kind.</param>
/// <param name="Area">Code of the grid; may be left out where a position or a device says it.</param>
/// <param name="Building">Building code.</param>
/// <param name="DeviceId">The device it is about.</param>
/// <param name="Address">Postal address or place.</param>
/// <param name="Latitude">WGS 84 degrees.</param>
/// <param name="Longitude">WGS 84 degrees.</param>
/// <param name="Severity">Word of a severity.</param>
/// <param name="OccurredAt">RFC 3339 or Unix milliseconds.</param>
/// <param name="ExternalId">The number it has where it came from.</param>
/// <param name="Description">What was seen.</param>
public sealed record CaseIntakeForm(
    string? Source, string? Event, string? Area, string? Building, string? DeviceId, string? Address, double? Latitude, double? Longitude,
    string? Severity, string? OccurredAt, string? ExternalId, string? Description)
{
    /// <summary>Sources that are the gateway's own.</summary>
    private static readonly string[] OwnSources = ["sensor", CaseFacts.StormSource, CaseEvent.GatewayActor, CaseCommand.PublicActor];

    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>The report, or all that is wrong with the form, a sentence each.</summary>
    /// <param name="areas">The area tree that holds now.</param>
    /// <param name="devices">The registered devices.</param>
    /// <param name="now">Log time: nothing was seen later than that.</param>
    public (CaseIntake? Intake, IReadOnlyList<string> Faults) Read(AreaTree areas, DeviceRegister devices, EventTime now)
    {
        List<string> faults = [];
        Device? device = string.IsNullOrEmpty(DeviceId) ? null : devices.Find(DeviceId);
        if (!string.IsNullOrEmpty(DeviceId) && device is null)
        {
            faults.Add("deviceId is no registered device; leave it out where none is meant");
        }

        if (Source is null || Source.Length > CaseIntake.ExternalIdLengthLimit || !NameShape.IsSnake(Source) || PersonNumbers.IsIn(Source) || OwnSources.Contains(Source))
        {
            faults.Add($"source is a word of lower-case letters, digits and underscores such as hotline, patrol or citizen, not {string.Join(" or ", OwnSources)}");
        }

        if (Event is null || Event.Length > CaseIntake.ExternalIdLengthLimit || !NameShape.IsEventKind(Event) || PersonNumbers.IsIn(Event))
        {
            faults.Add("event is an event kind, for example flood.underpass");
        }

        (double Latitude, double Longitude)? position = Position(device, faults);
        string area = Place(areas, device, position, faults);
        AlertSeverity severity = ReadSeverity(faults);
        EventTime? occurredAt = ReadTime(now, faults);
        CheckText("description", Description, CaseIntake.DescriptionLengthLimit, faults);
        CheckText("address", Address, CaseIntake.AddressLengthLimit, faults);
        CheckText("building", Building, CaseIntake.ExternalIdLengthLimit, faults);
        if (Building is { } building && PersonNumbers.IsIn(building) && devices.Devices.All(d => d.Building != building))
        {
            faults.Add("building looks like a mobile telephone or identity card number and is the code of no building with a device: leave it out, or write the place into address");
        }

        CheckText("externalId", ExternalId, CaseIntake.ExternalIdLengthLimit, faults);
        if (faults.Count > 0)
        {
            return (null, faults);
        }

        CaseIntake intake = new()
        {
            Source = Source!,
            Event = Event!,
            Area = area,
            Building = string.IsNullOrEmpty(Building) ? device?.Building ?? "" : Building,
            DeviceId = device?.Id ?? "",
            Address = string.IsNullOrEmpty(Address) ? device?.Address ?? "" : Address,
            Latitude = position?.Latitude,
            Longitude = position?.Longitude,
            Severity = severity,
            OccurredAt = occurredAt,
            ExternalId = ExternalId ?? "",
            Description = Description ?? "",
        };
        return (intake, []);
    }

    private (double Latitude, double Longitude)? Position(Device? device, List<string> faults)
    {
        if (Latitude is null && Longitude is null)
        {
            return device is null ? null : (device.Latitude, device.Longitude);
        }

        if (Latitude is >= -90 and <= 90 && Longitude is >= -180 and <= 180)
        {
            return (Latitude.Value, Longitude.Value);
        }

        faults.Add("latitude is -90 to 90 and longitude -180 to 180, WGS 84 degrees, both or neither");
        return null;
    }

    // A device says where it is more closely than whoever names a unit above it, and in the units that hold now.
    private string Place(AreaTree areas, Device? device, (double Latitude, double Longitude)? position, List<string> faults)
    {
        string? unit = device is null ? null : areas.UnitFor(device.Area, device.Latitude, device.Longitude);
        if (!string.IsNullOrEmpty(Area))
        {
            if (areas.Find(Area) is null)
            {
                faults.Add("area is no unit of the area tree that holds now");
            }
            else if (unit is not null && areas.Find(unit) is not null && !areas.IsWithin(unit, Area))
            {
                faults.Add($"deviceId names a device in {unit}, which is not in the area given: leave one of the two out");
            }

            return unit is not null && areas.Find(unit) is not null ? unit : Area;
        }

        string? found = unit ?? (position is { } at ? areas.GridAt(at.Latitude, at.Longitude)?.Code : null);
        if (found is null)
        {
            faults.Add(position is null ? "no place: give area (the code of a grid), or latitude and longitude, or deviceId" : "the position lies in no grid with an outline: give the area");
        }

        return found ?? "";
    }

    private AlertSeverity ReadSeverity(List<string> faults)
    {
        if (string.IsNullOrEmpty(Severity))
        {
            return AlertSeverity.Warning;
        }

        foreach (AlertSeverity severity in Enum.GetValues<AlertSeverity>())
        {
            if (Severity.Equals(severity.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return severity;
            }
        }

        faults.Add($"severity is one of {string.Join(", ", Enum.GetNames<AlertSeverity>().Select(s => s.ToLowerInvariant()))}");
        return default;
    }

    private EventTime? ReadTime(EventTime now, List<string> faults)
    {
        if (string.IsNullOrEmpty(OccurredAt))
        {
            return null;
        }

        if (EventTime.TryParse(OccurredAt, out EventTime time) && time <= now + Ahead)
        {
            return EventTime.Min(time, now);
        }

        faults.Add("occurredAt is a time like 2026-01-27T09:00:00Z, or Unix milliseconds, and not in the future");
        return null;
    }

    private static void CheckText(string name, string? text, int limit, List<string> faults)
    {
        if (text is not null && (text.Length > limit || text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))))
        {
            faults.Add($"{name} has at most {limit} characters, no control characters among them");
        }
    }
}
