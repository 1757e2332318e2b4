using System.Globalization;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>Evaluation figures 综合评价 of an area and a period, each with its formula, and beside them how much of the area devices watch.</summary>
internal static class CaseMetricsEndpoint
{
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);

    /// <summary>Cases opened from <c>from</c> up to <c>to</c>, the last thirty days when neither is given, as they stood at <c>asOf</c>, which is now unless given.</summary>
    public static IResult Show(string? area, string? from, string? to, string? asOf, ICaseStore store, PipelineWorker pipeline, CityWatcher city, DeviceBoard board, Func<EventTime> now)
    {
        if (!QueryText.TryTime("from", from, out EventTime? fromTime, out string error) || !QueryText.TryTime("to", to, out EventTime? toTime, out error)
            || !QueryText.TryTime("asOf", asOf, out EventTime? asOfTime, out error))
        {
            return Problems.BadRequest(error);
        }

        EventTime at = now(), then = asOfTime ?? at, end = toTime ?? then, begin = fromTime ?? (end - DefaultPeriod);
        if (end <= begin || end - begin > LongestPeriod)
        {
            return Problems.BadRequest($"from is earlier than to, by at most {LongestPeriod.TotalDays} days");
        }

        if (asOfTime < begin || asOfTime > at)
        {
            return Problems.BadRequest("asOf is not earlier than from and not in the future; without it the figures are those of now");
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        AreaTree tree = snapshot.AreasAt(EventTime.Min(end, at));
        if (area is not null && snapshot.FindArea(area) is null)
        {
            return Problems.BadRequest($"no area {area} in any area tree; see /api/v1/areas");
        }

        CaseMetrics metrics = new(then);
        if (!store.Figures(area, begin, end, then, one => metrics.Add(one))
            || (metrics.RecursUntil is { } until && until >= end && !store.Figures(area, end, until + TimeSpan.FromMilliseconds(1), then, one => metrics.AddLater(one))))
        {
            return Problems.BadRequest(string.Create(
                CultureInfo.InvariantCulture,
                $"more than {SqliteCaseFigures.FoldLimit} of the cases have changed since asOf: ask for a smaller area or a shorter period, or leave asOf out"));
        }

        Device[] devices = [.. snapshot.Definition.Devices.Devices.Where(d => area is null || tree.IsWithin(d.Area, area))];
        int heard = devices.Count(d => IsHeard(board, d, at));
        return new WrittenJson(writer => Write(writer, metrics, area, (begin, end, then), (at, devices.Length, heard)));
    }

    /// <summary>Whether something came from a device within a day before a time.</summary>
    internal static bool IsHeard(DeviceBoard board, Device device, EventTime at) => board.LastHeard(device) is { } last && at - last.ReceivedAt <= TimeSpan.FromDays(1);

    private static void Write(
        Utf8JsonWriter writer, CaseMetrics metrics, string? area, (EventTime From, EventTime To, EventTime AsOf) times, (EventTime At, int Devices, int Heard) coverage)
    {
        writer.WriteStartObject();
        writer.WriteString("area", area);
        writer.WriteString("from", times.From.ToString());
        writer.WriteString("to", times.To.ToString());
        writer.WriteString("asOf", times.AsOf.ToString());
        writer.WriteString("basis", CaseMetrics.Basis);
        writer.WriteNumber("filed", metrics.Filed);
        writer.WriteNumber("open", metrics.Open);
        writer.WriteNumber("due", metrics.Due.Due);
        writer.WriteNumber("deferred", metrics.Due.Deferred);
        writer.WriteString("dueFormula", CaseMetrics.DueFormula);
        writer.WriteStartArray("figures");
        foreach (CaseRatio ratio in metrics.Ratios)
        {
            writer.WriteStartObject();
            writer.WriteString("name", ratio.Name);
            writer.WriteString("title", ratio.Chinese);
            writer.WriteString("formula", ratio.Formula);
            writer.WriteNumber("numerator", ratio.Numerator);
            writer.WriteNumber("denominator", ratio.Denominator);
            writer.WriteNumberOrNull("value", ratio.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("recurrenceOpen", metrics.RecurrenceOpen);
        writer.WriteNumberOrNull("detectionLagSecondsP50", metrics.DetectionLagMs(0.5) / 1000d);
        writer.WriteNumberOrNull("detectionLagSecondsP95", metrics.DetectionLagMs(0.95) / 1000d);
        writer.WriteString("detectionLagFormula", "filed - first breaching reading, over the cases that a sensor opened, void ones too; half and 95 % of them are not slower");
        writer.WriteNumberOrNull("leadTimeSecondsP50", metrics.LeadTimeMs(0.5) / 1000d);
        writer.WriteString("leadTimeFormula", "median of (first report came in - first breaching reading) over cases with both that are not void; negative where people were first");
        writer.WriteNumberOrNull("score", metrics.Score);

        // So that no case is never read as no danger.
        writer.WriteStartObject("coverage");
        writer.WriteString("at", coverage.At.ToString());
        writer.WriteString("formula", "devices of the area heard within a day before `at`, which is when this was asked, whatever the period / devices of the area");
        writer.WriteNumber("devices", coverage.Devices);
        writer.WriteNumber("heardWithinADay", coverage.Heard);
        writer.WriteNumberOrNull("value", coverage.Devices == 0 ? null : (double)coverage.Heard / coverage.Devices);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
