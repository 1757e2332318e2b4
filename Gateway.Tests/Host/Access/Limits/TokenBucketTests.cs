using Gateway.Host.Access.Limits;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Access.Limits;

public sealed class TokenBucketTests
{
    private static readonly EventTime Start = new(5_000);

    [Fact]
    public void Burst_is_one_seconds_worth_and_the_average_holds()
    {
        TokenBucket bucket = new(10, Start);
        int taken = 0;
        for (int millisecond = 0; millisecond < 10_000; millisecond++)
        {
            while (bucket.UntilOpen(Start + TimeSpan.FromMilliseconds(millisecond)) == TimeSpan.Zero)
            {
                bucket.Take(1);
                taken++;
                Assert.True(millisecond > 0 || taken <= 10, "more than the burst at once");
            }
        }

        Assert.InRange(taken, 10 + 99, 10 + 101);
    }

    [Fact]
    public void Amount_larger_than_the_burst_passes_and_is_paid_back()
    {
        TokenBucket bucket = new(1000, Start);
        Assert.Equal(TimeSpan.Zero, bucket.UntilOpen(Start));
        bucket.Take(11_000);
        TimeSpan wait = bucket.UntilOpen(Start);
        Assert.InRange(wait, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.01));
        Assert.True(bucket.UntilOpen(Start + TimeSpan.FromSeconds(9.9)) > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, bucket.UntilOpen(Start + wait));
    }

    [Fact]
    public void Zero_is_no_limit()
    {
        TokenBucket bucket = new(0, Start);
        bucket.Take(long.MaxValue);
        Assert.Equal(TimeSpan.Zero, bucket.UntilOpen(Start));
    }

    [Fact]
    public void Time_that_stands_still_or_goes_back_gives_nothing()
    {
        TokenBucket bucket = new(1, Start);
        bucket.Take(1);
        Assert.True(bucket.UntilOpen(Start) > TimeSpan.Zero);
        Assert.True(bucket.UntilOpen(Start - TimeSpan.FromHours(1)) > TimeSpan.Zero);
        Assert.True(bucket.UntilOpen(Start) > TimeSpan.Zero);
    }
}
