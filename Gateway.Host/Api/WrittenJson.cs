using System.Buffers;
using System.Text.Json;

namespace Gateway.Host.Api;

/// <summary>An answer written straight as JSON; whole before the first byte leaves, so a failure is still an error answer.</summary>
internal sealed class WrittenJson(Action<Utf8JsonWriter> write, string contentType = "application/json; charset=utf-8") : IResult
{
    /// <summary>Status code. Default 200.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Where what was made can be found; null for no such header.</summary>
    public string? Location { get; init; }

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, ApiJson.WriterOptions))
        {
            write(writer);
        }

        httpContext.Response.StatusCode = Status;
        if (Location is not null)
        {
            httpContext.Response.Headers.Location = Location;
        }

        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = buffer.WrittenCount;
        await httpContext.Response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
