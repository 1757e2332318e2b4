using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Gateway.Rules.Cases.Cap;

namespace Gateway.Host.Api.Open311;

/// <summary>How an answer is written.</summary>
internal enum Open311Format : byte
{
    /// <summary>JSON: a text that is not known is null.</summary>
    Json,

    /// <summary>XML: a text that is not known is an empty element.</summary>
    Xml,
}

/// <summary>An error of the standard: HTTP status and what is wrong.</summary>
/// <param name="Code">The status.</param>
/// <param name="Description">What is wrong, and what would be right.</param>
internal sealed record Open311Error(int Code, string Description);

/// <summary>
/// Answers of GeoReport v2 in either format. An object is a list of names with a text, a number, a truth, a list of objects or texts, or null.
/// </summary>
internal static class Open311Answer
{
    /// <summary>Writes a list of objects.</summary>
    /// <param name="format">JSON or XML.</param>
    /// <param name="root">Name of the list in XML.</param>
    /// <param name="item">Name of one object in XML.</param>
    /// <param name="rows">The objects.</param>
    /// <param name="status">HTTP status.</param>
    public static IResult List(Open311Format format, string root, string item, IEnumerable<(string Name, object? Value)[]> rows, int status = StatusCodes.Status200OK) =>
        format == Open311Format.Json
            ? Json(writer => WriteRows(writer, rows), status)
            : Xml(writer => WriteRows(writer, root, item, rows), status);

    /// <summary>Writes one object.</summary>
    public static IResult One(Open311Format format, string root, (string Name, object? Value)[] row) =>
        format == Open311Format.Json
            ? Json(writer => WriteRow(writer, row), StatusCodes.Status200OK)
            : Xml(writer => WriteRow(writer, root, row), StatusCodes.Status200OK);

    /// <summary>Writes errors; the status is that of the first.</summary>
    public static IResult Errors(Open311Format format, IReadOnlyList<Open311Error> errors) =>
        List(format, "errors", "error", errors.Select(e => new (string, object?)[] { ("code", e.Code), ("description", e.Description) }), errors[0].Code);

    private static IResult Json(Action<Utf8JsonWriter> write, int status)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, ApiJson.WriterOptions))
        {
            write(writer);
        }

        return Results.Text(bytes.ToArray(), "application/json; charset=utf-8", status);
    }

    private static IResult Xml(Action<XmlWriter> write, int status)
    {
        using MemoryStream bytes = new();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            write(writer);
        }

        return Results.Text(bytes.ToArray(), "text/xml; charset=utf-8", status);
    }

    private static void WriteRows(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value)[]> rows)
    {
        writer.WriteStartArray();
        foreach ((string Name, object? Value)[] row in rows)
        {
            WriteRow(writer, row);
        }

        writer.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter writer, (string Name, object? Value)[] row)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in row)
        {
            writer.WritePropertyName(name);
            switch (value)
            {
                case null:
                    writer.WriteNullValue();
                    break;
                case int number:
                    writer.WriteNumberValue(number);
                    break;
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case bool truth:
                    writer.WriteBooleanValue(truth);
                    break;
                case Open311Rows nested:
                    WriteRows(writer, nested.Rows);
                    break;
                case Open311Words words:
                    writer.WriteStartArray();
                    words.Words.ToList().ForEach(writer.WriteStringValue);
                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteStringValue(value.ToString());
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteRows(XmlWriter writer, string root, string item, IEnumerable<(string Name, object? Value)[]> rows)
    {
        writer.WriteStartElement(root);
        foreach ((string Name, object? Value)[] row in rows)
        {
            WriteRow(writer, item, row);
        }

        writer.WriteEndElement();
    }

    private static void WriteRow(XmlWriter writer, string element, (string Name, object? Value)[] row)
    {
        writer.WriteStartElement(element);
        foreach ((string name, object? value) in row)
        {
            if (value is Open311Rows nested)
            {
                WriteRows(writer, name, nested.Item, nested.Rows);
                continue;
            }

            if (value is Open311Words list)
            {
                writer.WriteStartElement(name);
                list.Words.ToList().ForEach(word => writer.WriteElementString(list.Item, word));
                writer.WriteEndElement();
                continue;
            }

            string text = value switch { null => "", bool truth => truth ? "true" : "false", _ => Convert.ToString(value, CultureInfo.InvariantCulture)! };
            writer.WriteElementString(name, CapName.Line(text, 4000)); // what was quoted of a request may hold what XML cannot
        }

        writer.WriteEndElement();
    }
}

/// <summary>A list inside an object.</summary>
/// <param name="Item">Name of one object in XML.</param>
/// <param name="Rows">The objects.</param>
internal sealed record Open311Rows(string Item, IReadOnlyList<(string Name, object? Value)[]> Rows);

/// <summary>A list of texts inside an object.</summary>
/// <param name="Item">Name of one text in XML.</param>
/// <param name="Words">The texts.</param>
internal sealed record Open311Words(string Item, IReadOnlyList<string> Words);
