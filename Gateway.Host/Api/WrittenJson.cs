using System.Buffers;
using System.Text.Json;

namespace Gateway.Host.Api;

/// <summary>An answer written straight as JSON; whole before the first byte leaves, so a failure is still an error answer.</summary>
internal sealed class WrittenJson(Action<Utf8JsonWriter> write, string contentType = "application/json; charset=utf-8") : IResult
{
    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, ApiJson.WriterOptions))
        {
            write(writer);
        }

        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = buffer.WrittenCount;
        await httpContext.Response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
