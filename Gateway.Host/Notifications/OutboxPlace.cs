using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>How far a receiver has come, as it is on disk. Immutable.</summary>
/// <param name="Cursor">The last sequence it has.</param>
/// <param name="PendingThrough">
/// Where the request ends that is being sent: after a crash the very same one is sent again, so that its sequence marks it as a duplicate.
/// Null when none is.
/// </param>
/// <param name="PendingSince">When that request was first tried, by the system's clock.</param>
/// <param name="DeadLetters">Requests given up so far, kept or not.</param>
internal sealed record OutboxPlace(long Cursor, long? PendingThrough, EventTime PendingSince, long DeadLetters);
