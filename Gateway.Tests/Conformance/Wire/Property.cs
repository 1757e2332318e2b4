using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>Properties of version 5 as bytes: identifier and value.</summary>
public static class Property
{
    /// <summary>A section: its length, then the properties.</summary>
    public static byte[] Section(params byte[][] properties)
    {
        byte[] all = Bytes.Join(properties);
        return [.. Bytes.Variable(all.Length), .. all];
    }

    /// <summary>With a one byte value.</summary>
    public static byte[] Byte(PropertyId id, int value) => [(byte)id, (byte)value];

    /// <summary>With a two byte value.</summary>
    public static byte[] Two(PropertyId id, int value) => [(byte)id, .. Bytes.Two(value)];

    /// <summary>With a four byte value.</summary>
    public static byte[] Four(PropertyId id, uint value) => [(byte)id, .. Bytes.Four(value)];

    /// <summary>With a text.</summary>
    public static byte[] Text(PropertyId id, string value) => [(byte)id, .. Bytes.Text(value)];

    /// <summary>With bytes that a length precedes.</summary>
    public static byte[] Binary(PropertyId id, byte[] value) => [(byte)id, .. Bytes.Binary(value)];

    /// <summary>A user property.</summary>
    public static byte[] User(string name, string value) => [(byte)PropertyId.UserProperty, .. Bytes.Text(name), .. Bytes.Text(value)];

    /// <summary>A subscription identifier.</summary>
    public static byte[] SubscriptionIdentifier(int value) => [(byte)PropertyId.SubscriptionIdentifier, .. Bytes.Variable(value)];

    /// <summary>Session expiry interval.</summary>
    public static byte[] SessionExpiry(uint seconds) => Four(PropertyId.SessionExpiryInterval, seconds);

    /// <summary>Receive maximum.</summary>
    public static byte[] ReceiveMaximum(int value) => Two(PropertyId.ReceiveMaximum, value);

    /// <summary>Maximum packet size.</summary>
    public static byte[] MaximumPacketSize(uint bytes) => Four(PropertyId.MaximumPacketSize, bytes);

    /// <summary>Topic alias maximum.</summary>
    public static byte[] TopicAliasMaximum(int value) => Two(PropertyId.TopicAliasMaximum, value);

    /// <summary>Topic alias.</summary>
    public static byte[] TopicAlias(int value) => Two(PropertyId.TopicAlias, value);

    /// <summary>Message expiry interval.</summary>
    public static byte[] MessageExpiry(uint seconds) => Four(PropertyId.MessageExpiryInterval, seconds);

    /// <summary>Will delay interval.</summary>
    public static byte[] WillDelay(uint seconds) => Four(PropertyId.WillDelayInterval, seconds);
}
