using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files.Readers;

namespace Gateway.Rules.Cases.Cap.Reading;

/// <summary>What becomes of a message from outside.</summary>
public enum CapOutcome : byte
{
    /// <summary>It is a report for a case.</summary>
    Taken,

    /// <summary>It changes no case, and is well that way: our own, an echo of it, expired, a cancellation, a test.</summary>
    Ignored,

    /// <summary>It should be one and cannot: no place in this city.</summary>
    Refused,
}

/// <summary>
/// CAP messages of other systems to reports for cases. Loop-safe: what is our own, or refers to what is our own, is ignored, or two systems would
/// tell each other the same for ever. Nothing is remembered here: a message that comes twice has the same sender and identifier, by which the history
/// of cases knows it, see <see cref="CaseIntake.Remembered"/>. Pure.
/// </summary>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Why">Why it is not taken, one line; empty when it is.</param>
/// <param name="Intake">The report; null when it is not taken.</param>
public sealed record CapTaking(CapOutcome Outcome, string Why, CaseIntake? Intake)
{
    /// <summary>Source of the reports made of messages.</summary>
    public const string Source = "cap";

    private const int ExternalIdBytes = 16;
    private const double MetresPerKilometre = 1000;
    private const double LeastCosine = 0.01;
    private const double ExactMetres = 500; // a shape no wider says where, as a position does

    /// <summary>Judges one message.</summary>
    /// <param name="alert">The message.</param>
    /// <param name="ownSender">The sender of our own messages.</param>
    /// <param name="areas">The area tree that holds now.</param>
    /// <param name="isExercise">Whether the gateway is in an exercise, which takes exercises and nothing else.</param>
    /// <param name="now">Log time.</param>
    public static CapTaking Of(CapAlert alert, string ownSender, AreaTree areas, bool isExercise, EventTime now)
    {
        if (WhyNot(alert, ownSender, isExercise, now) is { } why)
        {
            return new CapTaking(CapOutcome.Ignored, why, null);
        }

        // The same in several languages: one of them says it all.
        CapInfo info = alert.Infos.FirstOrDefault(i => i.Language.StartsWith("zh", StringComparison.OrdinalIgnoreCase)) ?? alert.Infos[0];
        CapPoint[] shape = Shape(info);
        CapPoint? point = shape.Length == 0 ? null : new CapPoint(shape.Average(p => p.Latitude), shape.Average(p => p.Longitude));
        bool isExact = point is { } centre && shape.All(p => new WorldPosition(p.Latitude, p.Longitude).DistanceMetres(new WorldPosition(centre.Latitude, centre.Longitude)) <= ExactMetres);
        string? code = info.Areas.SelectMany(a => a.Geocodes).Select(g => g.Value).FirstOrDefault(v => areas.Find(v) is not null)
            ?? (point is { } middle ? UnitOf(middle, isExact ? [] : shape, areas) : null);
        if (code is null)
        {
            return new CapTaking(CapOutcome.Refused, "no geocode of it is a unit of this city's area tree, and the middle of its first shape lies in no grid", null);
        }

        EventTime onset = EventTime.From(info.Onset ?? alert.Sent);
        return new CapTaking(CapOutcome.Taken, "", new CaseIntake
        {
            Source = Source,
            Event = EventOf(info),
            Area = code,
            Address = CapName.Line(info.Areas[0].Description, CaseIntake.AddressLengthLimit),
            Latitude = isExact ? point?.Latitude : null,
            Longitude = isExact ? point?.Longitude : null,
            Severity = SeverityOf(info.Severity),
            OccurredAt = EventTime.Min(onset, now),
            ExternalId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{alert.Sender}\n{alert.Identifier}")).AsSpan(0, ExternalIdBytes)),
            Description = CapName.Line($"{(info.Headline.Length > 0 ? info.Headline : info.Event)} {info.Description}", CaseIntake.DescriptionLengthLimit),
        });
    }

    private static string? WhyNot(CapAlert alert, string ownSender, bool isExercise, EventTime now)
    {
        bool IsOwn(string sender) => string.Equals(sender, ownSender, StringComparison.OrdinalIgnoreCase); // relays change the case now and then
        CapStatus taken = isExercise ? CapStatus.Exercise : CapStatus.Actual;
        return IsOwn(alert.Sender) ? "it is our own"
            : alert.References.Any(r => IsOwn(r.Sender)) ? "it refers to a message of our own"
            : alert.MessageType is not (CapMessageType.Alert or CapMessageType.Update) ? $"{alert.MessageType} changes no case: only verification or a person ends one"
            : alert.Status != taken ? $"its status is {alert.Status}; {taken} is taken"
            : alert.Infos.Count == 0 ? "it has no info"
            : alert.Infos.All(i => i.Expires is { } until && EventTime.From(until) <= now) ? "it has expired"
            : null;
    }

    // The corners of the first shape; a circle has four.
    private static CapPoint[] Shape(CapInfo info)
    {
        foreach (CapArea area in info.Areas)
        {
            if (area.Circles.Count > 0)
            {
                (CapPoint centre, double metres) = (area.Circles[0].Centre, area.Circles[0].RadiusKilometres * MetresPerKilometre);
                double latitude = metres / WorldPosition.MetresPerDegree, longitude = Math.Min(180, latitude / Math.Max(LeastCosine, Math.Cos(double.DegreesToRadians(centre.Latitude))));
                return
                [
                    centre with { Latitude = centre.Latitude + latitude },
                    centre with { Latitude = centre.Latitude - latitude },
                    centre with { Longitude = centre.Longitude + longitude },
                    centre with { Longitude = centre.Longitude - longitude },
                ];
            }

            if (area.Polygons.Count > 0)
            {
                return [.. area.Polygons[0].Skip(1)];
            }
        }

        return [];
    }

    // The grid of the middle, or of a wide shape the lowest unit above it that holds every corner: what is said of a district is not of the grid in its middle.
    private static string? UnitOf(CapPoint middle, CapPoint[] corners, AreaTree areas)
    {
        if (areas.GridAt(middle.Latitude, middle.Longitude) is not { } grid)
        {
            return null;
        }

        string?[] grids = [.. corners.Select(c => areas.GridAt(c.Latitude, c.Longitude)?.Code)];
        Area[] units = [.. areas.Ancestry(grid.Code)];
        return (Array.Find(units, u => Array.TrueForAll(grids, g => g is not null && areas.IsWithin(g, u.Code))) ?? units[^1]).Code;
    }

    // An event code in the form of our own kinds is meant; otherwise what there is, is the category.
    private static string EventOf(CapInfo info) =>
        info.EventCodes.Select(c => c.Value).FirstOrDefault(v => v.Length <= CaseIntake.ExternalIdLengthLimit && v.Contains('.') && NameShape.IsEventKind(v) && !PersonNumbers.IsIn(v))
        ?? $"cap.{info.Categories[0].ToString().ToLowerInvariant()}";

    private static AlertSeverity SeverityOf(CapSeverity severity) => severity switch
    {
        CapSeverity.Extreme => AlertSeverity.Emergency,
        CapSeverity.Severe => AlertSeverity.Critical,
        CapSeverity.Minor => AlertSeverity.Info,
        _ => AlertSeverity.Warning,
    };
}
