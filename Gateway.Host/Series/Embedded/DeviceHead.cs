using System.Buffers;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// The newest readings of one device in memory: a row an observation, a column a metric, NaN where a metric is absent, in the order they
/// came. Sorting and merging wait until somebody reads, so that appending is a few stores whatever the order. Not safe for threads: its table's lock guards it.
/// </summary>
internal sealed class DeviceHead
{
    private const int RowsAtFirst = 4;

    private readonly HeadMemory _memory;
    private HeadLayout _layout;
    private long[] _times = [];
    private double[] _values = [];
    private int _rows;
    private bool _inOrder = true;

    /// <summary>Creates an empty head.</summary>
    public DeviceHead(string deviceId, HeadLayout layout, HeadMemory memory)
    {
        DeviceId = deviceId;
        _memory = memory;
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
                Put(Row(_rows - 1), values);
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
            Put(row, values);
        }

        return grown;
    }

    /// <summary>
    /// Copies one column from <paramref name="from"/> to before <paramref name="to"/>: ascending, each time once with what was written
    /// last, no NaN. Rows that came out of order are put in order first.
    /// </summary>
    public void Copy(int column, long from, long to, SampleScratch into)
    {
        if (!_inOrder)
        {
            PutInOrder();
        }

        ReadOnlySpan<long> times = _times.AsSpan(0, _rows);
        int first = SortedTimes.LowerBound(times, from);
        int end = SortedTimes.LowerBound(times, to);
        (long[] copiedTimes, double[] copiedValues) = into.Room(end - first);
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

        into.Count = write;
    }

    /// <summary>Gives its arrays back; it is empty from here on.</summary>
    public void Release()
    {
        _memory.Return(_times, _values);
        (_times, _values, _rows, _inOrder) = ([], [], 0, true);
    }

    private int ColumnCount => _layout.Metrics.Length;

    /// <summary>Rows of equal times become one: of each column what was written last.</summary>
    private void PutInOrder()
    {
        int[] order = ArrayPool<int>.Shared.Rent(_rows);
        for (int row = 0; row < _rows; row++)
        {
            order[row] = row;
        }

        long[] unordered = _times;
        order.AsSpan(0, _rows).Sort((a, b) => unordered[a] != unordered[b] ? unordered[a].CompareTo(unordered[b]) : a.CompareTo(b));
        long[] times = _memory.RentTimes(_times.Length);
        double[] values = _memory.RentValues(_values.Length);
        int write = 0;
        for (int i = 0; i < _rows; i++)
        {
            ReadOnlySpan<double> row = Row(order[i]);
            if (write > 0 && times[write - 1] == _times[order[i]])
            {
                Overwrite(values.AsSpan((write - 1) * ColumnCount, ColumnCount), row);
                continue;
            }

            times[write] = _times[order[i]];
            row.CopyTo(values.AsSpan(write * ColumnCount, ColumnCount));
            write++;
        }

        ArrayPool<int>.Shared.Return(order);
        _memory.Return(_times, _values);
        (_times, _values, _rows, _inOrder) = (times, values, write, true);
    }

    private static void Overwrite(Span<double> row, ReadOnlySpan<double> later)
    {
        for (int column = 0; column < row.Length; column++)
        {
            row[column] = double.IsNaN(later[column]) ? row[column] : later[column];
        }
    }

    private Span<double> Row(int row) => _values.AsSpan(row * ColumnCount, ColumnCount);

    private long Grow()
    {
        long before = SizeBytes;
        Reserve(Math.Max(RowsAtFirst, _rows * 2), ColumnCount);
        return SizeBytes - before;
    }

    /// <summary>Moves to arrays for so many rows, of as many columns as now; there is room for <paramref name="columns"/>.</summary>
    private void Reserve(int rows, int columns)
    {
        long[] times = _memory.RentTimes(rows);
        double[] values = _memory.RentValues(times.Length * columns);
        _times.AsSpan(0, _rows).CopyTo(times);
        _values.AsSpan(0, _rows * ColumnCount).CopyTo(values);
        _memory.Return(_times, _values);
        (_times, _values) = (times, values);
    }

    private void Put(Span<double> row, ReadOnlySpan<double> values)
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
        int before = ColumnCount;
        int columns = layout.Metrics.Length;
        if (columns != before)
        {
            Reserve(_times.Length, columns);
            for (int row = _rows - 1; row >= 0; row--)
            {
                // From the last one on: a wider row begins behind where it stood.
                Row(row).CopyTo(_values.AsSpan(row * columns, before));
                _values.AsSpan((row * columns) + before, columns - before).Fill(double.NaN);
            }
        }

        _layout = layout;
    }
}
