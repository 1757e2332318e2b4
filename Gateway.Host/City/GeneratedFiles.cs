using System.Globalization;
using System.Text;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Host.City;

/// <summary>The files of a generated city that follow from its layout: the area tree and the duty list.</summary>
internal static class GeneratedFiles
{
    /// <summary>The area tree, as <c>areas/2026-01-01.yaml</c>.</summary>
    public static CityFile Areas(CityLayout layout)
    {
        StringBuilder text = new();
        text.Append("# The area tree from 2026 on. A case keeps the unit of its day, so a re-cut is a new file with a later valid_from.\n");
        text.Append("version: \"2026-01-01\"\nvalid_from: 2026-01-01T00:00:00+08:00\nunits:\n");
        foreach (Area unit in layout.Units)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - code: {unit.Code}\n    name: {unit.Name}\n");
            if (unit.Parent.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"    parent: {unit.Parent}\n");
            }

            IEnumerable<string> points = unit.Polygon.Select(p => string.Create(CultureInfo.InvariantCulture, $"[{p.Longitude:0.00000}, {p.Latitude:0.00000}]"));
            text.Append(CultureInfo.InvariantCulture, $"    polygon: [{string.Join(", ", points)}]\n");
        }

        return new CityFile("areas/2026-01-01.yaml", text.ToString());
    }

    /// <summary>The duty list, as <c>duty/duty.yaml</c>: city-wide departments, and a police station and an office for each street.</summary>
    public static CityFile Duty(CityLayout layout)
    {
        StringBuilder text = new(DutyUnits);
        int telephone = 5550200;
        foreach (Area street in layout.Streets)
        {
            string place = street.Name.Replace("街道", "", StringComparison.Ordinal);
            AppendUnit(text, $"police-{street.Code}", $"{place}派出所", ref telephone);
            AppendUnit(text, $"street-{street.Code}", $"{street.Name}办事处", ref telephone);
        }

        text.Append(DutyRows);
        foreach (Area street in layout.Streets)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                  - event: security.*
                    area: {{street.Code}}
                    lead: police-{{street.Code}}
                    co_handlers: [street-{{street.Code}}]
                    limits: {accept: 5m, resolve: 2h, verify: 1d}
                    filing_condition: 重点部位、楼栋出入口或广场发生入侵、破门、聚集
                    closing_condition: 现场已处置,秩序恢复,设备复位
                  - event: "*"
                    area: {{street.Code}}
                    lead: street-{{street.Code}}
                    limits: {accept: 30m, resolve: 1d, verify: 1d}
                    filing_condition: 未列入其他部门权力清单的事件,由属地街道兜底
                    closing_condition: 问题消除,现场核实

                """);
        }

        return new CityFile("duty/duty.yaml", text.Append(Forbidden).ToString());
    }

    private static void AppendUnit(StringBuilder text, string id, string name, ref int telephone) =>
        text.Append(CultureInfo.InvariantCulture, $$"""
              - {id: {{id}}, name: {{name}}, contact: "tel:+86-571-{{telephone++}}", calendar: always}

            """);

    private const string DutyUnits = """
        # Who leads what, where. Most specific event first, then most specific area; exactly one lead. Contacts are duty desks, never persons.
        units:
          - {id: fire-brigade, name: 临江市消防救援支队, contact: "tel:+86-571-5550119", calendar: always}
          - {id: water-bureau, name: 临江市水务局防汛值班室, contact: "tel:+86-571-5550101", calendar: always}
          - {id: drainage-office, name: 临江市排水管理中心, contact: "tel:+86-571-5550102", calendar: always}
          - {id: traffic-police, name: 临江市交警支队指挥室, contact: "tel:+86-571-5550122", calendar: always}
          - {id: urban-management, name: 临江市城市管理局, contact: "tel:+86-571-5550103", calendar: office}
          - {id: operations-centre, name: 临江市城市运行中心设备运维组, contact: "tel:+86-571-5550104", calendar: office}

        """;

    private const string DutyRows = """

        # Responsibility list 权力清单.
        responsibilities:
          - event: fire.*
            area: 330100
            lead: fire-brigade
            co_handlers: [operations-centre]
            limits: {accept: 5m, resolve: 4h, verify: 1d}
            mode_limits: {emergency: {accept: 3m, resolve: 2h}}
            filing_condition: 烟雾、温度或视频监测达到告警阈值
            closing_condition: 火情排除或确认误报,现场复核,读数恢复正常
          - event: flood.*
            area: 330100
            lead: water-bureau
            co_handlers: [drainage-office]
            limits: {accept: 10m, resolve: 6h, verify: 1d}
            mode_limits: {emergency: {accept: 5m, resolve: 3h}}
            filing_condition: 水位达到预警阈值
            closing_condition: 水位回落到解除阈值以下并保持
          - event: flood.underpass
            area: 330100
            lead: drainage-office
            co_handlers: [traffic-police, water-bureau]
            limits: {accept: 5m, resolve: 3h, verify: 12h}
            mode_limits: {emergency: {accept: 3m, resolve: 1h30m}}
            filing_condition: 下穿通道积水达到警示深度
            closing_condition: 积水排除,交通恢复
          - event: order.*
            area: 330100
            lead: urban-management
            limits: {accept: 30m, resolve: 4wh, verify: 1wd}
            filing_condition: 市容环境问题持续存在
            closing_condition: 现场恢复整洁有序
          - event: device.*
            area: 330100
            lead: operations-centre
            limits: {accept: 2wh, resolve: 2wd, verify: 1wd}
            filing_condition: 感知设备离线、电量不足或被遮挡
            closing_condition: 设备恢复上报

        """;

    private const string Forbidden = """

        # Negative list 负面清单: these never lead, whatever the rows say.
        forbidden:
          - {event: fire.*, unit: urban-management, reason: 火灾扑救只能由消防救援机构指挥}
          - {event: security.*, unit: operations-centre, reason: 治安事件不得由设备运维单位牵头}

        """;
}
