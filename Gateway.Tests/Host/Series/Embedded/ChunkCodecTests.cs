using Gateway.Host.Series.Embedded.Encoding;

namespace Gateway.Tests.Host.Series.Embedded;

public sealed class ChunkCodecTests
{
    private readonly ChunkCodec _codec = new();

    public static TheoryData<string, double[]> ValueShapes => new()
    {
        { "one", [3.25] },
        { "zero and minus zero", [0.0, -0.0, 0.0, -0.0, 1] },
        { "one minus zero among decimals", [.. Enumerable.Repeat(0.5, 40), -0.0, .. Enumerable.Repeat(0.25, 40)] },
        { "infinities", [double.PositiveInfinity, 1, double.NegativeInfinity, 2] },
        { "subnormals", [double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue] },
        { "large wholes then a fraction", [9_007_199_254_740_992, 9_007_199_254_740_991, 0.1, 12345.678] },
        { "beyond exact wholes", [9_007_199_254_740_994, 1e300, 1] },
        { "floats widened", [21.1f, 21.2f, 21.3f, -71.7f] },
        { "thirds", [1 / 3.0, 2 / 3.0, 4 / 3.0, Math.PI, Math.E] },
        { "digits grow", [1, 1.5, 1.25, 1.125, 1.0625, 0.03125, 0.000001, 123456.7] },
        { "constant", [.. Enumerable.Repeat(93d, 4096)] },
        { "wild integers", [1e15, -1e15, 1e15, -1e15, 0, 9e15, -9e15] },
    };

    public static TheoryData<string, long[]> TimeShapes => new()
    {
        { "one", [1_769_504_400_000] },
        { "the epoch", [0] },
        { "far ends", [-62_135_596_800_000, 253_402_300_799_999] },
        { "steps that wrap", [long.MinValue + 1, 0, long.MaxValue] },
        { "whole seconds", [.. Enumerable.Range(0, 4096).Select(i => i * 10_000L)] },
        { "odd milliseconds", [.. Enumerable.Range(0, 4096).Select(i => 1 + (i * 10_000L) + (i * 7919 % 250))] },
        { "a gap", [1000, 2000, 3000, 9_000_000, 9_001_000] },
    };

    [Theory]
    [MemberData(nameof(ValueShapes))]
    public void Values_of_any_shape_come_back_bit_for_bit(string shape, double[] values)
    {
        byte[] bytes = _codec.EncodeValues(values).ToArray();
        double[] back = new double[values.Length];

        Assert.True(_codec.TryDecodeValues(bytes, back), shape);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), back.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [MemberData(nameof(TimeShapes))]
    public void Times_of_any_shape_come_back(string shape, long[] times)
    {
        byte[] bytes = _codec.EncodeTimes(times).ToArray();
        long[] back = new long[times.Length];

        Assert.True(ChunkCodec.TryDecodeTimes(bytes, back), shape);
        Assert.Equal(times, back);
    }

    [Fact]
    public void Values_of_random_mixtures_come_back_bit_for_bit()
    {
        Random random = new(20260127);
        for (int round = 0; round < 2000; round++)
        {
            double[] values = RandomValues(random);
            byte[] bytes = _codec.EncodeValues(values).ToArray();
            double[] back = new double[values.Length];

            Assert.True(_codec.TryDecodeValues(bytes, back), $"round {round}");
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), back.Select(BitConverter.DoubleToInt64Bits));
        }
    }

    [Fact]
    public void Times_of_random_steps_come_back()
    {
        Random random = new(7);
        for (int round = 0; round < 1000; round++)
        {
            long[] times = new long[random.Next(1, ChunkCodec.SampleLimit)];
            long time = random.NextInt64(-1L << 45, 1L << 45);
            long scale = random.Next(3) switch { 0 => 1000, 1 => 1, _ => random.Next(1, 100_000) };
            for (int i = 0; i < times.Length; i++)
            {
                time += scale * random.Next(1, random.Next(10) == 0 ? 1000 : 3);
                times[i] = time;
            }

            byte[] bytes = _codec.EncodeTimes(times).ToArray();
            long[] back = new long[times.Length];
            Assert.True(ChunkCodec.TryDecodeTimes(bytes, back), $"round {round}");
            Assert.Equal(times, back);
        }
    }

    [Fact]
    public void Times_at_an_even_pace_take_a_few_bytes_a_chunk()
    {
        long[] times = [.. Enumerable.Range(0, 4096).Select(i => 1_769_504_400_000 + (i * 10_000L))];
        Assert.InRange(_codec.EncodeTimes(times).Length, 1, 16);
    }

    [Fact]
    public void Values_from_arbitrary_bytes_never_throw()
    {
        Random random = new(11);
        double[] values = new double[300];
        long[] times = new long[300];
        Exception? thrown = Record.Exception(() =>
        {
            for (int round = 0; round < 20_000; round++)
            {
                byte[] bytes = new byte[random.Next(0, 200)];
                random.NextBytes(bytes);
                if (bytes.Length > 2)
                {
                    // Most random first bytes are refused at once; these lead into the decoders.
                    bytes[0] = (byte)random.Next(3);
                    bytes[1] = (byte)random.Next(11);
                }

                _codec.TryDecodeValues(bytes, values);
                ChunkCodec.TryDecodeTimes(bytes, times);
            }
        });
        Assert.Null(thrown);
    }

    [Fact]
    public void Values_cut_short_are_refused()
    {
        Random random = new(3);
        double[] values = [.. Enumerable.Range(0, 500).Select(_ => Math.Round(random.NextDouble() * 100, 2))];
        byte[] bytes = _codec.EncodeValues(values).ToArray();
        double[] back = new double[values.Length];
        for (int length = 0; length < bytes.Length - 1; length++)
        {
            Assert.False(_codec.TryDecodeValues(bytes.AsSpan(0, length), back), $"{length} of {bytes.Length} bytes");
        }
    }

    private static double[] RandomValues(Random random)
    {
        double[] values = new double[random.Next(1, 600)];
        int digits = random.Next(0, 8);
        int shape = random.Next(6);
        double level = random.Next(-1000, 1000);
        for (int i = 0; i < values.Length; i++)
        {
            level += random.NextDouble() - 0.5;
            values[i] = shape switch
            {
                0 => Math.Round(level, digits),
                1 => level,
                2 => random.Next(40) == 0 ? level : Math.Round(level, digits),
                3 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                4 => random.Next(50) == 0 ? Math.Round(random.NextDouble() * 1e15) : Math.Round(level, digits),
                _ => random.Next(2),
            };
            if (double.IsNaN(values[i]))
            {
                values[i] = 0;
            }
        }

        return values;
    }
}
