using System.Buffers.Binary;
using System.Text;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>A packet body that can write itself.</summary>
internal interface IWireBody
{
    /// <summary>Writes everything after the fixed header. Called twice: to measure and to write.</summary>
    void WriteBody(ref WireWriter writer, MqttProtocolVersion version);
}

/// <summary>A property section that can write itself.</summary>
internal interface IWireProperties
{
    /// <summary>Writes the properties without their length. Called to measure and to write.</summary>
    void WriteProperties(ref WireWriter writer);
}

/// <summary>
/// Writes fields into a span, or, without one, only counts them: lengths stand before their contents on the wire, so every body
/// is walked once to measure and once to write, and no buffer is kept.
/// </summary>
internal ref struct WireWriter
{
    private readonly Span<byte> _target;
    private readonly bool _writing;

    /// <summary>A writer into <paramref name="target"/>, which must be large enough.</summary>
    public WireWriter(Span<byte> target)
    {
        _target = target;
        _writing = true;
    }

    /// <summary>Bytes written or counted so far.</summary>
    public int Length { get; private set; }

    public void Byte(byte value)
    {
        if (_writing)
        {
            _target[Length] = value;
        }

        Length++;
    }

    public void UInt16(ushort value)
    {
        if (_writing)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_target[Length..], value);
        }

        Length += 2;
    }

    public void UInt32(uint value)
    {
        if (_writing)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_target[Length..], value);
        }

        Length += 4;
    }

    public void Variable(uint value)
    {
        if (value > VariableByteInteger.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "over the largest variable byte integer");
        }

        Length += _writing ? VariableByteInteger.Write(_target[Length..], value) : VariableByteInteger.LengthBytes(value);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (_writing)
        {
            bytes.CopyTo(_target[Length..]);
        }

        Length += bytes.Length;
    }

    public void Binary(ReadOnlySpan<byte> bytes)
    {
        UInt16(CheckedLength(bytes.Length));
        Raw(bytes);
    }

    public void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        UInt16(CheckedLength(length));
        if (_writing)
        {
            Encoding.UTF8.GetBytes(text, _target[Length..]);
        }

        Length += length;
    }

    public void Property(PropertyId id, bool? value)
    {
        if (value is bool present)
        {
            Byte((byte)id);
            Byte(present ? (byte)1 : (byte)0);
        }
    }

    public void Property(PropertyId id, ushort? value)
    {
        if (value is ushort present)
        {
            Byte((byte)id);
            UInt16(present);
        }
    }

    public void Property(PropertyId id, uint? value)
    {
        if (value is uint present)
        {
            Byte((byte)id);
            UInt32(present);
        }
    }

    public void Property(PropertyId id, string? value)
    {
        if (value is not null)
        {
            Byte((byte)id);
            Text(value);
        }
    }

    public void Property(PropertyId id, ReadOnlyMemory<byte>? value)
    {
        if (value is ReadOnlyMemory<byte> present)
        {
            Byte((byte)id);
            Binary(present.Span);
        }
    }

    public void SubscriptionIdentifier(uint value)
    {
        Byte((byte)PropertyId.SubscriptionIdentifier);
        Variable(value);
    }

    public void UserProperties(IReadOnlyList<UserProperty> properties)
    {
        for (int i = 0; i < properties.Count; i++)
        {
            Byte((byte)PropertyId.UserProperty);
            Text(properties[i].Name);
            Text(properties[i].Value);
        }
    }

    /// <summary>The length of the section, then the section.</summary>
    public void Properties<TProperties>(TProperties properties)
        where TProperties : IWireProperties
    {
        WireWriter measure = default;
        properties.WriteProperties(ref measure);
        Variable((uint)measure.Length);
        properties.WriteProperties(ref this);
    }

    private static ushort CheckedLength(int length) =>
        length <= MqttText.LengthLimitBytes ? (ushort)length : throw new ArgumentException($"a field of {length} bytes does not fit; the limit is {MqttText.LengthLimitBytes}");
}
