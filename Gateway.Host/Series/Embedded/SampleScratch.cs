namespace Gateway.Host.Series.Embedded;

/// <summary>Room for the samples of one series, used again for the next one. Not safe for threads.</summary>
internal sealed class SampleScratch
{
    private long[] _times = [];
    private double[] _values = [];

    /// <summary>Samples in it.</summary>
    public int Count { get; set; }

    /// <summary>Their times, Unix milliseconds.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>Their values.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Room for so many; what was in it is gone.</summary>
    public (long[] Times, double[] Values) Room(int count)
    {
        if (_times.Length < count)
        {
            (_times, _values) = (new long[count], new double[count]);
        }

        Count = 0;
        return (_times, _values);
    }
}
