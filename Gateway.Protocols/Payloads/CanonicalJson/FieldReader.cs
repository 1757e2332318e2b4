using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads.Json;

namespace Gateway.Protocols.Payloads.CanonicalJson;

/// <summary>Turns the JSON value of one field into a column value. Immutable.</summary>
internal sealed class FieldReader
{
    private const double IntegerLimit = 9_007_199_254_740_992; // 2^53: beyond it a double skips integers
    private const int NoSuchText = -1;
    private readonly FieldType _type;
    private readonly double _minimum;
    private readonly double _maximum;
    private readonly NameTable? _texts;

    public FieldReader(FieldDefinition field)
    {
        _type = field.Type;
        _minimum = field.Minimum ?? double.NegativeInfinity;
        _maximum = field.Maximum ?? double.PositiveInfinity;
        _texts = field.Type == FieldType.Enumeration ? new NameTable([.. field.Values.Select((text, i) => (text, i))]) : null;
    }

    /// <summary>
    /// Reads the value the scanner stands on, not a null. <paramref name="value"/> stays NaN at a fault and for a field without a column.
    /// A container is a wrong type; it is left to the caller to skip it.
    /// </summary>
    public PayloadFault Read(scoped in JsonScanner scanner, out double value)
    {
        value = double.NaN;
        switch (_type)
        {
            case FieldType.Number or FieldType.Integer when scanner.Token == JsonToken.Number:
                return ReadNumber(scanner.Number, ref value);
            case FieldType.Boolean when scanner.Token is JsonToken.True or JsonToken.False:
                value = scanner.Token == JsonToken.True ? 1 : 0;
                return PayloadFault.None;
            case FieldType.Enumeration when scanner.Token == JsonToken.Text:
                return ReadEnumeration(scanner, ref value);
            case FieldType.Text or FieldType.Pseudonym when scanner.Token == JsonToken.Text:
                return scanner.Value.Length <= CanonicalJsonDecoder.TextLengthLimitBytes ? PayloadFault.None : PayloadFault.OutOfRange;
            default:
                return PayloadFault.WrongType;
        }
    }

    private PayloadFault ReadNumber(double number, ref double value)
    {
        if (_type == FieldType.Integer && Math.Abs(number) <= IntegerLimit && number != Math.Floor(number))
        {
            return PayloadFault.WrongType;
        }

        if (!double.IsFinite(number) || number < _minimum || number > _maximum || (_type == FieldType.Integer && Math.Abs(number) > IntegerLimit))
        {
            return PayloadFault.OutOfRange;
        }

        value = number;
        return PayloadFault.None;
    }

    private PayloadFault ReadEnumeration(scoped in JsonScanner scanner, ref double value)
    {
        Span<byte> buffer = stackalloc byte[CanonicalJsonDecoder.TextLengthLimitBytes];
        scoped ReadOnlySpan<byte> text = scanner.Value;
        if (scanner.IsEscaped && text.Length <= buffer.Length)
        {
            text = JsonText.TryUnescape(text, buffer, out int length) ? buffer[..length] : default;
        }

        int index = _texts!.Find(text, NoSuchText);
        if (index == NoSuchText)
        {
            return PayloadFault.OutOfRange;
        }

        value = index;
        return PayloadFault.None;
    }
}
