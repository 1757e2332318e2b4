namespace Gateway.Tests.Hostile;

/// <summary>What a <see cref="Bystander"/> saw. Immutable.</summary>
/// <param name="Pings">Answered pings.</param>
/// <param name="Slowest">The longest wait for a PINGRESP.</param>
/// <param name="MostWork">The most processor time the gateway spent, on whomever, between a PINGREQ and its PINGRESP. Other work on the machine, and a disk that takes its time, do not count.</param>
/// <param name="PeakResidentBytes">The most resident memory the gateway had at a ping.</param>
public sealed record BystanderReport(int Pings, TimeSpan Slowest, TimeSpan MostWork, long PeakResidentBytes);
