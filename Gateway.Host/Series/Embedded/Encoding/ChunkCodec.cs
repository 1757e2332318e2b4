namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Times and values of one chunk to bytes and back, each by the smallest of its encodings. Holds scratch space, so an instance serves one thread.
/// </summary>
internal sealed class ChunkCodec
{
    /// <summary>At most this many samples in a chunk: small enough that one chunk is a cheap read, large enough that its index entry vanishes.</summary>
    public const int SampleLimit = 4096;

    private const byte Milliseconds = 0;
    private const byte Seconds = 1;
    private const byte Decimals = 0;
    private const byte Xor = 1;

    private readonly BitWriter _writer = new();
    private readonly BitWriter _other = new();
    private readonly long[] _numbers = new long[SampleLimit];
    private readonly long[] _scratch = new long[SampleLimit];

    /// <summary>Encodes 1 to <see cref="SampleLimit"/> ascending times, Unix milliseconds; the result holds until the next call.</summary>
    public ReadOnlySpan<byte> EncodeTimes(ReadOnlySpan<long> times)
    {
        _writer.Clear();
        bool wholeSeconds = true;
        foreach (long time in times)
        {
            wholeSeconds &= time % 1000 == 0;
        }

        if (!wholeSeconds)
        {
            _writer.WriteByte(Milliseconds);
            IntegerCodec.Encode(times, _scratch, _writer);
            return _writer.Written;
        }

        for (int i = 0; i < times.Length; i++)
        {
            _numbers[i] = times[i] / 1000;
        }

        _writer.WriteByte(Seconds);
        IntegerCodec.Encode(_numbers.AsSpan(0, times.Length), _scratch, _writer);
        return _writer.Written;
    }

    /// <summary>Decodes as many times as <paramref name="times"/> holds (1 to <see cref="SampleLimit"/>); false when the bytes are no such section or the times do not ascend.</summary>
    public static bool TryDecodeTimes(ReadOnlySpan<byte> bytes, Span<long> times)
    {
        if (bytes.IsEmpty || bytes[0] > Seconds || !IntegerCodec.TryDecode(bytes[1..], times))
        {
            return false;
        }

        long scale = bytes[0] == Seconds ? 1000 : 1;
        long last = long.MinValue;
        bool ascending = true;
        foreach (ref long time in times)
        {
            time *= scale;
            ascending &= time > last;
            last = time;
        }

        return ascending || times.Length == 1;
    }

    /// <summary>Encodes 1 to <see cref="SampleLimit"/> values; the result holds until the next call.</summary>
    public ReadOnlySpan<byte> EncodeValues(ReadOnlySpan<double> values)
    {
        _writer.Clear();
        _writer.WriteByte(Decimals);
        if (DecimalCodec.TryEncode(values, _numbers, _scratch, _writer) && _writer.Written.Length <= values.Length * 3)
        {
            // At three bytes a value or less XOR has never won; do not spend the time to try.
            return _writer.Written;
        }

        bool decimals = _writer.Written.Length > 1;
        _other.Clear();
        _other.WriteByte(Xor);
        XorCodec.Encode(values, _other);
        return decimals && _writer.Written.Length <= _other.Written.Length ? _writer.Written : _other.Written;
    }

    /// <summary>Decodes as many values as <paramref name="values"/> holds (1 to <see cref="SampleLimit"/>); false when the bytes are no such section.</summary>
    public bool TryDecodeValues(ReadOnlySpan<byte> bytes, Span<double> values)
    {
        if (bytes.IsEmpty)
        {
            return false;
        }

        return bytes[0] switch
        {
            Decimals => DecimalCodec.TryDecode(bytes[1..], values, _numbers),
            Xor => XorCodec.TryDecode(bytes[1..], values),
            _ => false,
        };
    }
}
