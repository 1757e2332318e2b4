using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Gateway.Tests.Rules.Cases.Cap;

/// <summary>
/// CAP 1.2 as its own words have it, written beside the product and not from it: element order, how often each may occur, words,
/// times, shapes, identifiers. Strict: what the standard says in words besides the schema is asked for too.
/// </summary>
internal static partial class CapValidator
{
    public static readonly XNamespace Ns = "urn:oasis:names:tc:emergency:cap:1.2";

    private const int Many = int.MaxValue;

    private static readonly (string Name, int Min, int Max)[] AlertParts =
    [
        ("identifier", 1, 1), ("sender", 1, 1), ("sent", 1, 1), ("status", 1, 1), ("msgType", 1, 1), ("source", 0, 1), ("scope", 1, 1),
        ("restriction", 0, 1), ("addresses", 0, 1), ("code", 0, Many), ("note", 0, 1), ("references", 0, 1), ("incidents", 0, 1), ("info", 0, Many),
    ];

    private static readonly (string Name, int Min, int Max)[] InfoParts =
    [
        ("language", 0, 1), ("category", 1, Many), ("event", 1, 1), ("responseType", 0, Many), ("urgency", 1, 1), ("severity", 1, 1),
        ("certainty", 1, 1), ("audience", 0, 1), ("eventCode", 0, Many), ("effective", 0, 1), ("onset", 0, 1), ("expires", 0, 1),
        ("senderName", 0, 1), ("headline", 0, 1), ("description", 0, 1), ("instruction", 0, 1), ("web", 0, 1), ("contact", 0, 1),
        ("parameter", 0, Many), ("resource", 0, Many), ("area", 0, Many),
    ];

    private static readonly (string Name, int Min, int Max)[] AreaParts =
        [("areaDesc", 1, 1), ("polygon", 0, Many), ("circle", 0, Many), ("geocode", 0, Many), ("altitude", 0, 1), ("ceiling", 0, 1)];

