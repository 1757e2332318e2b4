namespace Gateway.Host.Series.Embedded;

/// <summary>
/// The newest readings of one device in memory: a row an observation, a column a metric, NaN where a metric is absent, in the order they
/// came. Sorting and merging wait until somebody reads, so that appending is a few stores whatever the order. Not safe for threads: its table's lock guards it.
/// </summary>
internal sealed class DeviceHead
{
    private const int RowsAtFirst = 4;

    private HeadLayout _layout;
    private long[] _times = [];
    private double[] _values = [];
    private int _rows;
    private bool _inOrder = true;

    /// <summary>Creates an empty head.</summary>
    public DeviceHead(string deviceId, HeadLayout layout)
    {
        DeviceId = deviceId;
        _layout = layout;
    }

    /// <summary>The device.</summary>
    public string DeviceId { get; }

    /// <summary>The metric of each column.</summary>
    public ReadOnlySpan<string> Metrics => _layout.Metrics;

    /// <summary>The layout rows are taken in.</summary>
    public HeadLayout Layout => _layout;

    /// <summary>Bytes of its arrays.</summary>
    public long SizeBytes => ((long)_times.Length * sizeof(long)) + ((long)_values.Length * sizeof(double));

    /// <summary>Takes one row, one value a field of the layout's profile, NaN where absent; returns by how many bytes its arrays grew.</summary>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="values">One value a field, NaN where absent.</param>
    public long Append(long time, ReadOnlySpan<double> values)
    {
        if (_rows > 0 && time <= _times[_rows - 1])
        {
            if (time == _times[_rows - 1])
            {
                Overwrite(Row(_rows - 1), values);
                return 0;
            }

            _inOrder = false;
        }

        long grown = _rows == _times.Length ? Grow() : 0;
        _times[_rows] = time;
        Span<double> row = Row(_rows++);
        if (_layout.FieldsAreColumns)
        {
            values.CopyTo(row);
        }
        else
        {
            row.Fill(double.NaN);
            Overwrite(row, values);
        }

        return grown;
    }

    /// <summary>A copy of one column from <paramref name="from"/> to before <paramref name="to"/>: ascending, each time once with what was written last, no NaN.</summary>
    public (long[] Times, double[] Values) Copy(int column, long from, long to)
    {
        return _inOrder ? CopyOrdered(column, from, to) : CopySorted(column, from, to);
    }

    private int ColumnCount => _layout.Metrics.Length;

    private (long[] Times, double[] Values) CopyOrdered(int column, long from, long to)
    {
        ReadOnlySpan<long> times = _times.AsSpan(0, _rows);
        int first = SortedTimes.LowerBound(times, from);
        int end = SortedTimes.LowerBound(times, to);
        long[] copiedTimes = new long[end - first];
        double[] copiedValues = new double[end - first];
        int write = 0;
        for (int row = first; row < end; row++)
        {
            double value = _values[(row * ColumnCount) + column];
            if (!double.IsNaN(value))
            {
                copiedTimes[write] = times[row];
                copiedValues[write++] = value;
            }
        }

        Array.Resize(ref copiedTimes, write);
        Array.Resize(ref copiedValues, write);
        return (copiedTimes, copiedValues);
    }

    private (long[] Times, double[] Values) CopySorted(int column, long from, long to)
    {
        List<(long Time, int Row)> kept = [];
        for (int row = 0; row < _rows; row++)
        {
            if (_times[row] >= from && _times[row] < to && !double.IsNaN(_values[(row * ColumnCount) + column]))
            {
                kept.Add((_times[row], row));
            }
        }

        // By time, then by arrival: of equal times the last one stays.
        kept.Sort();
        int write = 0;
        for (int i = 0; i < kept.Count; i++)
        {
            if (i + 1 == kept.Count || kept[i + 1].Time != kept[i].Time)
            {
                kept[write++] = kept[i];
            }
        }

        long[] times = new long[write];
        double[] values = new double[write];
        for (int i = 0; i < write; i++)
        {
            times[i] = kept[i].Time;
            values[i] = _values[(kept[i].Row * ColumnCount) + column];
        }

        return (times, values);
    }

    private Span<double> Row(int row) => _values.AsSpan(row * ColumnCount, ColumnCount);

    private long Grow()
    {
        long before = SizeBytes;
        int capacity = Math.Max(RowsAtFirst, _rows * 2);
        Array.Resize(ref _times, capacity);
        Array.Resize(ref _values, capacity * ColumnCount);
        return SizeBytes - before;
    }

    private void Overwrite(Span<double> row, ReadOnlySpan<double> values)
    {
        for (int field = 0; field < values.Length; field++)
        {
            int column = _layout.ColumnOfField[field];
            if (column >= 0 && !double.IsNaN(values[field]))
            {
                row[column] = values[field];
            }
        }
    }

    /// <summary>Takes rows of another profile from now on.</summary>
    public void Adopt(HeadLayout layout)
    {
        int columns = layout.Metrics.Length;
        if (columns != ColumnCount)
        {
            double[] wider = new double[_times.Length * columns];
            for (int row = 0; row < _rows; row++)
            {
                Row(row).CopyTo(wider.AsSpan(row * columns));
                wider.AsSpan((row * columns) + ColumnCount, columns - ColumnCount).Fill(double.NaN);
            }

            _values = wider;
        }

        _layout = layout;
    }
}
