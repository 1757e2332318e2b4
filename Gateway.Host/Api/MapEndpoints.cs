using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Ingest.Sessions;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>One map: areas, devices and open cases as GeoJSON (RFC 7946).</summary>
internal static class MapEndpoints
{
    private const int DeviceLimit = 50_000;

    /// <summary>Adds the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/map", Build).WithTags("map").WithSummary("GeoJSON of areas, devices and open cases; layers=areas,devices,cases; area=CODE");

    private static IResult Build(ICaseStore store, PipelineWorker pipeline, CityWatcher city, DeviceBoard board, SessionRegistry clients, string? layers, string? area)
    {
        string[] wanted = (layers ?? "areas,devices,cases").Split(',');
        if (wanted.FirstOrDefault(l => l is not ("areas" or "devices" or "cases")) is { } strange)
        {
            return Problems.BadRequest($"layers are areas, devices and cases, not {strange}");
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        AreaTree tree = snapshot.AreasAt(pipeline.LastRecordAt);
        if (area is not null && snapshot.FindArea(area) is null)
        {
            return Problems.BadRequest($"no area {area} in any area tree; see /api/v1/areas");
        }

        List<Case> open = [.. store.Walk(new CaseFilter { Statuses = CaseStatusExtensions.Open, Area = area })];
        Dictionary<string, int> casesByUnit = open.SelectMany(c => c.Facts.AreaPath).GroupBy(code => code, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        return new WrittenJson(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("type", "FeatureCollection");
                writer.WriteStartArray("features");
                if (wanted.Contains("areas"))
                {
                    foreach (Area unit in tree.Areas.Where(a => a.Polygon.Count > 0 && (area is null || tree.IsWithin(a.Code, area))))
                    {
                        WriteArea(writer, unit, casesByUnit.GetValueOrDefault(unit.Code));
                    }
                }

                if (wanted.Contains("devices"))
                {
                    IReadOnlySet<string> connected = clients.ConnectedDevices();
                    foreach (Device device in snapshot.Definition.Devices.Devices.Where(d => area is null || tree.IsWithin(d.Area, area)).Take(DeviceLimit))
                    {
                        WriteDevice(writer, device, board, connected);
                    }
                }

                if (wanted.Contains("cases"))
                {
                    foreach (Case one in open)
                    {
                        WriteCase(writer, one);
                    }
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            "application/geo+json");
    }

    private static void WriteArea(Utf8JsonWriter writer, Area unit, int openCases)
    {
        Begin(writer, unit.Code, "Polygon");
        writer.WriteStartArray();
        foreach ((double longitude, double latitude) in unit.Polygon)
        {
            WritePosition(writer, longitude, latitude);
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
        Properties(writer, "area");
        writer.WriteString("name", unit.Name);
        writer.WriteString("level", JsonNamingPolicy.CamelCase.ConvertName(unit.Level.ToString()));
        writer.WriteNumber("openCases", openCases);
        End(writer);
    }

    private static void WriteDevice(Utf8JsonWriter writer, Device device, DeviceBoard board, IReadOnlySet<string> connected)
    {
        Begin(writer, device.Id, "Point");
        writer.WriteNumberValue(device.Longitude);
        writer.WriteNumberValue(device.Latitude);
        writer.WriteEndArray();
        Properties(writer, "device");
        writer.WriteString("kind", device.Profile.Kind);
        writer.WriteString("area", device.Area);
        writer.WriteString("building", device.Building);
        writer.WriteBoolean("connected", connected.Contains(device.Id));
        if (board.LastHeard(device) is { } heard)
        {
            writer.WriteString("lastReceivedAt", heard.ReceivedAt.ToString());
        }

        End(writer);
    }

    private static void WriteCase(Utf8JsonWriter writer, Case one)
    {
        if (one.Facts.NoPosition)
        {
            Unlocated(writer, one.CaseNo);
        }
        else
        {
            Begin(writer, one.CaseNo, "Point");
            writer.WriteNumberValue(one.Facts.Longitude);
            writer.WriteNumberValue(one.Facts.Latitude);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        Members(writer, "case");
        writer.WriteString("caseNo", one.CaseNo);
        writer.WriteString("status", one.Status.ToString());
        writer.WriteString("severity", JsonNamingPolicy.CamelCase.ConvertName(one.Severity.ToString()));
        writer.WriteString("event", one.Facts.Key.Event);
        writer.WriteString("area", one.Facts.AreaPath.Count > 0 ? one.Facts.AreaPath[0] : "");
        writer.WriteString("lead", one.Lead);
        End(writer);
    }

    private static void Begin(Utf8JsonWriter writer, string id, string geometry)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "Feature");
        writer.WriteString("id", id);
        writer.WriteStartObject("geometry");
        writer.WriteString("type", geometry);
        writer.WriteStartArray("coordinates");
    }

    private static void WritePosition(Utf8JsonWriter writer, double longitude, double latitude)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(longitude);
        writer.WriteNumberValue(latitude);
        writer.WriteEndArray();
    }

    // RFC 7946, 3.2: a feature without a place has the geometry null.
    private static void Unlocated(Utf8JsonWriter writer, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "Feature");
        writer.WriteString("id", id);
        writer.WriteNull("geometry");
    }

    private static void Properties(Utf8JsonWriter writer, string layer)
    {
        writer.WriteEndObject();
        Members(writer, layer);
    }

    private static void Members(Utf8JsonWriter writer, string layer)
    {
        writer.WriteStartObject("properties");
        writer.WriteString("layer", layer);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
