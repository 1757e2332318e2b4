using System.Buffers.Binary;

namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>Writes bytes, then bits from the most significant down, into one growing buffer that is kept for reuse. Not safe for threads.</summary>
internal sealed class BitWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private ulong _pending;
    private int _free = 64;

    /// <summary>Whole bytes written so far; valid after <see cref="Align"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Clear()
    {
        _length = 0;
        _pending = 0;
        _free = 64;
    }

    /// <summary>Writes the low <paramref name="count"/> bits (0 to 64) of <paramref name="value"/>; higher bits must be zero.</summary>
    public void Write(ulong value, int count)
    {
        if (count < _free)
        {
            _free -= count;
            _pending |= value << _free;
            return;
        }

        int rest = count - _free;
        _pending |= value >> rest;
        Reserve(8);
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(_length), _pending);
        _length += 8;
        _free = 64 - rest;
        _pending = rest == 0 ? 0 : value << _free;
    }

    /// <summary>Pads with zero bits to the next byte.</summary>
    public void Align()
    {
        Reserve(8);
        for (int bits = 64 - _free; bits > 0; bits -= 8)
        {
            _bytes[_length++] = (byte)(_pending >> 56);
            _pending <<= 8;
        }

        _pending = 0;
        _free = 64;
    }

    /// <summary>Writes one byte; only while byte-aligned.</summary>
    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    /// <summary>Writes 7 bits a byte, low group first, the top bit meaning that more follow; only while byte-aligned.</summary>
    public void WriteVarint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }

    /// <summary>Writes a signed number as zigzag varint; only while byte-aligned.</summary>
    public void WriteSigned(long value) => WriteVarint(ZigZag.Encode(value));

    /// <summary>Writes 8 bytes, little-endian; only while byte-aligned.</summary>
    public void WriteUInt64(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += 8;
    }

    /// <summary>Writes a copy of some bytes; only while byte-aligned.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }
    }
}
