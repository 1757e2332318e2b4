using System.Buffers.Binary;

namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Reads bytes, varints and fixed numbers in order. Past the end it gives zeros and <see cref="Failed"/> becomes true and stays so: parsers check
/// it before they trust a length or a count.
/// </summary>
internal ref struct ByteCursor
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first byte.</summary>
    public ByteCursor(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>Whether something was asked for that is not there.</summary>
    public bool Failed { get; private set; }

    /// <summary>The bytes not yet read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next byte.</summary>
    public byte ReadByte()
    {
        ReadOnlySpan<byte> one = ReadBytes(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    /// <summary>The next 8 bytes, little-endian.</summary>
    public ulong ReadUInt64()
    {
        ReadOnlySpan<byte> bytes = ReadBytes(8);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The next <paramref name="count"/> bytes; empty when there are not so many.</summary>
    public ReadOnlySpan<byte> ReadBytes(ulong count)
    {
        if (Failed || count > (ulong)_rest.Length)
        {
            Failed = true;
            return default;
        }

        ReadOnlySpan<byte> bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return bytes;
    }

    /// <summary>A number of 7 bits a byte, low group first; longer than 10 bytes is a failure.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Failed = true;
        return 0;
    }

    /// <summary>A zigzag varint.</summary>
    public long ReadSigned() => ZigZag.Decode(ReadVarint());

    /// <summary>A varint that counts something of which each takes at least a byte of the rest, so that no allocation exceeds the input.</summary>
    public int ReadCount()
    {
        ulong count = ReadVarint();
        if (count > (ulong)_rest.Length)
        {
            Failed = true;
            return 0;
        }

        return (int)count;
    }
}
