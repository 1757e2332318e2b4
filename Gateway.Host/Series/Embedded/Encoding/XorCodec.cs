using System.Numerics;

namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Doubles by the difference of their bits to the value before, as in T. Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series
/// Database", VLDB 2015, section 4.1.2. Any bit pattern round-trips. For values that are no short decimals. Layout in FORMAT.md, "XOR".
/// </summary>
internal static class XorCodec
{
    private const int LeadingLimit = 31;

    /// <summary>Appends <paramref name="values"/>.</summary>
    public static void Encode(ReadOnlySpan<double> values, BitWriter writer)
    {
        ulong last = 0;
        int leading = -1;
        int trailing = 0;
        foreach (double value in values)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(value);
            ulong difference = bits ^ last;
            last = bits;
            if (difference == 0)
            {
                writer.Write(0, 1);
                continue;
            }

            int nowLeading = Math.Min(BitOperations.LeadingZeroCount(difference), LeadingLimit);
            int nowTrailing = BitOperations.TrailingZeroCount(difference);
            if (leading >= 0 && nowLeading >= leading && nowTrailing >= trailing)
            {
                writer.Write(0b10, 2);
            }
            else
            {
                leading = nowLeading;
                trailing = nowTrailing;
                writer.Write(0b11, 2);
                writer.Write((uint)leading, 5);
                writer.Write((uint)(64 - leading - trailing - 1), 6);
            }

            writer.Write(difference >> trailing, 64 - leading - trailing);
        }

        writer.Align();
    }

    /// <summary>Reads as many values as <paramref name="values"/> holds; false when the bytes cannot be such a stream.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, Span<double> values)
    {
        BitReader reader = new(bytes);
        ulong last = 0;
        int length = 0;
        int trailing = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (reader.Read(1) != 0)
            {
                if (reader.Read(1) != 0)
                {
                    int leading = (int)reader.Read(5);
                    length = (int)reader.Read(6) + 1;
                    trailing = 64 - leading - length;
                }

                if (length == 0 || trailing < 0)
                {
                    return false;
                }

                last ^= reader.Read(length) << trailing;
            }

            values[i] = BitConverter.UInt64BitsToDouble(last);
        }

        return !reader.Overrun;
    }
}
