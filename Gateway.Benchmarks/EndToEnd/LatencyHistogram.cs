using System.Numerics;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// Durations in microseconds, to within 1 %: each power of two has 128 steps. Adding costs a few nanoseconds and no memory. Not safe for threads.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    /// <summary>How many were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan duration)
    {
        _counts[IndexOf((ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond))]++;
        Count++;
    }

    /// <summary>The duration that a share of all does not exceed; zero when nothing was added.</summary>
    /// <param name="share">0 to 1, for example 0.99.</param>
    public TimeSpan Percentile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && Count > 0)
            {
                return TimeSpan.FromMicroseconds(LowerEdge(i));
            }
        }

        return TimeSpan.Zero;
    }

    private static int IndexOf(ulong microseconds)
    {
        if (microseconds < Steps)
        {
            return (int)microseconds;
        }

        int shift = BitOperations.Log2(microseconds) - StepBits;
        return ((shift + 1) << StepBits) + (int)((microseconds >> shift) - Steps);
    }

    private static double LowerEdge(int index)
    {
        int shift = (index >> StepBits) - 1;
        return shift < 0 ? index : (double)((ulong)(Steps + (index & (Steps - 1))) << shift);
    }
}
