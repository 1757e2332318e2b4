using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Cases.Cap;

namespace Gateway.Host.Api.Open311;

/// <summary>
/// A case as a service request. It is open data: only what the city wrote itself and what the case counts goes in. Causes, remarks, reasons,
/// actors and pictures stay out, and what looks like a telephone or card number in an address or closing condition is masked.
/// </summary>
internal static partial class Open311Request
{
    private const int TextLengthLimit = 500;

    /// <summary>The members of one request, in the order of the standard.</summary>
    public static (string Name, object? Value)[] Of(Case one, CitySnapshot city)
    {
        CaseFacts facts = one.Facts;
        bool hasPoint = facts.Latitude != 0 || facts.Longitude != 0;
        CaseClock? resolve = one.Clocks.FirstOrDefault(c => c.Kind == ClockKind.Resolve && c.StoppedAt is null);
        return
        [
            ("service_request_id", one.CaseNo),
            ("status", one.IsOpen ? "open" : "closed"),
            ("status_notes", NotesOf(one.Status)),
            ("service_name", NameOf(facts.Key.Event)),
            ("service_code", facts.Key.Event),
            ("description", Describe(one)),
            ("agency_responsible", AgencyOf(one, city)),
            ("service_notice", Masked(one.ClosingCondition)),
            ("requested_datetime", Time(one.OpenedAt, city.TimeZone)),
            ("updated_datetime", Time(one.UpdatedAt, city.TimeZone)),
            ("expected_datetime", resolve is null ? null : Time(resolve.DueAt, city.TimeZone)),
            ("address", Masked(facts.Address)),
            ("address_id", facts.Building.Length == 0 ? null : CapName.Line(facts.Building, TextLengthLimit)),
            ("zipcode", null),
            ("lat", hasPoint ? facts.Latitude : null),
            ("long", hasPoint ? facts.Longitude : null),
            ("media_url", null),
        ];
    }

    /// <summary>The name of an event kind in both languages: <c>下穿通道积水 Flooded underpass</c>.</summary>
    public static string NameOf(string kind)
    {
        string[] parts = kind.Split('.', 2);
        string chinese = CapLanguage.Chinese.EventName(kind);
        string english = CapLanguage.English.EventName(kind);
        if (chinese == english)
        {
            return chinese; // a kind without a name of its own
        }

        bool isFamilys = parts.Length == 2 && english == CapLanguage.English.EventName(parts[0]);
        return isFamilys ? $"{chinese} {english} ({CapName.Line(parts[1], TextLengthLimit)})" : $"{chinese} {english}";
    }

    /// <summary>A text with telephone and card numbers masked; null for an empty one.</summary>
    internal static string? Masked(string text)
    {
        string line = LongNumber().Replace(CapName.Line(text, TextLengthLimit), "***");
        return line.Length == 0 ? null : line;
    }

    private static string NotesOf(CaseStatus status) => status switch
    {
        CaseStatus.Collected => "信息收集 Collected",
        CaseStatus.Filed => "案卷建立 Filed",
        CaseStatus.Unowned => "属地承担 With the territory",
        CaseStatus.Dispatched => "任务派遣 Dispatched",
        CaseStatus.InProgress => "任务处理 In progress",
        CaseStatus.Reported => "处理反馈 Reported done",
        CaseStatus.Verifying => "核查 Being verified",
        CaseStatus.Closed => "结案 Verified and closed",
        CaseStatus.Evaluated => "综合评价 Closed and evaluated",
        CaseStatus.Voided => "误报 False alarm",
        CaseStatus.Merged => "并案 Goes on as part of another request",
        _ => status.ToString(),
    };

    private static string Describe(Case one)
    {
        string seen = one.Certainty == CaseCertainty.Observed ? "seen by several devices" : "seen once";
        return string.Create(CultureInfo.InvariantCulture, $"{NameOf(one.Facts.Key.Event)}: {one.Severity.ToString().ToLowerInvariant()}, {seen}, {one.Occurrences} alerts");
    }

    private static string? AgencyOf(Case one, CitySnapshot city)
    {
        string name = city.Definition.Responsibility.Units.TryGetValue(one.Lead, out ResponsibleUnit? unit)
            ? unit.Name
            : city.AreasAt(one.OpenedAt).Find(one.Lead)?.Name ?? "";
        return Masked(name); // a lead that is no unit of the city stays unnamed: who knows what was written there
    }

    private static string Time(EventTime time, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>Seven digits or more, with the usual marks between them; house numbers are shorter.</summary>
    [GeneratedRegex(@"\+?[0-9\uFF10-\uFF19](?:[ ()\-.]{0,2}[0-9\uFF10-\uFF19]){6,}[Xx]?", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongNumber();
}
