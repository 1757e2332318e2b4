namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The variable byte integer of v5 section 1.5.5: 7 bits a byte, low bits first, at most four bytes.</summary>
internal static class VariableByteInteger
{
    /// <summary>The largest value that can be written.</summary>
    public const uint MaxValue = 268_435_455;

    /// <summary>Bytes the value takes.</summary>
    public static int LengthBytes(uint value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;

    /// <summary>Writes the value; returns the bytes written.</summary>
    public static int Write(Span<byte> target, uint value)
    {
        int written = 0;
        while (value >= 0x80)
        {
            target[written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[written] = (byte)value;
        return written + 1;
    }
}
