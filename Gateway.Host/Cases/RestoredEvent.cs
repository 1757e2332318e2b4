using System.Text.Json;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>An event of another store, with what its audit sealed. Immutable.</summary>
/// <param name="Sequence">Its place over all cases there.</param>
/// <param name="Event">The event.</param>
/// <param name="Body">As it is stored there, byte for byte what the hash covers.</param>
/// <param name="Before">Name of the status before it; empty for the first of a case.</param>
/// <param name="After">Name of the status after it.</param>
/// <param name="Hash">Its hash in the chain, 32 bytes.</param>
internal sealed record RestoredEvent(long Sequence, CaseEvent Event, string Body, string Before, string After, byte[] Hash)
{
    /// <summary>Its case.</summary>
    public string CaseNo => Event.CaseNo;

    /// <summary>
    /// Whether a failure comes of an event that lacks what every event of a gateway has, or has what none has: one of somebody's making. The fold
    /// takes events as the gateway writes them, and does not look.
    /// </summary>
    public static bool IsMisshapen(Exception e) =>
        e is NullReferenceException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException or FormatException or OverflowException or NotSupportedException or InvalidOperationException or JsonException;
}

/// <summary>An event that does not come out as it was.</summary>
/// <param name="Index">Which of those given.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record RestoreProblem(int Index, string Message);
