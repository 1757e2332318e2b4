namespace Gateway.Host.Notifications;

/// <summary>What became of a request.</summary>
internal enum SendOutcome
{
    /// <summary>2xx.</summary>
    Delivered,

    /// <summary>No answer, 408, 425, 429 or 5xx: the same again later.</summary>
    TryAgain,

    /// <summary>400, 413 or 422: this body is not taken; a part of it may be.</summary>
    BodyRefused,

    /// <summary>3xx, or any other 4xx: it is not taken however often it is sent.</summary>
    Refused,
}

/// <summary>What became of a request, and why.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Error">Why not, without the secret and on one line; empty when delivered.</param>
/// <param name="RetryAfter">The wait that the receiver asked for; null for none.</param>
internal readonly record struct SendResult(SendOutcome Outcome, string Error, TimeSpan? RetryAfter = null);
