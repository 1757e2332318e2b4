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
    private static readonly TimeSpan Heard = TimeSpan.FromDays(1);

    /// <summary>Cases opened from <c>from</c> up to <c>to</c>; the last thirty days when neither is given.</summary>
    public static IResult Show(string? area, string? from, string? to, ICaseStore store, PipelineWorker pipeline, CityWatcher city, DeviceBoard board, Func<EventTime> now)
    {
        if (!QueryText.TryTime("from", from, out EventTime? fromTime, out string error) || !QueryText.TryTime("to", to, out EventTime? toTime, out error))
        {
            return Problems.BadRequest(error);
        }

        EventTime at = now(), end = toTime ?? at, begin = fromTime ?? (end - DefaultPeriod);
        if (end <= begin || end - begin > LongestPeriod)
        {
            return Problems.BadRequest($"from is earlier than to, by at most {LongestPeriod.TotalDays} days");
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        AreaTree tree = snapshot.AreasAt(EventTime.Min(end, at));
        if (area is not null && snapshot.FindArea(area) is null)
        {
            return Problems.BadRequest($"no area {area} in any area tree; see /api/v1/areas");
        }

        CaseMetrics metrics = new(EventTime.Min(end, at));
        store.Figures(area, begin, end, one => metrics.Add(one));
        Device[] devices = [.. snapshot.Definition.Devices.Devices.Where(d => area is null || tree.IsWithin(d.Area, area))];
        int heard = devices.Count(d => board.LastHeard(d) is { } last && at - last.ReceivedAt <= Heard);
        return new WrittenJson(writer => Write(writer, metrics, area, begin, end, devices.Length, heard));
    }

    private static void Write(Utf8JsonWriter writer, CaseMetrics metrics, string? area, EventTime from, EventTime to, int devices, int heard)
    {
        writer.WriteStartObject();
        writer.WriteString("area", area);
        writer.WriteString("from", from.ToString());
        writer.WriteString("to", to.ToString());
        writer.WriteNumber("filed", metrics.Filed);
        writer.WriteNumber("open", metrics.Open);
        writer.WriteNumber("due", metrics.Due.Due);
        writer.WriteNumber("deferred", metrics.Due.Deferred);
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
        writer.WriteNumberOrNull("detectionLagSecondsP50", metrics.DetectionLagMs(0.5) / 1000d);
        writer.WriteNumberOrNull("detectionLagSecondsP95", metrics.DetectionLagMs(0.95) / 1000d);
        writer.WriteNumberOrNull("leadTimeSecondsP50", metrics.LeadTimeMs(0.5) / 1000d);
        writer.WriteString("leadTimeFormula", "median of (first report came in - first breaching reading) over cases with both that are not void; negative where people were first");
        writer.WriteNumberOrNull("score", metrics.Score);

        // So that no case is never read as no danger.
        writer.WriteStartObject("coverage");
        writer.WriteNumber("devices", devices);
        writer.WriteNumber("heardWithinADay", heard);
        writer.WriteNumberOrNull("value", devices == 0 ? null : (double)heard / devices);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
