using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Host.Access.People;
using Gateway.Host.Cases;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>
/// Case events as server-sent events: <c>id</c> is the sequence over all cases, so a consumer that comes back with Last-Event-ID
/// misses nothing and can drop what it has seen.
/// </summary>
internal static class CaseStream
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);
    private static readonly byte[] Heartbeat = Encoding.ASCII.GetBytes(": still here\n\n");

    /// <summary>Runs until the client leaves, or its session or token is over. Without Last-Event-ID (or <c>?after=</c>) it begins with what happens next.</summary>
    public static async Task RunAsync(HttpContext context, ICaseStore store, CaseEventPages pages, CaseEventHub hub, TimeProvider time, IHostApplicationLifetime lifetime, Person person)
    {
        string? asked = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? context.Request.Query["after"].FirstOrDefault();
        long last = store.Health().LastSequence, after = last;
        if (asked is not null && !long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await Problems.BadRequest("Last-Event-ID is a sequence number").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        if (after > last)
        {
            // To wait there would be to keep back everything up to it.
            await Problems.BadRequest($"the latest event is {last}, so {after} is not of this case store: an older one was put back; begin anew without Last-Event-ID, or with 0 for all events").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(Heartbeat, ends.Token).ConfigureAwait(false);
        try
        {
            while (!ends.IsCancellationRequested && person.Holds())
            {
                Task next = hub.Next;
                (ReadOnlyMemory<byte> text, long through) = pages.After(after, next);
                if (text.Length > 0)
                {
                    await context.Response.Body.WriteAsync(text, ends.Token).ConfigureAwait(false);
                    after = through;
                    continue;
                }

                try
                {
                    await next.WaitAsync(HeartbeatInterval, time, ends.Token).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    await context.Response.Body.WriteAsync(Heartbeat, ends.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The client has left or the gateway stops: the stream just ends.
        }
    }

    /// <summary>Events as the stream shows them, each with its case as it stands now.</summary>
    internal static ReadOnlyMemory<byte> Render(IReadOnlyList<SequencedEvent> events, ICaseStore store)
    {
        ArrayBufferWriter<byte> buffer = new();
        Dictionary<string, Case?> cases = []; // a storm has many events on one page, and thousands of alerts
        foreach (SequencedEvent one in events)
        {
            buffer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {one.Sequence}\nevent: case\ndata: ")));
            using (Utf8JsonWriter writer = new(buffer, ApiJson.WriterOptions))
            {
                writer.WriteStartObject();
                writer.WriteNumber("sequence", one.Sequence);
                writer.WriteString("caseNo", one.Event.CaseNo);
                writer.WritePropertyName("event");
                CaseJson.WriteEvent(writer, one.Event);
                if (!cases.TryGetValue(one.Event.CaseNo, out Case? now))
                {
                    cases.Add(one.Event.CaseNo, now = store.Find(one.Event.CaseNo));
                }

                if (now is not null)
                {
                    writer.WritePropertyName("case");
                    CaseJson.Write(writer, now, history: null);
                }

                writer.WriteEndObject();
            }

            buffer.Write("\n\n"u8);
        }

        return buffer.WrittenMemory;
    }
}
