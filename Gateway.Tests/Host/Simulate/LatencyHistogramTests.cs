using Gateway.Host.Cli.Simulate.Publishing;

namespace Gateway.Tests.Host.Simulate;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_at_most_a_sixteenth_too_high()
    {
        LatencyHistogram histogram = new();
        for (int i = 1; i <= 10_000; i++)
        {
            histogram.Add(TimeSpan.FromMicroseconds(i));
        }

        Assert.Equal(10_000, histogram.Count);
        Assert.All([0.01, 0.5, 0.9, 0.99, 1.0], share => Assert.InRange(histogram.Percentile(share).TotalMicroseconds, share * 10_000, share * 10_000 * 17 / 16));
    }

    [Fact]
    public void Empty_histogram_has_zero_percentiles() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.99));

    [Fact]
    public void Out_of_range_durations_count_at_the_ends()
    {
        LatencyHistogram histogram = new();
        histogram.Add(TimeSpan.FromMilliseconds(-5L));
        histogram.Add(TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.True(histogram.Percentile(1) > TimeSpan.FromDays(1));
    }
}
