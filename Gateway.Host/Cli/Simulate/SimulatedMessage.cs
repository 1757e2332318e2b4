using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate;

/// <summary>One message to be published.</summary>
/// <param name="Device">Who publishes it.</param>
/// <param name="Topic">Where.</param>
/// <param name="Payload">What.</param>
/// <param name="Offset">When, from the start of the run, in real time; zero when <paramref name="ObservedAt"/> or the rate decides.</param>
/// <param name="ObservedAt">Its <c>ts</c>.</param>
internal readonly record struct SimulatedMessage(SimulatedDevice Device, string Topic, byte[] Payload, TimeSpan Offset, EventTime ObservedAt);
