namespace Gateway.Tests.Support;

/// <summary>A message as mosquitto_sub shows it.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Qos">QoS it came with.</param>
/// <param name="Retained">Whether it came from the retained store.</param>
/// <param name="Payload">Payload as text.</param>
public sealed record MosquittoMessage(string Topic, int Qos, bool Retained, string Payload);
