using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series;

/// <summary>
/// Samples as text, a row each: CSV (RFC 4180: <c>time,device,metric,value</c>) or NDJSON
/// (<c>{"time":"2026-01-27T09:00:00.000Z","device":"FLD-000001","metric":"water_level","value":0.42}</c>). Values are the shortest text that reads
/// back to the same double. Not safe for threads.
/// </summary>
internal sealed class SeriesText(bool isCsv)
{
    private SeriesKey _key;
    private byte[] _middle = [];

    /// <summary>What stands before the first row.</summary>
    public ReadOnlySpan<byte> Head => isCsv ? "time,device,metric,value\r\n"u8 : default;

    /// <summary>Writes a row.</summary>
    public void Write(IBufferWriter<byte> buffer, SeriesKey key, Sample sample)
    {
        if (key != _key)
        {
            _key = key;
            _middle = isCsv ? CsvMiddle(key) : JsonMiddle(key);
        }

        if (!isCsv)
        {
            buffer.Write("{\"time\":\""u8);
        }

        Span<byte> span = buffer.GetSpan(64);
        sample.Time.ToDateTimeOffset().TryFormat(span, out int written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        buffer.Advance(written);
        buffer.Write(_middle);

        // JSON has no infinities: there they are texts, as in System.Text.Json's named literals.
        bool isQuoted = !isCsv && !double.IsFinite(sample.Value);
        span = buffer.GetSpan(64);
        span[0] = (byte)'"';
        Utf8Formatter.TryFormat(sample.Value, isQuoted ? span[1..] : span, out written);
        if (isQuoted)
        {
            span[written + 1] = (byte)'"';
            written += 2;
        }

        buffer.Advance(written);
        buffer.Write(isCsv ? "\r\n"u8 : "}\n"u8);
    }

    /// <summary>Reads a row of NDJSON, without its end.</summary>
    /// <param name="line">The row.</param>
    /// <param name="last">The row before: where the series is the same, so are its texts.</param>
    /// <param name="key">The series.</param>
    /// <param name="sample">The sample; never NaN.</param>
    /// <returns>False for anything but such a row.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, SeriesKey last, out SeriesKey key, out Sample sample)
    {
        (key, sample) = (default, default);
        try
        {
            Utf8JsonReader json = new(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject
                || !Member(ref json, "time"u8) || json.TokenType != JsonTokenType.String || json.HasValueSequence || !EventTime.TryParse(json.ValueSpan, out EventTime time)
                || !Member(ref json, "device"u8) || Text(ref json, last.DeviceId) is not { Length: > 0 } device
                || !Member(ref json, "metric"u8) || Text(ref json, last.Metric) is not { Length: > 0 } metric
                || !Member(ref json, "value"u8) || !Value(ref json, out double value)
                || !json.Read() || json.TokenType != JsonTokenType.EndObject || json.Read())
            {
                return false;
            }

            (key, sample) = (new SeriesKey(device, metric), new Sample(time, value));
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the second: a text that is no UTF-8
        }
    }

    private static bool Member(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name) && json.Read();

    private static string? Text(ref Utf8JsonReader json, string? last) =>
        json.TokenType != JsonTokenType.String ? null : last is not null && json.ValueTextEquals(last) ? last : json.GetString();

    private static bool Value(ref Utf8JsonReader json, out double value)
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            return json.TryGetDouble(out value) && double.IsFinite(value);
        }

        value = json.TokenType != JsonTokenType.String ? double.NaN
            : json.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
            : json.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
            : double.NaN;
        return !double.IsNaN(value);
    }

    private static byte[] CsvMiddle(SeriesKey key) => Encoding.UTF8.GetBytes($",{Quoted(key.DeviceId)},{Quoted(key.Metric)},");

    private static byte[] JsonMiddle(SeriesKey key) =>
        Encoding.UTF8.GetBytes($"\",\"device\":\"{JsonEncodedText.Encode(key.DeviceId)}\",\"metric\":\"{JsonEncodedText.Encode(key.Metric)}\",\"value\":");

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
