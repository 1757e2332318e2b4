using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Gateway.Protocols.Payloads.Json;

/// <summary>
/// A forward-only reader of one whole JSON text (RFC 8259, UTF-8), token by token, over bytes in place. Strict: no comment, trailing
/// comma, byte order mark or text after the value. It allocates nothing and never throws: what is wrong is in <see cref="Error"/>.
/// </summary>
/// <remarks>
/// Why not Utf8JsonReader: it throws on malformed text, which costs tens of times the price of a good message, so that a device
/// sending rubbish could keep a core busy. The tests hold this scanner against Utf8JsonReader on mutated texts.
/// </remarks>
public ref struct JsonScanner
{
    /// <summary>The deepest nesting any scanner can be asked to allow.</summary>
    public const int DepthLimit = 64;

    private readonly ReadOnlySpan<byte> _json;
    private readonly int _depthLimit;
    private ulong _objects; // the open containers, innermost in bit 0: 1 is an object, 0 an array
    private Expected _expected;
    private int _position;
    private double _number;

    /// <summary>Starts at the beginning of <paramref name="json"/>.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="depthLimit">How many containers may be open at once, 1 to <see cref="DepthLimit"/>.</param>
    public JsonScanner(ReadOnlySpan<byte> json, int depthLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depthLimit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depthLimit, DepthLimit);
        _json = json;
        _depthLimit = depthLimit;
        if (!Utf8.IsValid(json))
        {
            Error = JsonError.Malformed;
        }
    }

    private enum Expected : byte
    {
        Value,
        ValueOrEndArray,
        Name,
        NameOrEndObject,
        CommaOrEnd,
        Nothing,
    }

    /// <summary>The token read last.</summary>
    public JsonToken Token { get; private set; }

    /// <summary>What is wrong, when <see cref="Read"/> returned false before the end.</summary>
    public JsonError Error { get; private set; }

    /// <summary>Offset of the first byte of the token read last (of a name or string: its quote); of the error when there is one.</summary>
    public int TokenStart { get; private set; }

    /// <summary>Offset of the first byte not yet read: after a string its closing quote has been read, after a name its colon.</summary>
    public readonly int Position => _position;

    /// <summary>Containers open after the token read last.</summary>
    public int Depth { get; private set; }

    /// <summary>Of a name or string what stands between the quotes, escapes unresolved; of a number its text; otherwise empty.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether <see cref="Value"/> holds escapes, to be resolved with <see cref="JsonText.TryUnescape"/>.</summary>
    public bool IsEscaped { get; private set; }

    /// <summary>Of a number the nearest double; an infinity when it is beyond the range of doubles.</summary>
    public readonly double Number => double.IsNaN(_number) ? JsonNumber.Read(Value) : _number;

    /// <summary>
    /// Moves to the next token if it is this name; otherwise nothing has happened, and <see cref="Read"/> says what comes instead. Comparing
    /// with a name that is likely costs a fraction of reading whichever comes.
    /// </summary>
    /// <param name="quoted">The name in its quotes, UTF-8, without an escape.</param>
    public bool TryReadName(ReadOnlySpan<byte> quoted)
    {
        int at = AfterWhitespace(_position);
        if (_expected == Expected.CommaOrEnd && (_objects & 1) != 0 && at < _json.Length && _json[at] == (byte)',')
        {
            at = AfterWhitespace(at + 1);
        }
        else if (_expected is not (Expected.Name or Expected.NameOrEndObject))
        {
            return false;
        }

        if (Error != JsonError.None || !_json[at..].StartsWith(quoted))
        {
            return false;
        }

        if (!TryEndName(at + quoted.Length))
        {
            return false;
        }

        TokenStart = at;
        Value = _json.Slice(at + 1, quoted.Length - 2);
        IsEscaped = false;
        return true;
    }

    /// <summary>Moves to the next token; false at the end of the text or at an error.</summary>
    public bool Read()
    {
        Value = default;
        IsEscaped = false;
        if (Error != JsonError.None)
        {
            return End();
        }

        SkipWhitespace();
        if (_expected == Expected.CommaOrEnd && _position < _json.Length && _json[_position] == (byte)',')
        {
            _position++;
            _expected = (_objects & 1) != 0 ? Expected.Name : Expected.Value;
            SkipWhitespace();
        }

        TokenStart = _position;
        if (_position >= _json.Length)
        {
            return _expected == Expected.Nothing ? End() : Fail(JsonError.Malformed);
        }

        byte first = _json[_position];
        return _expected switch
        {
            Expected.Value => ReadValue(first),
            Expected.ValueOrEndArray => first == (byte)']' ? Close(JsonToken.EndArray) : ReadValue(first),
            Expected.Name => ReadName(first),
            Expected.NameOrEndObject => first == (byte)'}' ? Close(JsonToken.EndObject) : ReadName(first),
            Expected.CommaOrEnd when first == (byte)'}' && (_objects & 1) != 0 => Close(JsonToken.EndObject),
            Expected.CommaOrEnd when first == (byte)']' && (_objects & 1) == 0 => Close(JsonToken.EndArray),
            _ => Fail(JsonError.Malformed),
        };
    }

    /// <summary>After the first token of a value: moves to its last one, so that the next <see cref="Read"/> is beyond it. False at an error.</summary>
    public bool SkipValue()
    {
        if (Token is not (JsonToken.StartObject or JsonToken.StartArray))
        {
            return Error == JsonError.None;
        }

        int outside = Depth - 1;
        while (Depth > outside)
        {
            if (!Read())
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadValue(byte first)
    {
        switch (first)
        {
            case (byte)'"':
                return ReadString() && Scalar(JsonToken.Text);
            case (byte)'{':
                return Open(JsonToken.StartObject, 1, Expected.NameOrEndObject);
            case (byte)'[':
                return Open(JsonToken.StartArray, 0, Expected.ValueOrEndArray);
            case (byte)'t':
                return ReadLiteral("true"u8) && Scalar(JsonToken.True);
            case (byte)'f':
                return ReadLiteral("false"u8) && Scalar(JsonToken.False);
            case (byte)'n':
                return ReadLiteral("null"u8) && Scalar(JsonToken.Null);
            default:
                int length = JsonNumber.Measure(_json[_position..], out _number);
                if (length == 0)
                {
                    return Fail(JsonError.Malformed);
                }

                Value = _json.Slice(_position, length);
                _position += length;
                return Scalar(JsonToken.Number);
        }
    }

    private bool ReadName(byte first)
    {
        if (first != (byte)'"')
        {
            return Fail(JsonError.Malformed);
        }

        if (!ReadString())
        {
            return false;
        }

        SkipWhitespace(); // so that an error is told where the colon should be
        return TryEndName(_position) || Fail(JsonError.Malformed);
    }

    /// <summary>Takes the colon behind a name; without one nothing has happened.</summary>
    private bool TryEndName(int at)
    {
        int colon = AfterWhitespace(at);
        if (colon >= _json.Length || _json[colon] != (byte)':')
        {
            return false;
        }

        _position = colon + 1;
        _expected = Expected.Value;
        Token = JsonToken.Name;
        return true;
    }

    private bool ReadString()
    {
        int start = _position + 1;
        int at = start;
        while (at < _json.Length)
        {
            byte b = _json[at];
            if (b == (byte)'"')
            {
                Value = _json[start..at];
                _position = at + 1;
                return true;
            }

            if (b == (byte)'\\')
            {
                IsEscaped = true;
                int length = JsonText.MeasureEscape(_json[at..]);
                if (length == 0)
                {
                    break;
                }

                at += length;
            }
            else if (b < 0x20)
            {
                break;
            }
            else
            {
                at++;
            }
        }

        _position = at;
        return Fail(JsonError.Malformed);
    }

    private bool ReadLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_json[_position..].StartsWith(literal))
        {
            return Fail(JsonError.Malformed);
        }

        _position += literal.Length;
        return true;
    }

    private bool Scalar(JsonToken token)
    {
        Token = token;
        _expected = Depth == 0 ? Expected.Nothing : Expected.CommaOrEnd;
        return true;
    }

    private bool Open(JsonToken token, ulong kind, Expected expected)
    {
        if (Depth >= _depthLimit)
        {
            return Fail(JsonError.TooDeep);
        }

        _objects = (_objects << 1) | kind;
        Depth++;
        _position++;
        _expected = expected;
        Token = token;
        return true;
    }

    private bool Close(JsonToken token)
    {
        _objects >>= 1;
        Depth--;
        _position++;
        return Scalar(token);
    }

    private void SkipWhitespace() => _position = AfterWhitespace(_position);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int AfterWhitespace(int at) => (uint)at < (uint)_json.Length && _json[at] > (byte)' ' ? at : AfterMoreWhitespace(at);

    private readonly int AfterMoreWhitespace(int at)
    {
        while (at < _json.Length && _json[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            at++;
        }

        return at;
    }

    private bool Fail(JsonError error)
    {
        Error = error;
        TokenStart = _position;
        return End();
    }

    private bool End()
    {
        Value = default;
        Token = JsonToken.None;
        return false;
    }
}
