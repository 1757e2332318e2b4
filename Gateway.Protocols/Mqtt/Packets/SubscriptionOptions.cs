namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The options of one subscription (v5 section 3.8.3.1). Immutable; 3.1.1 has the QoS only.</summary>
/// <param name="MaximumQos">Messages come with at most this QoS.</param>
/// <param name="NoLocal">Whether the client's own messages stay away.</param>
/// <param name="RetainAsPublished">Whether the RETAIN flag is passed on as published.</param>
/// <param name="RetainHandling">Whether retained messages come when subscribing.</param>
public readonly record struct SubscriptionOptions(
    Qos MaximumQos,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    RetainHandling RetainHandling = RetainHandling.SendAlways)
{
    /// <summary>The options as the byte on the wire.</summary>
    public byte ToByte() => (byte)((int)MaximumQos | (NoLocal ? 4 : 0) | (RetainAsPublished ? 8 : 0) | ((int)RetainHandling << 4));

    /// <summary>Reads the byte on the wire; 3.1.1 knows the QoS only.</summary>
    public static bool TryParse(byte value, bool isV5, out SubscriptionOptions options, out ParseError error)
    {
        options = default;
        if ((value & (isV5 ? 0xC0 : 0xFC)) != 0)
        {
            error = ParseErrors.SubscriptionOptionsReserved;
            return false;
        }

        if ((value & 3) == 3 || (value & 0x30) == 0x30)
        {
            error = ParseErrors.SubscriptionOptionsValue;
            return false;
        }

        options = new SubscriptionOptions((Qos)(value & 3), (value & 4) != 0, (value & 8) != 0, (RetainHandling)(value >> 4));
        error = default;
        return true;
    }
}
