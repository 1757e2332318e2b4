using System.Buffers.Binary;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>A cursor over a packet body. Every read says whether the bytes were there; none reads past the end.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    /// <summary>Whether everything is read.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    public bool TryReadByte(out byte value)
    {
        if (Position >= _bytes.Length)
        {
            value = 0;
            return false;
        }

        value = _bytes[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(Rest, out value))
        {
            return false;
        }

        Position += 2;
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(Rest, out value))
        {
            return false;
        }

        Position += 4;
        return true;
    }

    /// <summary>Two bytes of length, then so many bytes.</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> value)
    {
        if (!TryReadUInt16(out ushort length))
        {
            value = default;
            return false;
        }

        return TryReadBytes(length, out value);
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> value)
    {
        if (count > _bytes.Length - Position)
        {
            value = default;
            return false;
        }

        value = _bytes.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Reads a variable byte integer; <paramref name="error"/> tells a cut one from an overlong one.</summary>
    public bool TryReadVariable(out uint value, out ParseError error)
    {
        value = 0;
        for (int i = 0; i < 4; i++)
        {
            if (!TryReadByte(out byte next))
            {
                error = ParseErrors.Truncated;
                return false;
            }

            value |= (uint)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                bool minimal = i == 0 || next != 0;
                error = minimal ? default : ParseErrors.LengthNotMinimal;
                return minimal;
            }
        }

        error = ParseErrors.LengthNotMinimal;
        return false;
    }

    /// <summary>Reads a UTF-8 text and checks it (section 1.5.4).</summary>
    public bool TryReadText(out ReadOnlySpan<byte> text, out ParseError error)
    {
        if (!TryReadBinary(out text))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        bool valid = MqttText.IsValid(text);
        error = valid ? default : ParseErrors.Text;
        return valid;
    }

    /// <summary>Reads the length and the bytes of a property section, and validates it.</summary>
    public bool TryReadProperties(PacketType packet, scoped in ParseContext context, out ReadOnlySpan<byte> section, out ParseError error)
    {
        section = default;
        if (!TryReadVariable(out uint length, out error))
        {
            return false;
        }

        if (length > (uint)Rest.Length || !TryReadBytes((int)length, out section))
        {
            error = ParseErrors.Truncated;
            return false;
        }

        return PropertyRules.TryValidate(section, packet, context, out error);
    }
}
