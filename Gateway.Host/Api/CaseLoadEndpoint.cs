using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Api;

/// <summary>The load of each unit of the area tree and of each lead, for whoever cuts grids anew.</summary>
internal static class CaseLoadEndpoint
{
    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);

    /// <summary>What is open now, and what came and went from <c>from</c> up to <c>to</c>; the last thirty days when neither is given.</summary>
    public static IResult Show(string? area, string? level, string? from, string? to, ICaseStore store, PipelineWorker pipeline, CityWatcher city, DeviceBoard board, Func<EventTime> now)
    {
        if (!QueryText.TryTime("from", from, out EventTime? fromTime, out string error) || !QueryText.TryTime("to", to, out EventTime? toTime, out error))
        {
            return Problems.BadRequest(error);
        }

        if (!Enum.TryParse(level ?? "street", ignoreCase: true, out AreaLevel units) || int.TryParse(level, out _))
        {
            return Problems.BadRequest("level is city, district, street, community or grid");
        }

        EventTime at = now(), end = toTime ?? at, begin = fromTime ?? (end - DefaultPeriod);
        if (end <= begin || end - begin > LongestPeriod)
        {
            return Problems.BadRequest($"from is earlier than to, by at most {LongestPeriod.TotalDays} days");
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        if (area is not null && snapshot.FindArea(area) is null)
        {
            return Problems.BadRequest($"no area {area} in any area tree; see /api/v1/areas");
        }

        AreaTree tree = snapshot.AreasAt(EventTime.Min(end, at));
        CaseLoad load = new(units, area, begin, end, at);
        foreach (Area unit in tree.Areas.Where(a => a.Level == units && (area is null || tree.IsWithin(a.Code, area))))
        {
            load.Expect(unit.Code);
        }

        store.AtWork(begin, end, one => load.Add(one.Figures, one.Lead, one.AreaPath));
        Dictionary<string, (int All, int Heard)> devices = snapshot.Definition.Devices.Devices
            .GroupBy(d => tree.AncestorAt(d.Area, units)?.Code ?? "", StringComparer.Ordinal).ToDictionary(g => g.Key, g => (g.Count(), g.Count(d => CaseMetricsEndpoint.IsHeard(board, d, at))), StringComparer.Ordinal);
        return new WrittenJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("area", area);
            writer.WriteString("level", Word(units));
            writer.WriteString("from", begin.ToString());
            writer.WriteString("to", end.ToString());
            writer.WriteString("at", at.ToString());
            writer.WriteString("areaVersion", tree.Version);
            writer.WriteStartArray("units");
            foreach ((string code, CaseLoadCounts counts) in load.Units)
            {
                writer.WriteStartObject();
                writer.WriteTextOrNull("code", code);
                writer.WriteTextOrNull("name", snapshot.FindArea(code)?.Name ?? "");
                writer.WriteBoolean("inTree", tree.Find(code) is not null);
                (int all, int heard) = tree.Find(code) is null ? default : devices.GetValueOrDefault(code);
                writer.WriteNumber("devices", all);
                writer.WriteNumber("heardWithinADay", heard);
                Write(writer, counts);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("leads");
            foreach ((string lead, CaseLoadCounts counts) in load.Leads)
            {
                writer.WriteStartObject();
                writer.WriteTextOrNull("lead", lead);
                writer.WriteTextOrNull("name", snapshot.Definition.Responsibility.Units.GetValueOrDefault(lead)?.Name ?? snapshot.FindArea(lead)?.Name ?? "");
                Write(writer, counts);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, CaseLoadCounts counts)
    {
        writer.WriteNumber("open", counts.Open);
        writer.WriteStartObject("openBySeverity");
        foreach (AlertSeverity severity in Enum.GetValues<AlertSeverity>())
        {
            writer.WriteNumber(Word(severity), counts.OpenOf(severity));
        }

        writer.WriteEndObject();
        writer.WriteNumber("overdue", counts.Overdue);
        writer.WriteNumber("opened", counts.Opened);
        writer.WriteNumber("closed", counts.Closed);
        writer.WriteNumber("voided", counts.Voided);
        writer.WriteNumberOrNull("medianSecondsToClose", counts.MedianTimeToClose?.TotalSeconds);
    }

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
