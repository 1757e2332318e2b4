using System.Buffers.Binary;
using System.Text;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>The data types of the protocol as bytes, written down once more so that the suite does not believe the gateway's codec.</summary>
public static class Bytes
{
    /// <summary>Two byte integer.</summary>
    public static byte[] Two(int value) => [(byte)(value >> 8), (byte)value];

    /// <summary>Four byte integer.</summary>
    public static byte[] Four(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Variable byte integer in as few bytes as it needs.</summary>
    public static byte[] Variable(int value)
    {
        List<byte> bytes = [];
        do
        {
            bytes.Add((byte)((value & 0x7F) | (value > 0x7F ? 0x80 : 0)));
            value >>= 7;
        }
        while (value > 0);
        return [.. bytes];
    }

    /// <summary>Binary data: two bytes of length, then the bytes.</summary>
    public static byte[] Binary(byte[] value) => [.. Two(value.Length), .. value];

    /// <summary>UTF-8 string: as binary data.</summary>
    public static byte[] Text(string value) => Binary(Encoding.UTF8.GetBytes(value));

    /// <summary>UTF-8 of a text, without a length.</summary>
    public static byte[] Utf8(string value) => Encoding.UTF8.GetBytes(value);

    /// <summary>A whole packet: first byte, remaining length, parts.</summary>
    public static byte[] Packet(int first, params byte[][] parts)
    {
        byte[] body = Join(parts);
        return [(byte)first, .. Variable(body.Length), .. body];
    }

    /// <summary>Parts one after the other.</summary>
    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
}
