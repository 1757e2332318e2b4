using System.Numerics;

namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Sequences of whole numbers to bytes: the cheapest of four predictions, its residuals by <see cref="ResidualCoder"/>. Arithmetic wraps, so
/// every sequence round-trips, whatever its range. Serves times and scaled decimals alike. Layout in FORMAT.md, "Integers".
/// </summary>
internal static class IntegerCodec
{
    // Medians are of a few samples: of more the longer the chunk, for a flushed head has many short ones.
    private const int SlopeSamples = 15;
    private const int SamplesPer = 16;

    private enum Prediction : byte
    {
        /// <summary>A straight line: base + i * slope. Noise about a level; times on a grid with jitter.</summary>
        Line = 0,

        /// <summary>The last value + slope. Random walks; times at an even pace with gaps.</summary>
        Step = 1,

        /// <summary>The last value + half the last step. Noisy trends.</summary>
        HalfTrend = 2,

        /// <summary>The last value + the last step. Smooth curves.</summary>
        Trend = 3,
    }

    /// <summary>Appends <paramref name="numbers"/>; <paramref name="scratch"/> is at least as long and is overwritten.</summary>
    public static void Encode(ReadOnlySpan<long> numbers, Span<long> scratch, BitWriter writer)
    {
        int n = numbers.Length;
        long slope = n < 2 ? 0 : MedianStep(numbers);
        (Prediction prediction, long origin, long lineSlope) = Choose(numbers, slope);
        writer.WriteByte((byte)prediction);
        Span<long> residuals = scratch[..n];
        switch (prediction)
        {
            case Prediction.Line:
                writer.WriteSigned(origin);
                writer.WriteSigned(lineSlope);
                long expected = origin;
                for (int i = 0; i < n; i++)
                {
                    residuals[i] = numbers[i] - expected;
                    expected += lineSlope;
                }

                break;
            case Prediction.Step:
                writer.WriteSigned(slope);
                long last = 0;
                for (int i = 0; i < n; i++)
                {
                    residuals[i] = numbers[i] - last - slope;
                    last = numbers[i];
                }

                WriteFirst(residuals, writer, ref residuals);
                break;
            default:
                int shift = prediction == Prediction.HalfTrend ? 1 : 0;
                long previous = 0;
                long step = 0;
                for (int i = 0; i < n; i++)
                {
                    residuals[i] = numbers[i] - previous - (step >> shift);
                    step = i == 0 ? 0 : numbers[i] - previous;
                    previous = numbers[i];
                }

                WriteFirst(residuals, writer, ref residuals);
                break;
        }

        ResidualCoder.Encode(residuals, writer);
        writer.Align();
    }

    /// <summary>Reads exactly as many numbers as <paramref name="numbers"/> holds from all of <paramref name="bytes"/>; false when they cannot be such a sequence.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, Span<long> numbers)
    {
        ByteCursor cursor = new(bytes);
        Prediction prediction = (Prediction)cursor.ReadByte();
        if (prediction > Prediction.Trend)
        {
            return false;
        }

        long first = cursor.ReadSigned();
        long slope = 0;
        Span<long> residuals = numbers;
        switch (prediction)
        {
            case Prediction.Line:
                slope = cursor.ReadSigned();
                break;
            case Prediction.Step:
                slope = first;
                first = cursor.ReadSigned();
                residuals = numbers[1..];
                break;
            default:
                residuals = numbers[1..];
                break;
        }

        BitReader reader = new(cursor.Rest);
        if (cursor.Failed || !ResidualCoder.TryDecode(ref reader, residuals))
        {
            return false;
        }

        Integrate(prediction, first, slope, numbers);
        return true;
    }

    private static void Integrate(Prediction prediction, long first, long slope, Span<long> numbers)
    {
        if (prediction == Prediction.Line)
        {
            foreach (ref long number in numbers)
            {
                number += first;
                first += slope;
            }

            return;
        }

        long last = prediction == Prediction.Step ? first + slope : first;
        numbers[0] = last;
        if (prediction == Prediction.Step)
        {
            foreach (ref long number in numbers[1..])
            {
                last += number + slope;
                number = last;
            }

            return;
        }

        int shift = prediction == Prediction.HalfTrend ? 1 : 0;
        long step = 0;
        foreach (ref long number in numbers[1..])
        {
            step = number + (step >> shift);
            last += step;
            number = last;
        }
    }

    // The first residual is the first number itself; as a varint it does not disturb the running mean.
    private static void WriteFirst(Span<long> all, BitWriter writer, ref Span<long> rest)
    {
        writer.WriteSigned(all[0]);
        rest = all[1..];
    }

    private static long MedianStep(ReadOnlySpan<long> numbers)
    {
        Span<long> steps = stackalloc long[SlopeSamples];
        int count = Math.Min(SlopeSamples, 1 + (numbers.Length / SamplesPer));
        count = Math.Min(count, numbers.Length - 1);
        for (int i = 0; i < count; i++)
        {
            int at = (int)((long)i * (numbers.Length - 1) / count);
            steps[i] = numbers[at + 1] - numbers[at];
        }

        steps = steps[..count];
        steps.Sort();
        return steps[count / 2];
    }

    private static (Prediction Prediction, long Origin, long LineSlope) Choose(ReadOnlySpan<long> numbers, long slope)
    {
        int n = numbers.Length;
        if (n < 3)
        {
            return (Prediction.Step, 0, 0);
        }

        long lineSlope = (numbers[n - 1] - numbers[0]) / (n - 1);
        long origin = MiddleOrigin(numbers, lineSlope);
        ulong line = 0, walk = 0, half = 0, trend = 0;
        long expected = origin + (2 * lineSlope);
        long step = numbers[1] - numbers[0];
        for (int i = 2; i < n; i++)
        {
            long next = numbers[i] - numbers[i - 1];
            line += Cost(numbers[i] - expected);
            walk += Cost(next - slope);
            half += Cost(next - (step >> 1));
            trend += Cost(next - step);
            step = next;
            expected += lineSlope;
        }

        // In this order a tie goes to the prediction that decodes fastest.
        ulong least = Math.Min(Math.Min(line, walk), Math.Min(half, trend));
        return walk == least ? (Prediction.Step, 0, 0)
            : line == least ? (Prediction.Line, origin, lineSlope)
            : trend == least ? (Prediction.Trend, 0, 0)
            : (Prediction.HalfTrend, 0, 0);
    }

    // The middle of the range of a few samples about the line: close enough to their median to centre the residuals.
    private static long MiddleOrigin(ReadOnlySpan<long> numbers, long lineSlope)
    {
        Span<long> samples = stackalloc long[SlopeSamples];
        int count = Math.Min(SlopeSamples, 1 + (numbers.Length / SamplesPer));
        for (int i = 0; i < count; i++)
        {
            int at = (int)((long)i * (numbers.Length - 1) / Math.Max(1, count - 1));
            samples[i] = numbers[at] - (at * lineSlope);
        }

        samples = samples[..count];
        samples.Sort();
        return samples[count / 2];
    }

    // Roughly the bits of a Rice code of this residual.
    private static ulong Cost(long residual)
    {
        int bits = 64 - BitOperations.LeadingZeroCount(ZigZag.Encode(residual));
        return (ulong)(bits + Math.Min(bits, 1));
    }
}
