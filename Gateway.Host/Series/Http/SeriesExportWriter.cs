using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Readings;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.Host.Series.Http;

/// <summary>
/// Streams samples as CSV (RFC 4180: <c>time,device,metric,value</c>) or NDJSON, a page at a time, in constant memory; a slow client slows the scan, not
/// the gateway. Values are the shortest text that reads back to the same double.
/// </summary>
internal static class SeriesExportWriter
{
    private const int FlushAboveBytes = 1 << 16;

    /// <summary>Whether an Accept-Encoding header (RFC 9110 section 12.5.3) takes gzip.</summary>
    public static bool AcceptsGzip(StringValues header) =>
        StringWithQualityHeaderValue.TryParseList(header, out IList<StringWithQualityHeaderValue>? encodings)
        && encodings.Any(e => e.Quality is not 0 && e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes the whole response.</summary>
    public static async Task Write(HttpContext context, IEnumerable<SeriesPage> pages, bool isCsv, bool isGzip)
    {
        HttpResponse response = context.Response;
        response.ContentType = isCsv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentDisposition = isCsv ? "attachment; filename=\"series.csv\"" : "attachment; filename=\"series.ndjson\"";
        response.Headers.Vary = "Accept-Encoding";
        if (isGzip)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        if (!isGzip)
        {
            await WriteRows(response.Body, pages, isCsv, context.RequestAborted);
            return;
        }

        await using GZipStream compressed = new(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await WriteRows(compressed, pages, isCsv, context.RequestAborted);
    }

    private static async Task WriteRows(Stream target, IEnumerable<SeriesPage> pages, bool isCsv, CancellationToken cancellation)
    {
        ArrayBufferWriter<byte> buffer = new(2 * FlushAboveBytes);
        if (isCsv)
        {
            buffer.Write("time,device,metric,value\r\n"u8);
        }

        SeriesKey lastKey = default;
        byte[] middle = [];
        foreach (SeriesPage page in pages)
        {
            if (page.Key != lastKey)
            {
                lastKey = page.Key;
                middle = isCsv ? CsvMiddle(page.Key) : JsonMiddle(page.Key);
            }

            for (int i = 0; i < page.Count; i++)
            {
                WriteRow(buffer, page[i], middle, isCsv);
                if (buffer.WrittenCount > FlushAboveBytes)
                {
                    await target.WriteAsync(buffer.WrittenMemory, cancellation);
                    buffer.ResetWrittenCount();
                }
            }
        }

        await target.WriteAsync(buffer.WrittenMemory, cancellation);
    }

    private static void WriteRow(ArrayBufferWriter<byte> buffer, Sample sample, byte[] middle, bool isCsv)
    {
        if (!isCsv)
        {
            buffer.Write("{\"time\":\""u8);
        }

        Span<byte> span = buffer.GetSpan(64);
        sample.Time.ToDateTimeOffset().TryFormat(span, out int written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        buffer.Advance(written);
        buffer.Write(middle);

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

    private static byte[] CsvMiddle(SeriesKey key) => Encoding.UTF8.GetBytes($",{Quoted(key.DeviceId)},{Quoted(key.Metric)},");

    private static byte[] JsonMiddle(SeriesKey key) =>
        Encoding.UTF8.GetBytes($"\",\"device\":\"{JsonEncodedText.Encode(key.DeviceId)}\",\"metric\":\"{JsonEncodedText.Encode(key.Metric)}\",\"value\":");

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
