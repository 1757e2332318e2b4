namespace Gateway.Rules.Functions;

/// <summary>
/// The latest readings of one field of one device, by observation time, as far back as the longest window that reads them. A reading
/// that comes late finds its place; of two of one instant the one that came last counts. Not safe for threads.
/// </summary>
public sealed class SampleHistory
{
    /// <summary>Readings kept at most; of a field that reports faster than this lets a window see, windows are shorter than written.</summary>
    public const int CountLimit = 4096;

    private const int CountAtFirst = 8;

    private long[] _times = new long[CountAtFirst];
    private double[] _values = new double[CountAtFirst];
    private int _start;

    /// <summary>Readings kept.</summary>
    public int Count { get; private set; }

    /// <summary>Observation time of a reading, in ms.</summary>
    public long Time(int index) => _times[(_start + index) & (_times.Length - 1)];

    /// <summary>Value of a reading.</summary>
    public double Value(int index) => _values[(_start + index) & (_times.Length - 1)];

    /// <summary>Takes a reading and lets go of those that are more than <paramref name="keepMs"/> before the newest.</summary>
    public void Add(long time, double value, long keepMs)
    {
        int place = Count;
        while (place > 0 && Time(place - 1) > time)
        {
            place--;
        }

        if (place > 0 && Time(place - 1) == time)
        {
            Put(place - 1, time, value);
            return;
        }

        if (Count > 0 && Time(Count - 1) - time > keepMs)
        {
            return; // no window reaches back to it
        }

        if (Count == CountLimit)
        {
            if (place == 0)
            {
                return;
            }

            DropOldest();
            place--;
        }
        else if (Count == _times.Length)
        {
            Grow();
        }

        Count++;
        for (int i = Count - 1; i > place; i--)
        {
            Put(i, Time(i - 1), Value(i - 1));
        }

        Put(place, time, value);
        while (Time(Count - 1) - Time(0) > keepMs)
        {
            DropOldest();
        }
    }

    /// <summary>The readings of the last <paramref name="windowMs"/> up to <paramref name="to"/>, both ends included.</summary>
    public SampleWindow Window(long to, long windowMs)
    {
        int end = Count;
        while (end > 0 && Time(end - 1) > to)
        {
            end--;
        }

        int first = end;
        while (first > 0 && to - Time(first - 1) <= windowMs)
        {
            first--;
        }

        return new SampleWindow(this, first, end);
    }

    private void DropOldest()
    {
        _start = (_start + 1) & (_times.Length - 1);
        Count--;
    }

    private void Put(int index, long time, double value)
    {
        int at = (_start + index) & (_times.Length - 1);
        _times[at] = time;
        _values[at] = value;
    }

    private void Grow()
    {
        long[] times = new long[_times.Length * 2];
        double[] values = new double[times.Length];
        for (int i = 0; i < Count; i++)
        {
            (times[i], values[i]) = (Time(i), Value(i));
        }

        (_times, _values, _start) = (times, values, 0);
    }
}
