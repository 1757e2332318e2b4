using System.Buffers.Binary;

namespace Gateway.Host.Pipeline;

/// <summary>
/// A retained message as the case store keeps it: QoS (1 byte), properties length (4, little-endian), properties, payload.
/// </summary>
/// <param name="Qos">QoS it was published with.</param>
/// <param name="Properties">Raw MQTT 5 properties.</param>
/// <param name="Payload">The payload, never empty: an empty one means there is no retained message.</param>
internal sealed record RetainedRecord(byte Qos, byte[] Properties, byte[] Payload)
{
    private const int HeaderLengthBytes = 5;

    /// <summary>The stored form; null deletes.</summary>
    public static byte[]? Encode(RetainedChange change)
    {
        if (change.Payload.Length == 0)
        {
            return null;
        }

        byte[] bytes = new byte[HeaderLengthBytes + change.Properties.Length + change.Payload.Length];
        bytes[0] = change.Qos;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), change.Properties.Length);
        change.Properties.CopyTo(bytes, HeaderLengthBytes);
        change.Payload.CopyTo(bytes, HeaderLengthBytes + change.Properties.Length);
        return bytes;
    }

    /// <summary>Reads the stored form; null when it is damaged.</summary>
    public static RetainedRecord? Decode(byte[] bytes)
    {
        if (bytes.Length <= HeaderLengthBytes)
        {
            return null;
        }

        int properties = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(1));
        return properties < 0 || properties >= bytes.Length - HeaderLengthBytes
            ? null
            : new RetainedRecord(bytes[0], bytes[HeaderLengthBytes..(HeaderLengthBytes + properties)], bytes[(HeaderLengthBytes + properties)..]);
    }
}
