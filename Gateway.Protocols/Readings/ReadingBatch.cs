using Gateway.Protocols.Devices;

namespace Gateway.Protocols.Readings;

/// <summary>
/// Readings of one device kind, one row per observation, row-major: row r, column c is <c>Values[r * ColumnCount + c]</c>, a
/// <see cref="double"/>; a field the device did not send is NaN. Grows and is reused: <see cref="Clear"/> keeps its arrays, so a
/// steady stream allocates nothing. Not safe for threads.
/// </summary>
public sealed class ReadingBatch
{
    private Row[] _rows = new Row[16];
    private double[] _values;

    /// <summary>Creates an empty batch for a profile.</summary>
    public ReadingBatch(DeviceProfile profile)
    {
        Profile = profile;
        ColumnCount = profile.Fields.Count;
        _values = new double[16 * Math.Max(1, ColumnCount)];
    }

    /// <summary>The kind of all rows.</summary>
    public DeviceProfile Profile { get; }

    /// <summary>Columns per row: the profile's fields.</summary>
    public int ColumnCount { get; }

    /// <summary>Rows in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>What is known of a row besides its values.</summary>
    /// <param name="DeviceIndex">Index in the register of the snapshot the batch was decoded with.</param>
    /// <param name="ObservedAt">The time the row is filed under.</param>
    /// <param name="ReceivedAt">The gateway's time of receipt.</param>
    /// <param name="Quality">How far the device's time can be believed.</param>
    /// <param name="Sequence">The device's <c>seq</c>, or -1 when it sent none.</param>
    public readonly record struct Row(int DeviceIndex, EventTime ObservedAt, EventTime ReceivedAt, TimeQuality Quality, long Sequence);

    /// <summary>A row's key.</summary>
    public ref readonly Row this[int row] => ref _rows.AsSpan(0, Count)[row];

    /// <summary>A row's values, one per column, NaN where absent.</summary>
    public ReadOnlySpan<double> Values(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        return _values.AsSpan(row * ColumnCount, ColumnCount);
    }

    /// <summary>Which columns of a row are present, bit c for column c.</summary>
    public ulong Present(int row)
    {
        ReadOnlySpan<double> values = Values(row);
        ulong mask = 0;
        for (int c = 0; c < values.Length; c++)
        {
            mask |= (double.IsNaN(values[c]) ? 0UL : 1UL) << c;
        }

        return mask;
    }

    /// <summary>Adds a row of NaN and returns its values to fill in; the span holds until the next <see cref="Add"/>.</summary>
    public Span<double> Add(in Row row)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Count * 2);
            Array.Resize(ref _values, _values.Length * 2);
        }

        _rows[Count] = row;
        Span<double> values = _values.AsSpan(Count * ColumnCount, ColumnCount);
        values.Fill(double.NaN);
        Count++;
        return values;
    }

    /// <summary>Replaces a row's key, for a decoder that learns the time after the values.</summary>
    public void SetRow(int row, in Row value) => _rows.AsSpan(0, Count)[row] = value;

    /// <summary>Drops the rows from <paramref name="count"/> on, for a message that turns out faulty.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count = count;
    }

    /// <summary>Forgets the rows and keeps the arrays.</summary>
    public void Clear() => Count = 0;
}
