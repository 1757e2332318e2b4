using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>A request that was given up. Its body is not kept: it is made again from the events, which the case store never loses.</summary>
/// <param name="Id">Its number, unique over all receivers.</param>
/// <param name="After">Its events begin behind this sequence.</param>
/// <param name="Through">And end with this one.</param>
/// <param name="Alerts">Cases in it.</param>
/// <param name="At">When it was given up, or last tried, by the system's clock.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">Why it was not taken.</param>
internal sealed record DeadLetter(long Id, long After, long Through, int Alerts, EventTime At, int Attempts, string Error);
