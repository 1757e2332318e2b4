using System.Text.Json;
using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>Receivers of webhooks over HTTP: how they are, and dead letters to be sent again.</summary>
internal static class WebhookEndpoints
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 10_000;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder webhooks = routes.MapGroup("/api/v1/webhooks").WithTags("webhooks");
        webhooks.MapGet("", List).WithSummary("Receivers of webhooks: place, lag, last error, and the newest dead letters of each (limit)");
        webhooks.MapPost("/{name}/deadletters/{id}/retry", Retry).WithSummary("Sends a dead letter again; it leaves the list when it is delivered");
    }

    private static IResult List(Outbox outbox, Func<EventTime> now, string? limit)
    {
        if (!QueryText.TryLimit(limit, DefaultLimit, LargestLimit, out int count, out string error))
        {
            return Problems.BadRequest(error);
        }

        try
        {
            var letters = outbox.Dispatchers.ToDictionary(d => d, d => (Kept: outbox.CountLetters(d), Newest: outbox.Letters(d, count)));
            long last = outbox.LastSequence;
            return new WrittenJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("lastSequence", last);
                writer.WriteStartArray("receivers");
                foreach (WebhookDispatcher one in outbox.Dispatchers)
                {
                    Write(writer, one, last, now(), letters[one].Kept, letters[one].Newest);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            });
        }
        catch (CaseStoreException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static IResult Retry(string name, long id, Outbox outbox)
    {
        if (outbox.Find(name) is not { } receiver)
        {
            return Problems.NotFound("no receiver of this name; /api/v1/webhooks lists them");
        }

        try
        {
            return outbox.Retry(receiver, id)
                ? Results.Accepted("/api/v1/webhooks")
                : Problems.NotFound($"{receiver.Options.Name} has no dead letter {id}; it may have been delivered, or have made room for newer ones");
        }
        catch (CaseStoreException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static void Write(Utf8JsonWriter writer, WebhookDispatcher one, long last, EventTime now, long kept, IReadOnlyList<DeadLetter> letters)
    {
        WebhookStatus status = one.Status;
        (long lagEvents, TimeSpan lag) = Outbox.Lag(status, last, now);
        writer.WriteStartObject();
        writer.WriteString("name", one.Options.Name);
        writer.WriteString("format", WebhookFormats.Word(one.Format));
        writer.WriteString("target", one.Target);
        writer.WriteString("activity", AlertText.Word(status.Activity));
        writer.WriteNumber("cursor", status.Cursor);
        writer.WriteNumber("lagEvents", lagEvents);
        writer.WriteNumber("lagSeconds", Math.Round(lag.TotalSeconds, 3));
        writer.WriteNumber("attempts", status.Attempts);
        writer.WriteTimeOrNull("nextAttemptAt", status.NextAttemptAt);
        writer.WriteTimeOrNull("lastSentAt", status.LastSentAt);
        writer.WriteString("lastError", status.LastError);
        writer.WriteTimeOrNull("lastErrorAt", status.LastErrorAt);
        writer.WriteNumber("requests", status.Requests);
        writer.WriteNumber("alerts", status.Alerts);
        writer.WriteNumber("failures", status.Failures);
        writer.WriteNumber("deadLettersTotal", status.DeadLetters);
        writer.WriteNumber("deadLettersKept", kept);
        writer.WriteStartArray("deadLetters");
        foreach (DeadLetter letter in letters)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", letter.Id);
            writer.WriteNumber("firstSequence", letter.After + 1);
            writer.WriteNumber("lastSequence", letter.Through);
            writer.WriteNumber("alerts", letter.Alerts);
            writer.WriteString("at", letter.At.ToString());
            writer.WriteNumber("attempts", letter.Attempts);
            writer.WriteString("error", letter.Error);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
