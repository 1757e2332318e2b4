using System.Numerics;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>
/// Counts durations in buckets whose width is a sixteenth of their size, so a percentile is at most about 6 % too high. From 1
/// microsecond to days; longer ones count as the longest. Safe for any number of threads.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 4;
    private const int SubBuckets = 1 << SubBucketBits;
    private readonly long[] _counts = new long[SubBuckets * 40];
    private long _count;

    /// <summary>Durations counted.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Counts one duration.</summary>
    public void Add(TimeSpan duration)
    {
        Interlocked.Increment(ref _counts[BucketOf((long)duration.TotalMicroseconds)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The duration that a share (0 to 1) of all are not above: the upper end of its bucket. Zero when there are none.</summary>
    public TimeSpan Percentile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            wanted -= Volatile.Read(ref _counts[bucket]);
            if (wanted <= 0)
            {
                return TimeSpan.FromMicroseconds(UpperEnd(bucket));
            }
        }

        return TimeSpan.Zero;
    }

    private int BucketOf(long microseconds)
    {
        if (microseconds < SubBuckets)
        {
            return (int)Math.Max(0, microseconds);
        }

        int shift = BitOperations.Log2((ulong)microseconds) - SubBucketBits;
        return Math.Min(_counts.Length - 1, (SubBuckets * (shift + 1)) + (int)((microseconds >> shift) - SubBuckets));
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket;
        }

        int shift = (bucket / SubBuckets) - 1;
        return (((long)(SubBuckets + (bucket % SubBuckets)) + 1) << shift) - 1;
    }
}
