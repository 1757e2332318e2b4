namespace Gateway.Protocols.Readings;

/// <summary>One value of a series at an instant. Immutable.</summary>
/// <param name="Time">When it was observed.</param>
/// <param name="Value">The value in the unit of its profile field; never NaN.</param>
public readonly record struct Sample(EventTime Time, double Value);