    private static readonly (string Name, int Min, int Max)[] ValueParts = [("valueName", 1, 1), ("value", 1, 1)];

    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["status"] = ["Actual", "Exercise", "System", "Test", "Draft"],
        ["msgType"] = ["Alert", "Update", "Cancel", "Ack", "Error"],
        ["scope"] = ["Public", "Restricted", "Private"],
        ["category"] = ["Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"],
        ["responseType"] = ["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"],
        ["urgency"] = ["Immediate", "Expected", "Future", "Past", "Unknown"],
        ["severity"] = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"],
        ["certainty"] = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"],
    };

    /// <summary>Parses and checks one message; every finding is in the failure.</summary>
    public static XElement Check(byte[] document, int lengthLimitBytes = 64 * 1024)
    {
        Assert.InRange(document.Length, 1, lengthLimitBytes);
        Assert.NotEqual(0xEF, document[0]); // no byte order mark
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = true };
        using var reader = XmlReader.Create(new MemoryStream(document), settings);
        XElement alert = XDocument.Load(reader).Root!;
        List<string> findings = [];
        Alert(alert, findings);
        Assert.True(findings.Count == 0, $"{string.Join('\n', findings)}\n{alert}");
        return alert;
    }

    public static string Text(this XElement element, string name) => element.Element(Ns + name)?.Value ?? "";

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static void Alert(XElement alert, List<string> findings)
    {
        Ask(findings, alert.Name == Ns + "alert", "the root is alert");
        Parts(alert, AlertParts, findings);
        foreach (XElement e in alert.DescendantsAndSelf())
        {
            Ask(findings, e.Name.Namespace == Ns, $"{e.Name} is of another namespace");
            Ask(findings, e.HasElements || e.Value.Length > 0, $"{e.Name.LocalName} is empty");
            Ask(findings, e.Attributes().All(a => a.IsNamespaceDeclaration), $"{e.Name.LocalName} has attributes");
            Ask(findings, !Words.TryGetValue(e.Name.LocalName, out string[]? words) || words.Contains(e.Value), $"{e.Name.LocalName} is {e.Value}");
            Ask(findings, e.Name.LocalName is not ("sent" or "effective" or "onset" or "expires") || DateTimeWord().IsMatch(e.Value), $"{e.Name.LocalName} is {e.Value}");
        }

        Ask(findings, NameWord().IsMatch(alert.Text("identifier")), $"identifier {alert.Text("identifier")}");
        Ask(findings, NameWord().IsMatch(alert.Text("sender")), $"sender {alert.Text("sender")}");
        Ask(findings, alert.Text("scope") == "Restricted" == (alert.Text("restriction").Length > 0), "restriction goes with scope Restricted");
        Ask(findings, alert.Text("scope") == "Private" == (alert.Text("addresses").Length > 0), "addresses go with scope Private");
        Ask(findings, alert.Text("status") != "Exercise" || alert.Text("note").Length > 0, "an exercise has a note");
        Ask(findings, alert.Text("msgType") == "Alert" == (alert.Text("references").Length == 0), "references go with what is not the first");
        Ask(findings, alert.Text("references").Length == 0 || alert.Text("references").Split(' ').All(r => ReferenceWord().IsMatch(r)), $"references {alert.Text("references")}");
        foreach (XElement info in alert.Elements(Ns + "info"))
        {
            Info(info, findings);
        }

        string[] languages = [.. alert.Elements(Ns + "info").Select(i => i.Text("language"))];
        Ask(findings, languages.Length == languages.Distinct().Count(), "a language twice");
    }

    private static void Info(XElement info, List<string> findings)
    {
        Parts(info, InfoParts, findings);
        Ask(findings, LanguageWord().IsMatch(info.Text("language")), $"language {info.Text("language")}");
        Ask(findings, info.Text("headline").Length <= 160, "the headline is long");
        foreach (XElement value in info.Descendants().Where(e => e.Name.LocalName is "parameter" or "eventCode" or "geocode"))
        {
            Parts(value, ValueParts, findings);
        }

        foreach (XElement area in info.Elements(Ns + "area"))
        {
            Parts(area, AreaParts, findings);
            foreach (XElement polygon in area.Elements(Ns + "polygon"))
            {
                string[] points = polygon.Value.Split(' ');
                Ask(findings, points.Length >= 4 && points[0] == points[^1] && points.All(IsPoint), $"polygon {polygon.Value}");
            }

            foreach (XElement circle in area.Elements(Ns + "circle"))
            {
                string[] parts = circle.Value.Split(' ');
                Ask(findings, parts.Length == 2 && IsPoint(parts[0]) && NumberWord().IsMatch(parts[1]) && Number(parts[1]) >= 0, $"circle {circle.Value}");
            }
        }
    }

    private static void Parts(XElement element, (string Name, int Min, int Max)[] parts, List<string> findings)
    {
        int place = 0;
        foreach (XElement child in element.Elements())
        {
            int found = Array.FindIndex(parts, p => p.Name == child.Name.LocalName);
            Ask(findings, found >= place, $"{child.Name.LocalName} of {element.Name.LocalName} is strange or out of order");
            place = Math.Max(place, found);
        }

        foreach ((string name, int min, int max) in parts)
        {
            int count = element.Elements(Ns + name).Count();
            Ask(findings, count >= min && count <= max, $"{element.Name.LocalName} has {count} {name}");
        }
    }

    private static bool IsPoint(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length == 2 && parts.All(NumberWord().IsMatch) && Math.Abs(Number(parts[0])) <= 90 && Math.Abs(Number(parts[1])) <= 180;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Ask(List<string> findings, bool isSo, string otherwise)
    {
        if (!isSo)
        {
            findings.Add(otherwise);
        }
    }

    [GeneratedRegex(@"\A\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\+(?!00:00)|-)[01]\d:[0-5]\d\z")]
    private static partial Regex DateTimeWord();

    [GeneratedRegex(@"\A[^\s,<&]+\z")]
    private static partial Regex NameWord();

    [GeneratedRegex(@"\A[^\s,<&]+,[^\s,<&]+,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d\z")]
    private static partial Regex ReferenceWord();

    [GeneratedRegex(@"\A[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\z")]
    private static partial Regex LanguageWord();

    [GeneratedRegex(@"\A-?\d+(\.\d+)?\z")]
    private static partial Regex NumberWord();
}
