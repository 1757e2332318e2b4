using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Gateway.Rules.Cases.Cap.Reading;

/// <summary>
/// Reads CAP 1.2 messages from outside. Total: any bytes give a message or faults with line and column. No DTD, no entity but XML's own, nothing is
/// fetched. Size, depth and number of elements are bounded. Elements that the gateway has no use for (audience, web, contact, code,
/// resource, altitude, ceiling, signatures of other namespaces) are passed over.
/// </summary>
public static class CapReader
{
    /// <summary>Largest document, bytes.</summary>
    public const int LengthLimitBytes = 256 * 1024;

    /// <summary>Elements inside one another at most; the schema needs five.</summary>
    public const int DepthLimit = 16;

    /// <summary>Elements at most.</summary>
    public const int ElementCountLimit = 10_000;

    /// <summary>Faults told at most.</summary>
    public const int FaultCountLimit = 20;

    /// <summary>Reads one document.</summary>
    public static CapReading Read(ReadOnlyMemory<byte> document)
    {
        if (document.Length > LengthLimitBytes)
        {
            return Failed(0, 0, $"the document has {document.Length} bytes, more than {LengthLimitBytes}");
        }

        try
        {
            if (Measure(document) is { } fault)
            {
                return new CapReading(null, [fault]);
            }

            using XmlReader reader = Open(document);
            XElement root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            var parts = new CapParts(root);
            CapAlert? alert = root.Name == parts.Name("alert") ? Alert(parts) : parts.Fail<CapAlert>(root, $"the root is alert of {CapAlert.Namespace}, not {CapName.Line(root.Name.ToString(), 200)}");
            return parts.Faults.Count > 0 ? new CapReading(null, parts.Faults) : new CapReading(alert, []);
        }
        catch (XmlException e)
        {
            return Failed(e.LineNumber, e.LinePosition, CapName.Line(e.Message, 300));
        }
    }

    /// <summary>Depth and number of elements, before a tree is built of them.</summary>
    private static CapFault? Measure(ReadOnlyMemory<byte> document)
    {
        using XmlReader reader = Open(document);
        var place = (IXmlLineInfo)reader;
        int elements = 0;
        while (reader.Read())
        {
            if (reader.Depth > DepthLimit || (reader.NodeType == XmlNodeType.Element && ++elements > ElementCountLimit))
            {
                return new CapFault(place.LineNumber, place.LinePosition, $"more than {DepthLimit} elements inside one another, or {ElementCountLimit} in all");
            }
        }

        return null;
    }

