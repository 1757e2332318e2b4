using System.Buffers;
using System.IO.Compression;
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
        SeriesText text = new(isCsv);
        buffer.Write(text.Head);
        foreach (SeriesPage page in pages)
        {
            for (int i = 0; i < page.Count; i++)
            {
                text.Write(buffer, page.Key, page[i]);
                if (buffer.WrittenCount > FlushAboveBytes)
                {
                    await target.WriteAsync(buffer.WrittenMemory, cancellation);
                    buffer.ResetWrittenCount();
                }
            }
        }

        await target.WriteAsync(buffer.WrittenMemory, cancellation);
    }
}
