using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Notifications;

/// <summary>
/// A case in the words of an alert. Nothing that people typed and no account goes in: reasons, remarks and actors stay here, so that no
/// person's name leaves the house with an alert.
/// </summary>
internal static class AlertText
{
    private const int TextLengthLimit = 500;

    private static readonly Dictionary<Type, string> EventWords =
        typeof(CaseEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().ToDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!);

    /// <summary>Labels that never change while the severity stays the same: what an Alertmanager tells alerts apart by.</summary>
    public static SortedDictionary<string, string> Labels(Case c, AlertSeverity severity)
    {
        CaseFacts facts = c.Facts;
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal)
        {
            ["alertname"] = facts.Key.Event,
            ["caseNo"] = c.CaseNo,
            ["severity"] = Word(severity),
            ["mode"] = facts.Mode,
            ["exercise"] = facts.Exercise ? "true" : "false",
            ["source"] = facts.Source,
        };
        Add(labels, "area", facts.AreaPath.Count > 0 ? facts.AreaPath[0] : "");
        Add(labels, "jurisdiction", facts.Key.Jurisdiction);
        Add(labels, "deviceId", facts.DeviceId);
        Add(labels, "building", facts.Building);
        Add(labels, "campaign", facts.Campaign);
        return labels;
    }

    /// <summary>What may change from one notice to the next.</summary>
    public static SortedDictionary<string, string> Annotations(Notice notice)
    {
        Case c = notice.State;
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal)
        {
            ["summary"] = $"Case {c.CaseNo}: {c.Facts.Key.Event}, {Word(c.Severity)}, {Place(c)}: {English(c.Status)}",
            ["summary_zh"] = $"案卷 {c.CaseNo}:{c.Facts.Key.Event},{Chinese(c.Severity)},{Place(c)}:{Chinese(c.Status)}",
            ["status"] = c.Status.ToString(),
            ["certainty"] = c.Certainty.ToString(),
            ["occurrences"] = c.Occurrences.ToString(CultureInfo.InvariantCulture),
            ["occurredAt"] = c.Facts.OccurredAt.ToString(),
            ["firstSequence"] = notice.FirstSequence.ToString(CultureInfo.InvariantCulture),
            ["sequence"] = notice.LastSequence.ToString(CultureInfo.InvariantCulture),
        };
        Add(annotations, "events", string.Join(' ', notice.Events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Sequence}:{EventWords.GetValueOrDefault(e.Event.GetType(), "other")}"))));
        Add(annotations, "lead", c.Lead);
        Add(annotations, "address", c.Facts.Address);
        Add(annotations, "cause", c.Evidence.Count > 0 ? c.Evidence[^1].Cause : "");
        if (c.Escalation != EscalationLevel.None)
        {
            annotations["supervision"] = Word(c.Escalation);
        }

        return annotations;
    }

    /// <summary>16 hexadecimal digits, the same for a case as long as it lives; another gateway's case of the same number has others.</summary>
    public static string Fingerprint(Case c) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{c.CaseNo}|{c.Facts.Key}|{c.OpenedAt.UnixMilliseconds}"))).AsSpan(0, 8));

    /// <summary>Where the case is on the gateway; empty where nobody said how the gateway is reached.</summary>
    public static string Link(string externalUrl, Case c) =>
        externalUrl.Length == 0 ? "" : $"{externalUrl.TrimEnd('/')}/api/v1/cases/{Uri.EscapeDataString(c.CaseNo)}";

    /// <summary>A word of an enumeration as the city files have it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Place(Case c) => Cut(c.Facts.Address.Length > 0 ? c.Facts.Address : c.Facts.AreaPath.Count > 0 ? c.Facts.AreaPath[0] : "?");

    private static string English(CaseStatus status) => status switch
    {
        CaseStatus.Unowned => "with the territory",
        CaseStatus.InProgress => "in progress",
        CaseStatus.Voided => "false alarm",
        _ => Word(status),
    };

    private static string Chinese(CaseStatus status) => status switch
    {
        CaseStatus.Collected => "信息收集",
        CaseStatus.Filed => "案卷建立",
        CaseStatus.Unowned => "案卷建立(属地)",
        CaseStatus.Dispatched => "任务派遣",
        CaseStatus.InProgress => "任务处理",
        CaseStatus.Reported => "处理反馈",
        CaseStatus.Verifying => "核查",
        CaseStatus.Closed => "结案",
        CaseStatus.Evaluated => "综合评价",
        CaseStatus.Voided => "误报",
        CaseStatus.Merged => "并案",
        _ => status.ToString(),
    };

    private static string Chinese(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => "一般",
        AlertSeverity.Warning => "较大",
        AlertSeverity.Critical => "重大",
        _ => "特别重大",
    };

    private static void Add(SortedDictionary<string, string> to, string name, string value)
    {
        if (value.Length > 0) // an Alertmanager takes no empty label
        {
            to[name] = name == "events" ? value : Cut(value);
        }
    }

    private static string Cut(string text) => text.Length <= TextLengthLimit ? text : text[..(char.IsHighSurrogate(text[TextLengthLimit - 1]) ? TextLengthLimit - 1 : TextLengthLimit)] + "…";
}
