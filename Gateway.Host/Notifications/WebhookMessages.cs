namespace Gateway.Host.Notifications;

/// <summary>What dispatchers say: of a run of failures the first, and its end. Never an address, a secret or a body.</summary>
internal static partial class WebhookMessages
{
    [LoggerMessage(EventId = 1601, Level = LogLevel.Warning, Message = "webhook {Receiver}: not delivered: {Error}. It is tried again with growing waits; the events wait in the case store")]
    public static partial void DeliveryFailed(this ILogger logger, string receiver, string error);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Information, Message = "webhook {Receiver}: delivers again after {Failures} failures")]
    public static partial void DeliveryRecovered(this ILogger logger, string receiver, int failures);

    [LoggerMessage(EventId = 1603, Level = LogLevel.Error, Message = "webhook {Receiver}: events {First} to {Last} were given up: {Error}. They are dead letters now, see /api/v1/webhooks; further ones until a request is delivered are only counted")]
    public static partial void GivenUp(this ILogger logger, string receiver, long first, long last, string error);

    [LoggerMessage(EventId = 1604, Level = LogLevel.Warning, Message = "webhook {Receiver}: had events up to {Cursor}, but the case store ends at {Last}: an older one was put back. It goes on with what happens next")]
    public static partial void CursorBeyondEnd(this ILogger logger, string receiver, long cursor, long last);

    [LoggerMessage(EventId = 1605, Level = LogLevel.Error, Message = "webhook {Receiver}: stopped by the stores and tries again: {Error}")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, string receiver, string error);
}
