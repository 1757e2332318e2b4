using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Simulation.Network;

/// <summary>Where a message stands, as its device sees it.</summary>
internal enum SentState
{
    /// <summary>To be sent, as if never sent before.</summary>
    New,

    /// <summary>Sent, and not answered.</summary>
    Sent,

    /// <summary>QoS 2: the gateway has it, its identifier is not released.</summary>
    Received,

    /// <summary>The device has forgotten it.</summary>
    Done,
}

/// <summary>A message of a device and what became of it.</summary>
internal sealed class SentMessage
{
    public required int Number { get; init; }

    public required string Topic { get; init; }

    public required string Payload { get; init; }

    public required Qos Qos { get; init; }

    /// <summary>Whether its payload is one that can be decoded.</summary>
    public required bool IsGood { get; init; }

    public SentState State { get; set; }

    public ushort PacketIdentifier { get; set; }

    /// <summary>Whether the gateway said that it has it.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>Whether it was sent as a new message more than once: refused, or the session it was sent in is gone. Then it may be stored twice.</summary>
    public bool IsSentAnew { get; set; }
}
