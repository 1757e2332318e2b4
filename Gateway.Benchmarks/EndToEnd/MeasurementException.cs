namespace Gateway.Benchmarks.EndToEnd;

/// <summary>A measurement that cannot go on, or whose figures would not mean what they say; one message for the person at the terminal.</summary>
internal sealed class MeasurementException(string message) : Exception(message);
