using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>What a dispatcher is at.</summary>
internal enum WebhookActivity
{
    /// <summary>The receiver has everything.</summary>
    Idle,

    /// <summary>A request is on its way.</summary>
    Sending,

    /// <summary>A request has failed; it is sent again later.</summary>
    Waiting,
}

/// <summary>How a receiver is, as of one moment; counts are since the start. Immutable.</summary>
internal sealed record WebhookStatus
{
    /// <summary>What its dispatcher is at.</summary>
    public WebhookActivity Activity { get; init; }

    /// <summary>The last sequence it has.</summary>
    public long Cursor { get; init; }

    /// <summary>When the oldest event happened that it has not, log time; null when it has all.</summary>
    public EventTime? OldestWaiting { get; init; }

    /// <summary>Failures of the request being sent, so far.</summary>
    public int Attempts { get; init; }

    /// <summary>The next try is no earlier; null while nothing waits. System's clock.</summary>
    public EventTime? NextAttemptAt { get; init; }

    /// <summary>When a request was last delivered; null when none was. System's clock.</summary>
    public EventTime? LastSentAt { get; init; }

    /// <summary>The last failure; null when there was none.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was. System's clock.</summary>
    public EventTime? LastErrorAt { get; init; }

    /// <summary>Requests delivered.</summary>
    public long Requests { get; init; }

    /// <summary>Cases in them.</summary>
    public long Alerts { get; init; }

    /// <summary>Requests that failed, each try of one.</summary>
    public long Failures { get; init; }

    /// <summary>Requests ever given up, kept or not.</summary>
    public long DeadLetters { get; init; }
}
