namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Doubles that people would write as short decimals, as the whole numbers they are in units of 10^-e. A value v fits exponent e when a
/// whole m of at most 2^53 gives back v bit for bit as m / 10^e; division rounds correctly, so every number read from a text of up to 15 digits fits.
/// The few that do not (-0.0, results of arithmetic) are kept beside as exceptions. Layout in FORMAT.md, "Decimals".
/// </summary>
internal static class DecimalCodec
{
    // More digits than any sensor reports; beyond, XOR wins.
    private const int ExponentLimit = 9;
    private const double WholeLimit = 9_007_199_254_740_992;

    // One exception costs about ten bytes: more than one in 16 and XOR is likely to be smaller.
    private const int ExceptionShare = 16;

    private static ReadOnlySpan<double> Powers => [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    /// <summary>Appends <paramref name="values"/>; false, with nothing written, when too many are no short decimals. Both scratch spans are at least as long.</summary>
    public static bool TryEncode(ReadOnlySpan<double> values, Span<long> wholes, Span<long> scratch, BitWriter writer)
    {
        int exceptions = Scale(values, wholes, out int exponent);
        if (exceptions > values.Length / ExceptionShare)
        {
            return false;
        }

        wholes = wholes[..values.Length];
        writer.WriteByte((byte)exponent);
        writer.WriteVarint((ulong)exceptions);
        if (exceptions > 0)
        {
            WriteExceptions(values, wholes, exponent, writer);
        }

        IntegerCodec.Encode(wholes, scratch, writer);
        return true;
    }

    /// <summary>Reads as many values as <paramref name="values"/> holds; false when the bytes cannot be such a stream.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, Span<double> values, Span<long> wholes)
    {
        ByteCursor cursor = new(bytes);
        int exponent = cursor.ReadByte();
        int exceptions = cursor.ReadCount();
        ByteCursor exceptionCursor = cursor;
        for (int i = 0; i < exceptions; i++)
        {
            cursor.ReadVarint();
            cursor.ReadUInt64();
        }

        wholes = wholes[..values.Length];
        if (cursor.Failed || exponent > ExponentLimit || !IntegerCodec.TryDecode(cursor.Rest, wholes))
        {
            return false;
        }

        double power = Powers[exponent];
        for (int i = 0; i < wholes.Length; i++)
        {
            values[i] = wholes[i] / power;
        }

        return ReadExceptions(ref exceptionCursor, exceptions, values);
    }

    // Raises the exponent as values ask for it: a value that fits e fits every higher one, so one pass finds the exponent and a second the numbers.
    private static int Scale(ReadOnlySpan<double> values, Span<long> wholes, out int exponent)
    {
        exponent = 0;
        int exceptions = 0;
        int at = 0;
        while (at < values.Length)
        {
            at = FitRun(values, wholes, at, Powers[exponent]);
            if (at == values.Length)
            {
                break;
            }

            int higher = exponent + 1;
            while (higher <= ExponentLimit && !Fits(values[at], Powers[higher], out _))
            {
                higher++;
            }

            if (higher <= ExponentLimit && TryRescale(wholes[..at], higher - exponent))
            {
                exponent = higher;
                continue;
            }

            wholes[at] = at == 0 ? 0 : wholes[at - 1];
            exceptions++;
            at++;
            if (exceptions > values.Length / ExceptionShare)
            {
                break;
            }
        }

        return exceptions;
    }

    private static int FitRun(ReadOnlySpan<double> values, Span<long> wholes, int from, double power)
    {
        for (int i = from; i < values.Length; i++)
        {
            if (!Fits(values[i], power, out long whole))
            {
                return i;
            }

            wholes[i] = whole;
        }

        return values.Length;
    }

    private static bool Fits(double value, double power, out long whole)
    {
        double scaled = Math.Round(value * power);
        if (!(Math.Abs(scaled) <= WholeLimit))
        {
            whole = 0;
            return false;
        }

        whole = (long)scaled;
        return BitConverter.DoubleToInt64Bits(whole / power) == BitConverter.DoubleToInt64Bits(value);
    }

    // False, and nothing changed, when a number would leave the range in which wholes are exact.
    private static bool TryRescale(Span<long> wholes, int digits)
    {
        long factor = (long)Powers[digits];
        long limit = (long)WholeLimit / factor;
        foreach (long whole in wholes)
        {
            if (Math.Abs(whole) > limit)
            {
                return false;
            }
        }

        foreach (ref long whole in wholes)
        {
            whole *= factor;
        }

        return true;
    }

    private static void WriteExceptions(ReadOnlySpan<double> values, ReadOnlySpan<long> wholes, int exponent, BitWriter writer)
    {
        int last = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(wholes[i] / Powers[exponent]) != BitConverter.DoubleToInt64Bits(values[i]))
            {
                writer.WriteVarint((ulong)(i - last));
                writer.WriteUInt64(BitConverter.DoubleToUInt64Bits(values[i]));
                last = i;
            }
        }
    }

    private static bool ReadExceptions(ref ByteCursor cursor, int count, Span<double> values)
    {
        ulong at = 0;
        for (int i = 0; i < count; i++)
        {
            at += cursor.ReadVarint();
            if (at >= (ulong)values.Length)
            {
                return false;
            }

            values[(int)at] = BitConverter.UInt64BitsToDouble(cursor.ReadUInt64());
        }

        return true;
    }
}
