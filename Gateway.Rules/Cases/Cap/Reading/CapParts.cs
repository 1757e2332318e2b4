using System.Xml;
using System.Xml.Linq;

namespace Gateway.Rules.Cases.Cap.Reading;

/// <summary>Elements of a document by name, with a fault for each that is missing, doubled or no word of the standard.</summary>
internal sealed class CapParts(XElement root)
{
    private static readonly XNamespace Namespace = CapAlert.Namespace;

    public XElement Root => root;

    /// <summary>At most <see cref="CapReader.FaultCountLimit"/>.</summary>
    public List<CapFault> Faults { get; } = [];

    public XName Name(string name) => Namespace + name;

    public IEnumerable<XElement> All(XElement parent, string name) => parent.Elements(Name(name));

    /// <summary>The text of an element that occurs once at most, without space around it; empty when it is not there.</summary>
    public string Text(XElement parent, string name, bool isRequired = false)
    {
        XElement[] found = [.. All(parent, name).Take(2)];
        if (found.Length > 1)
        {
            Fail<string>(found[1], $"{parent.Name.LocalName} has a second {name}");
        }

        string text = found.Length == 0 ? "" : found[0].Value.Trim();
        if (isRequired && text.Length == 0)
        {
            Fail<string>(found.Length == 0 ? parent : found[0], $"{parent.Name.LocalName} has no {name}");
        }

        return text;
    }

    /// <summary>The word of an element that must be there.</summary>
    public T Word<T>(XElement parent, string name)
        where T : struct, Enum
    {
        _ = Text(parent, name, isRequired: true);
        return All(parent, name).FirstOrDefault() is { Value.Length: > 0 } element ? Word<T>(element) : default;
    }

    /// <summary>The word of an element, as it is written in the standard.</summary>
    public T Word<T>(XElement element)
        where T : struct, Enum
    {
        string text = element.Value.Trim();
        if (Enum.GetNames<T>().Contains(text))
        {
            return Enum.Parse<T>(text);
        }

        Fail<string>(element, $"{element.Name.LocalName} is one of {string.Join(", ", Enum.GetNames<T>())}, not {CapName.Line(text, 40)}");
        return default;
    }

    /// <summary>The time of an element; null when it is not there or cannot be read.</summary>
    public DateTimeOffset? Time(XElement parent, string name, bool isRequired = false)
    {
        string text = Text(parent, name, isRequired);
        if (text.Length == 0)
        {
            return null;
        }

        if (CapTime.TryParse(text, out DateTimeOffset time))
        {
            return time;
        }

        Fail<string>(All(parent, name).First(), $"{name} is a time like 2026-01-27T17:00:00+08:00, not {CapName.Line(text, 40)}");
        return null;
    }

    /// <summary>Names with values.</summary>
    public IReadOnlyList<CapValue> Values(XElement parent, string name) =>
        [.. All(parent, name).Select(e => new CapValue(Text(e, "valueName", isRequired: true), Text(e, "value")))];

    /// <summary>Notes a fault; gives null, so that it can stand where a value was expected.</summary>
    public T? Fail<T>(XElement at, string message)
        where T : class
    {
        if (Faults.Count < CapReader.FaultCountLimit)
        {
            IXmlLineInfo place = at;
            Faults.Add(new CapFault(place.LineNumber, place.LinePosition, message));
        }

        return null;
    }
}
