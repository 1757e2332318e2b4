using System.Globalization;
using System.Text;
using System.Xml;

namespace Gateway.Rules.Cases.Cap;

/// <summary>
/// A message as XML (CAP 1.2, appendix A): UTF-8 without byte order mark, elements in the order of the schema, an absent text or list
/// as no element. Characters that XML 1.0 cannot hold become U+FFFD.
/// </summary>
public static class CapXml
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/cap+xml";

    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        CheckCharacters = true,
    };

    /// <summary>Writes one message.</summary>
    public static byte[] Write(CapAlert alert)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Settings))
        {
            xml.WriteStartElement("alert", CapAlert.Namespace);
            Text(xml, "identifier", alert.Identifier);
            Text(xml, "sender", alert.Sender);
            Time(xml, "sent", alert.Sent);
            Text(xml, "status", alert.Status.ToString());
            Text(xml, "msgType", alert.MessageType.ToString());
            Text(xml, "source", alert.Source);
            Text(xml, "scope", alert.Scope.ToString());
            Text(xml, "restriction", alert.Restriction);
            Text(xml, "addresses", alert.Addresses);
            Text(xml, "note", alert.Note);
            Text(xml, "references", string.Join(' ', alert.References));
            Text(xml, "incidents", alert.Incidents);
            foreach (CapInfo info in alert.Infos)
            {
                Write(xml, info);
            }

            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void Write(XmlWriter xml, CapInfo info)
    {
        xml.WriteStartElement("info", CapAlert.Namespace);
        Text(xml, "language", info.Language);
        foreach (CapCategory category in info.Categories)
        {
            Text(xml, "category", category.ToString());
        }

        Text(xml, "event", info.Event);
        foreach (CapResponseType response in info.ResponseTypes)
        {
            Text(xml, "responseType", response.ToString());
        }

        Text(xml, "urgency", info.Urgency.ToString());
        Text(xml, "severity", info.Severity.ToString());
        Text(xml, "certainty", info.Certainty.ToString());
        Values(xml, "eventCode", info.EventCodes);
        Time(xml, "effective", info.Effective);
        Time(xml, "onset", info.Onset);
        Time(xml, "expires", info.Expires);
        Text(xml, "senderName", info.SenderName);
        Text(xml, "headline", info.Headline);
        Text(xml, "description", info.Description);
        Text(xml, "instruction", info.Instruction);
        Values(xml, "parameter", info.Parameters);
        foreach (CapArea area in info.Areas)
        {
            Write(xml, area);
        }

        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, CapArea area)
    {
        xml.WriteStartElement("area", CapAlert.Namespace);
        Text(xml, "areaDesc", area.Description);
        foreach (IReadOnlyList<CapPoint> polygon in area.Polygons)
        {
            Text(xml, "polygon", string.Join(' ', polygon.Select(Point)));
        }

        foreach (CapCircle circle in area.Circles)
        {
            Text(xml, "circle", $"{Point(circle.Centre)} {Number(circle.RadiusKilometres)}");
        }

        Values(xml, "geocode", area.Geocodes);
        xml.WriteEndElement();
    }

    private static void Values(XmlWriter xml, string name, IReadOnlyList<CapValue> values)
    {
        foreach (CapValue value in values.Where(v => v.Name.Length > 0 && v.Value.Length > 0))
        {
            xml.WriteStartElement(name, CapAlert.Namespace);
            xml.WriteElementString("valueName", CapAlert.Namespace, Fit(value.Name));
            xml.WriteElementString("value", CapAlert.Namespace, Fit(value.Value));
            xml.WriteEndElement();
        }
    }

    private static void Time(XmlWriter xml, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            Text(xml, name, CapTime.Text(known));
        }
    }

    private static void Text(XmlWriter xml, string name, string text)
    {
        if (text.Length > 0)
        {
            xml.WriteElementString(name, CapAlert.Namespace, Fit(text));
        }
    }

    /// <summary>The last guard, whoever made the text: the writer would throw in the middle of a document.</summary>
    private static string Fit(string text)
    {
        if (text.All(c => XmlConvert.IsXmlChar(c)))
        {
            return text;
        }

        var fit = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) // half a pair of surrogates comes as U+FFFD
        {
            fit.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString());
        }

        return fit.ToString();
    }

    private static string Point(CapPoint point) => $"{Number(point.Latitude)},{Number(point.Longitude)}";

    private static string Number(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture);
}
