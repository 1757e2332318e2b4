using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Ingest.Sessions;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Host.Api;

/// <summary>What is so now: alerts, rules, devices, areas, quarantine, ledger.</summary>
internal static class StateEndpoints
{
    private const int DefaultLimit = 500;
    private const int LargestLimit = 10_000;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1").WithTags("state");
        api.MapGet("/alerts", Alerts).WithSummary("Pending and firing alerts");
        api.MapGet("/rules", Rules).WithSummary("The rules at work, with their file and hash");
        api.MapGet("/rules/shadow", Shadow).WithSummary("What rules in shadow mode would have done, newest first; filter by rule, from and to");
        api.MapGet("/devices", Devices).WithSummary("Registered devices by id; filter by kind and area; page with after");
        api.MapGet("/devices/{deviceId}", OneDevice).WithSummary("One device");
        api.MapGet("/areas", Areas).WithSummary("The area tree that holds now");
        api.MapGet("/quarantine", Quarantined).WithSummary("The newest messages that need attention; filter by reason and device");
        api.MapGet("/ledger", LedgerNow).WithSummary("received = stored + duplicate + quarantined + rejected + in_flight, total and per device");
    }

    private static IResult Alerts(PipelineWorker pipeline, CityWatcher city)
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        Dictionary<string, RuleDefinition> rules = snapshot.Definition.Rules.ToDictionary(r => r.Alert.Text, StringComparer.Ordinal);
        return Results.Json(new
        {
            // By name: the alerts are those of the last commit, and another snapshot may have come since.
            alerts = pipeline.Alerts.Where(a => rules.ContainsKey(a.RuleName) && snapshot.Definition.Devices.Find(a.DeviceId) is not null).Select(a =>
            {
                RuleDefinition rule = rules[a.RuleName];
                Device device = snapshot.Definition.Devices.Find(a.DeviceId)!;
                return new
                {
                    alert = a.RuleName,
                    deviceId = device.Id,
                    area = device.Area,
                    state = Word(a.State),
                    severity = Word(a.Severity),
                    since = a.Since.ToString(),
                    occurredAt = a.OccurredAt.ToString(),
                    absence = a.IsAbsence,
                    mode = Word(rule.Mode),
                    cause = a.Cause,
                    suppressedBy = a.SuppressedBy,
                    labels = rule.Labels,
                    annotations = rule.Annotations,
                };
            }),
        });
    }

    private static IResult Rules(PipelineWorker pipeline, CityWatcher city)
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        return Results.Json(new
        {
            revision = snapshot.Revision,
            mode = snapshot.Definition.Mode,
            folderValid = city.IsFolderValid,
            notInEffect = city.NotInEffect,
            findings = city.Findings.Select(f => f.ToString()),
            rules = snapshot.Rules.Rules.Select(r => new
            {
                alert = r.Definition.Alert.Text,
                file = r.Definition.Alert.Location.File,
                line = r.Definition.Alert.Location.Line,
                sha256 = snapshot.HashOf(r.Definition),
                overlays = snapshot.Find(r.Name)!.Overlays.Select(o => new { file = o.File, campaign = o.Campaign.Length == 0 ? null : o.Campaign, when = o.When }),
                kind = r.Definition.Match.Kind.Text,
                mode = Word(r.Definition.Mode),
                levels = r.Definition.Levels.Select(l => new { severity = Word(l.Severity), expr = l.Expression.Text, clear = l.Clear?.Text, @for = l.For, keepFiringFor = l.KeepFiringFor }),
                absentAfter = r.Definition.Absent?.After,
                @event = r.Definition.Case?.Event.Text,
                annotations = r.Definition.Annotations,
            }),
        });
    }

    private static IResult Devices(PipelineWorker pipeline, CityWatcher city, DeviceBoard board, SessionRegistry clients, string? kind, string? area, string? after, string? limit)
    {
        if (!QueryText.TryLimit(limit, DefaultLimit, LargestLimit, out int count, out string error))
        {
            return Problems.BadRequest(error);
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        AreaTree areas = snapshot.AreasAt(pipeline.LastRecordAt);
        if (area is not null && areas.Find(area) is null)
        {
            return Problems.BadRequest($"no area {area}; see /api/v1/areas");
        }

        List<Device> page = snapshot.Definition.Devices.Devices
            .Where(d => (kind is null || d.Profile.Kind == kind)
                && (after is null || string.CompareOrdinal(d.Id, after) > 0)
                && (area is null || areas.IsWithin(d.Area, area)))
            .OrderBy(d => d.Id, StringComparer.Ordinal)
            .Take(count + 1)
            .ToList();
        IReadOnlySet<string> connected = clients.ConnectedDevices();
        return Results.Json(new
        {
            devices = page.Take(count).Select(d => Describe(d, board, connected)),
            next = page.Count > count ? page[count - 1].Id : null,
        });
    }

    private static IResult OneDevice(PipelineWorker pipeline, CityWatcher city, DeviceBoard board, SessionRegistry clients, Ledger ledger, string deviceId)
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        return snapshot.Definition.Devices.Find(deviceId) is { } device
            ? Results.Json(Describe(device, board, clients.ConnectedDevices()))
            : Problems.NotFound($"no device {deviceId} is registered");
    }

    private static object Describe(Device device, DeviceBoard board, IReadOnlySet<string> connected)
    {
        (EventTime ObservedAt, EventTime ReceivedAt)? heard = board.LastHeard(device);
        return new
        {
            deviceId = device.Id,
            kind = device.Profile.Kind,
            area = device.Area,
            building = device.Building,
            address = device.Address,
            latitude = device.Latitude,
            longitude = device.Longitude,
            tags = device.Tags,
            connected = connected.Contains(device.Id),
            lastObservedAt = heard?.ObservedAt.ToString(),
            lastReceivedAt = heard?.ReceivedAt.ToString(),
        };
    }

    private static IResult Shadow(ICaseStore cases, string? rule, string? from, string? to, string? limit)
    {
        if (!QueryText.TryLimit(limit, DefaultLimit, LargestLimit, out int count, out string error)
            || !QueryText.TryTime("from", from, out EventTime? begin, out error) || !QueryText.TryTime("to", to, out EventTime? end, out error))
        {
            return Problems.BadRequest(error);
        }

        return Results.Json(new
        {
            alerts = cases.Shadow(rule, begin, end, count).Select(s => new
            {
                rule = s.Rule.Name,
                file = s.Rule.File,
                sha256 = s.Rule.Sha256,
                deviceId = s.DeviceId,
                kind = Word(s.Kind),
                severity = Word(s.Severity),
                absence = s.IsAbsence,
                at = s.At.ToString(),
                occurredAt = s.OccurredAt.ToString(),
                cause = s.Cause,
                offset = s.Offset,
                caseKey = s.CaseKey.Length == 0 ? null : s.CaseKey,
            }),
        });
    }

    private static IResult Areas(PipelineWorker pipeline, CityWatcher city)
    {
        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        AreaTree tree = snapshot.AreasAt(pipeline.LastRecordAt);
        return Results.Json(new
        {
            city = snapshot.Definition.Name,
            version = tree.Version,
            validFrom = tree.ValidFrom.ToString(),
            areas = tree.Areas.Select(a => new
            {
                code = a.Code,
                name = a.Name,
                level = Word(a.Level),
                parent = a.Parent.Length == 0 ? null : a.Parent,
                polygon = a.Polygon.Count == 0 ? null : a.Polygon.Select(p => new[] { p.Longitude, p.Latitude }),
            }),
        });
    }

    private static IResult Quarantined(Quarantine quarantine, string? reason, string? device, string? limit)
    {
        if (!QueryText.TryLimit(limit, DefaultLimit, Quarantine.Limit, out int count, out string error))
        {
            return Problems.BadRequest(error);
        }

        return Results.Json(new
        {
            messages = quarantine.Newest(count, reason, device).Select(m => new
            {
                offset = m.Offset,
                receivedAt = m.ReceivedAt.ToString(),
                clientId = m.ClientId,
                topic = m.Topic,
                deviceId = m.DeviceId,
                reason = m.Reason.Name(),
                detail = m.Detail,
                payload = m.Payload,
            }),
        });
    }

    private static IResult LedgerNow(Ledger ledger, PipelineWorker pipeline, string? device, string? limit)
    {
        if (!QueryText.TryLimit(limit, DefaultLimit, LargestLimit, out int count, out string error))
        {
            return Problems.BadRequest(error);
        }

        return new WrittenJson(writer => LedgerJson.Write(writer, ledger, pipeline, device, count));
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
