namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>How a property's value is written.</summary>
internal enum PropertyWireType : byte
{
    Unknown,
    Byte,
    TwoBytes,
    FourBytes,
    Variable,
    Text,
    Binary,
    TextPair,
}

/// <summary>
/// Walks a property section (v5 section 2.2.2): identifier, value, identifier, value ... Holds the latest property; allocates nothing.
/// </summary>
internal ref struct PropertyReader(ReadOnlySpan<byte> section)
{
    private PacketReader _reader = new(section);

    /// <summary>Identifier of the latest property.</summary>
    public PropertyId Id { get; private set; }

    /// <summary>Its value when that is a number.</summary>
    public uint Number { get; private set; }

    /// <summary>Its value when that is text or bytes; the name of a user property.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a user property.</summary>
    public ReadOnlySpan<byte> Second { get; private set; }

    /// <summary>Where the latest property starts in the section.</summary>
    public int Start { get; private set; }

    /// <summary>Where the next property starts.</summary>
    public readonly int End => _reader.Position;

    /// <summary>Reads the next property; false at the end (no error) or when the bytes are wrong.</summary>
    public bool MoveNext(out ParseError error)
    {
        error = default;
        if (_reader.IsAtEnd)
        {
            return false;
        }

        Start = _reader.Position;
        _reader.TryReadByte(out byte id);
        Id = (PropertyId)id;
        switch (PropertyRules.WireTypeOf(Id))
        {
            case PropertyWireType.Byte:
                return Number1(out error);
            case PropertyWireType.TwoBytes:
                return Number2(out error);
            case PropertyWireType.FourBytes:
                return Number4(out error);
            case PropertyWireType.Variable:
                bool read = _reader.TryReadVariable(out uint number, out error);
                Number = number;
                return read;
            case PropertyWireType.Text:
                return Text(out error);
            case PropertyWireType.Binary:
                return Binary(out error);
            case PropertyWireType.TextPair:
                return Pair(out error);
            default:
                error = ParseErrors.PropertyUnknown;
                return false;
        }
    }

    /// <summary>Reads the next property of a section that was validated before.</summary>
    public bool MoveNext() => MoveNext(out _);

    private bool Number1(out ParseError error)
    {
        bool read = _reader.TryReadByte(out byte value);
        Number = value;
        error = read ? default : ParseErrors.Truncated;
        return read;
    }

    private bool Number2(out ParseError error)
    {
        bool read = _reader.TryReadUInt16(out ushort value);
        Number = value;
        error = read ? default : ParseErrors.Truncated;
        return read;
    }

    private bool Number4(out ParseError error)
    {
        bool read = _reader.TryReadUInt32(out uint value);
        Number = value;
        error = read ? default : ParseErrors.Truncated;
        return read;
    }

    private bool Text(out ParseError error)
    {
        bool read = _reader.TryReadText(out ReadOnlySpan<byte> value, out error);
        Bytes = value;
        return read;
    }

    private bool Binary(out ParseError error)
    {
        bool read = _reader.TryReadBinary(out ReadOnlySpan<byte> value);
        Bytes = value;
        error = read ? default : ParseErrors.Truncated;
        return read;
    }

    private bool Pair(out ParseError error)
    {
        if (!_reader.TryReadText(out ReadOnlySpan<byte> name, out error) || !_reader.TryReadText(out ReadOnlySpan<byte> value, out error))
        {
            return false;
        }

        Bytes = name;
        Second = value;
        return true;
    }
}