    private static XmlReader Open(ReadOnlyMemory<byte> document) => XmlReader.Create(new MemoryStream(document.ToArray(), writable: false), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LengthLimitBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    });

    private static CapAlert? Alert(CapParts parts)
    {
        XElement root = parts.Root;
        CapScope scope = parts.Word<CapScope>(root, "scope");
        CapMessageType type = parts.Word<CapMessageType>(root, "msgType");
        var alert = new CapAlert
        {
            Identifier = NameOf(parts, "identifier"),
            Sender = NameOf(parts, "sender"),
            Sent = parts.Time(root, "sent", isRequired: true) ?? default,
            Status = parts.Word<CapStatus>(root, "status"),
            MessageType = type,
            Source = parts.Text(root, "source"),
            Scope = scope,
            Restriction = parts.Text(root, "restriction", isRequired: scope == CapScope.Restricted),
            Addresses = parts.Text(root, "addresses", isRequired: scope == CapScope.Private),
            Note = parts.Text(root, "note"),
            References = References(parts, isRequired: type != CapMessageType.Alert),
            Incidents = parts.Text(root, "incidents"),
            Infos = [.. parts.All(root, "info").Select(i => Info(parts, i))],
        };
        return alert;
    }

    private static CapInfo Info(CapParts parts, XElement info)
    {
        CapCategory[] categories = [.. parts.All(info, "category").Select(parts.Word<CapCategory>)];
        if (categories.Length == 0)
        {
            parts.Fail<string>(info, "info has no category");
        }

        string language = parts.Text(info, "language");
        return new CapInfo
        {
            Language = language.Length == 0 ? "en-US" : language,
            Categories = categories,
            Event = parts.Text(info, "event", isRequired: true),
            ResponseTypes = [.. parts.All(info, "responseType").Select(parts.Word<CapResponseType>)],
            Urgency = parts.Word<CapUrgency>(info, "urgency"),
            Severity = parts.Word<CapSeverity>(info, "severity"),
            Certainty = parts.Word<CapCertainty>(info, "certainty"),
            EventCodes = parts.Values(info, "eventCode"),
            Effective = parts.Time(info, "effective"),
            Onset = parts.Time(info, "onset"),
            Expires = parts.Time(info, "expires"),
            SenderName = parts.Text(info, "senderName"),
            Headline = parts.Text(info, "headline"),
            Description = parts.Text(info, "description"),
            Instruction = parts.Text(info, "instruction"),
            Parameters = parts.Values(info, "parameter"),
            Areas = [.. parts.All(info, "area").Select(a => Area(parts, a))],
        };
    }

    private static CapArea Area(CapParts parts, XElement area) => new()
    {
        Description = parts.Text(area, "areaDesc", isRequired: true),
        Polygons = [.. parts.All(area, "polygon").Select(p => Polygon(parts, p))],
        Circles = [.. parts.All(area, "circle").Select(c => Circle(parts, c))],
        Geocodes = parts.Values(area, "geocode"),
    };

    private static IReadOnlyList<CapPoint> Polygon(CapParts parts, XElement element)
    {
        CapPoint?[] points = [.. Words(element.Value).Select(Point)];
        return points.Length >= 4 && points.All(p => p is not null) && points[0] == points[^1]
            ? [.. points.Select(p => p!.Value)]
            : parts.Fail<IReadOnlyList<CapPoint>>(element, "polygon is four \"latitude,longitude\" or more, the first one last again") ?? [];
    }

    private static CapCircle Circle(CapParts parts, XElement element)
    {
        string[] words = Words(element.Value);
        if (words.Length == 2 && Point(words[0]) is { } centre && TryNumber(words[1], out double radius) && radius >= 0)
        {
            return new CapCircle(centre, radius);
        }

        parts.Fail<string>(element, "circle is \"latitude,longitude radius\", in degrees and kilometres");
        return default;
    }

    private static CapPoint? Point(string text)
    {
        string[] pair = text.Split(',');
        return pair.Length == 2 && TryNumber(pair[0], out double latitude) && TryNumber(pair[1], out double longitude) && new CapPoint(latitude, longitude) is { IsOnEarth: true } point
            ? point
            : null;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static IReadOnlyList<CapReference> References(CapParts parts, bool isRequired)
    {
        List<CapReference> references = [];
        foreach (string word in Words(parts.Text(parts.Root, "references", isRequired)))
        {
            string[] fields = word.Split(',');
            if (fields.Length == 3 && CapName.IsValid(fields[0]) && CapName.IsValid(fields[1]) && CapTime.TryParse(fields[2], out DateTimeOffset sent))
            {
                references.Add(new CapReference(fields[0], fields[1], sent));
            }
            else
            {
                parts.Fail<string>(parts.All(parts.Root, "references").First(), "references are \"sender,identifier,sent\", separated by spaces");
            }
        }

        return references;
    }

    private static string NameOf(CapParts parts, string name)
    {
        string text = parts.Text(parts.Root, name, isRequired: true);
        return text.Length == 0 || CapName.IsValid(text)
            ? text
            : parts.Fail<string>(parts.All(parts.Root, name).First(), $"{name} is 1 to {CapName.LengthLimit} characters without spaces, commas, < and &") ?? "";
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static CapReading Failed(int line, int column, string message) => new(null, [new CapFault(line, column, message)]);
}
