namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>
/// Why a packet was refused, as a value. Immutable; the default value means no error. The texts are constants, so that an error costs
/// no allocation however often a client makes it.
/// </summary>
/// <param name="Reason">What goes into DISCONNECT or CONNACK; <see cref="ReasonCode.MalformedPacket"/> when the bytes cannot be parsed,
/// <see cref="ReasonCode.ProtocolError"/> when they can but say what is not allowed.</param>
/// <param name="Statement">The statement of the v5 specification, for example <c>MQTT-3.8.3-3</c>, or its section where it has no id.</param>
/// <param name="Description">One line for people.</param>
public readonly record struct ParseError(ReasonCode Reason, string Statement, string Description)
{
    /// <summary>Whether there is an error at all.</summary>
    public bool IsError => Reason != ReasonCode.Success;

    /// <inheritdoc />
    public override string ToString() => IsError ? $"{Description} [{Statement}]" : "no error";
}
