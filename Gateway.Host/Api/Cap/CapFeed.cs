using System.Globalization;
using System.Text;
using System.Xml;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases.Cap;

namespace Gateway.Host.Api.Cap;

/// <summary>
/// The index of messages as Atom (RFC 4287), paged by links (RFC 5005): what readers of CAP feeds take. An entry links to its message and says
/// what decides whether to fetch it. Links are relative, because the gateway does not know what it is called outside.
/// </summary>
internal static class CapFeed
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/atom+xml";

    private const string Atom = "http://www.w3.org/2005/Atom";

    /// <summary>Writes one page.</summary>
    /// <param name="entries">Case numbers with the message to show, newest case first.</param>
    /// <param name="options">The sender.</param>
    /// <param name="now">Time of an empty page.</param>
    /// <param name="next">Link to the next page; null on the last.</param>
    public static byte[] Write(IReadOnlyList<(string CaseNo, CapMessage Message)> entries, CapOptions options, EventTime now, string? next)
    {
        using MemoryStream bytes = new();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            DateTimeOffset updated = entries.Count == 0 ? now.ToDateTimeOffset() : entries.Max(e => e.Message.Alert.Sent);
            xml.WriteStartElement("feed", Atom);
            xml.WriteAttributeString("xmlns", "cap", null, CapAlert.Namespace);
            Text(xml, "id", Tag(options.Sender, "cap"));
            Text(xml, "title", "CAP messages 案卷消息");
            Text(xml, "updated", Time(updated));
            xml.WriteStartElement("author", Atom);
            Text(xml, "name", options.Sender);
            xml.WriteEndElement();
            Link(xml, "self", "/api/v1/cap", MediaType);
            if (next is not null)
            {
                Link(xml, "next", next, MediaType);
            }

            foreach ((string caseNo, CapMessage message) in entries)
            {
                Write(xml, caseNo, message);
            }

            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void Write(XmlWriter xml, string caseNo, CapMessage message)
    {
        CapAlert alert = message.Alert;
        xml.WriteStartElement("entry", Atom);
        Text(xml, "id", Tag(alert.Sender, alert.Identifier));
        Text(xml, "title", alert.Infos[0].Headline);
        Text(xml, "summary", alert.Infos[^1].Headline);
        Text(xml, "updated", Time(alert.Sent));
        Link(xml, "alternate", string.Create(CultureInfo.InvariantCulture, $"/api/v1/cases/{Uri.EscapeDataString(caseNo)}/cap/{message.Sequence}"), CapXml.MediaType);
        CapText(xml, "identifier", alert.Identifier);
        CapText(xml, "status", alert.Status.ToString());
        CapText(xml, "msgType", alert.MessageType.ToString());
        CapText(xml, "urgency", alert.Infos[0].Urgency.ToString());
        CapText(xml, "severity", alert.Infos[0].Severity.ToString());
        CapText(xml, "certainty", alert.Infos[0].Certainty.ToString());
        if (alert.Infos[0].Expires is { } expires)
        {
            CapText(xml, "expires", Time(expires));
        }

        xml.WriteEndElement();
    }

    /// <summary>An identifier as RFC 4151 has it: the year is when this form was settled, and never changes.</summary>
    private static string Tag(string sender, string name) =>
        $"tag:{Uri.EscapeDataString(sender).Replace("%40", "@", StringComparison.Ordinal)},2026:{name}";

    private static void Text(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Atom, text);

    private static void CapText(XmlWriter xml, string name, string text) => xml.WriteElementString("cap", name, CapAlert.Namespace, text);

    private static void Link(XmlWriter xml, string relation, string target, string type)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", target);
        xml.WriteEndElement();
    }

    private static string Time(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + (time.Offset == TimeSpan.Zero ? "-00:00" : time.ToString("zzz", CultureInfo.InvariantCulture));
}
