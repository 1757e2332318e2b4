namespace Gateway.Rules.Functions;

/// <summary>Some consecutive readings of one field of one device, oldest first.</summary>
public readonly ref struct SampleWindow
{
    private readonly SampleHistory _history;
    private readonly int _first;

    /// <summary>The readings from number <paramref name="first"/> to before <paramref name="end"/>.</summary>
    internal SampleWindow(SampleHistory history, int first, int end)
    {
        _history = history;
        _first = first;
        Count = end - first;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Value of the oldest.</summary>
    public double First => Value(0);

    /// <summary>Value of the newest.</summary>
    public double Last => Value(Count - 1);

    /// <summary>Sum of the values.</summary>
    public double Sum
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += Value(i);
            }

            return sum;
        }
    }

    /// <summary>Mean of the values.</summary>
    public double Mean => Sum / Count;

    /// <summary>Seconds from the oldest to the newest.</summary>
    public double Seconds => (Time(Count - 1) - Time(0)) / 1000d;

    /// <summary>Observation time of reading <paramref name="index"/>, in ms.</summary>
    public long Time(int index) => _history.Time(_first + index);

    /// <summary>Its value.</summary>
    public double Value(int index) => _history.Value(_first + index);
}
