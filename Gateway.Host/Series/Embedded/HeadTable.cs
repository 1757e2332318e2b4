using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// All readings since the last flush. One writer appends; readers copy under the same lock, one series at a time. When a flush seals the
/// table a new one takes the appends and this one never changes again.
/// </summary>
internal sealed class HeadTable
{
    // Object, dictionary entry and array headers of one device, roughly.
    private const int DeviceOverheadBytes = 240;

    private readonly Lock _lock = new();
    private readonly SeriesNames _names;
    private readonly HeadMemory _memory;
    private readonly Dictionary<string, DeviceHead> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<DeviceProfile, HeadLayout> _layouts = [];
    private DeviceRegister _register = DeviceRegister.Empty;
    private DeviceHead?[] _byIndex = [];
    private long _sizeBytes;
    private int _references = 1;

    /// <summary>Creates an empty table; <paramref name="number"/> is that of the flush that will write it.</summary>
    public HeadTable(long number, SeriesNames names, HeadMemory memory)
    {
        Number = number;
        _names = names;
        _memory = memory;
    }

    /// <summary>The number of its flush; what a higher number wrote wins.</summary>
    public long Number { get; }

    /// <summary>Bytes it holds in memory, roughly.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Whether nothing was appended.</summary>
    public bool IsEmpty => SizeBytes == 0;

    /// <summary>Keeps it readable until <see cref="Release"/>. Only while somebody else holds it.</summary>
    public void Acquire() => Interlocked.Increment(ref _references);

    /// <summary>Nobody of those who held it reads it any more: its memory goes to the heads to come.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            foreach (DeviceHead head in _byId.Values)
            {
                head.Release();
            }
        }
    }

    /// <summary>Takes rows of a batch; the device indices are those of <paramref name="register"/>.</summary>
    public void Append(ReadingBatch batch, int firstRow, int count, DeviceRegister register)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(register, _register))
            {
                _register = register;
                _byIndex = new DeviceHead?[register.Devices.Count];
            }

            long size = _sizeBytes;
            for (int row = firstRow; row < firstRow + count; row++)
            {
                ref readonly ReadingBatch.Row key = ref batch[row];
                DeviceHead head = _byIndex[key.DeviceIndex] ?? Find(key.DeviceIndex, batch.Profile, ref size);
                if (!ReferenceEquals(head.Layout.Profile, batch.Profile))
                {
                    long before = head.SizeBytes;
                    head.Adopt(head.Layout.Extend(batch.Profile, _names));
                    size += head.SizeBytes - before;
                }

                size += head.Append(key.ObservedAt.UnixMilliseconds, batch.Values(row));
            }

            Volatile.Write(ref _sizeBytes, size);
        }
    }

    /// <summary>The series that fit a selection, in no order.</summary>
    public List<(SeriesKey Key, DeviceHead Head, int Column)> Select(SeriesSelection selection)
    {
        List<(SeriesKey, DeviceHead, int)> found = [];
        lock (_lock)
        {
            if (selection.DeviceId is not null)
            {
                if (_byId.TryGetValue(selection.DeviceId, out DeviceHead? only) && selection.HasDevice(only.DeviceId))
                {
                    AddColumns(only, selection, found);
                }

                return found;
            }

            foreach (DeviceHead head in _byId.Values)
            {
                if (selection.HasDevice(head.DeviceId))
                {
                    AddColumns(head, selection, found);
                }
            }
        }

        return found;
    }

    /// <summary>Copies one series, ascending in time, from <paramref name="from"/> to before <paramref name="to"/>, Unix milliseconds.</summary>
    public void Copy(DeviceHead head, int column, long from, long to, SampleScratch into)
    {
        lock (_lock)
        {
            head.Copy(column, from, to, into);
        }
    }

    private static void AddColumns(DeviceHead head, SeriesSelection selection, List<(SeriesKey Key, DeviceHead Head, int Column)> found)
    {
        for (int column = 0; column < head.Metrics.Length; column++)
        {
            if (selection.HasMetric(head.Metrics[column]))
            {
                found.Add((new SeriesKey(head.DeviceId, head.Metrics[column]), head, column));
            }
        }
    }

    private DeviceHead Find(int deviceIndex, DeviceProfile profile, ref long size)
    {
        string id = _register.Devices[deviceIndex].Id;
        if (!_byId.TryGetValue(id, out DeviceHead? head))
        {
            if (!_layouts.TryGetValue(profile, out HeadLayout? layout))
            {
                layout = HeadLayout.Of(profile, _names);
                _layouts.Add(profile, layout);
            }

            head = new DeviceHead(_names.Share(id), layout, _memory);
            _byId.Add(head.DeviceId, head);
            size += DeviceOverheadBytes;
        }

        return _byIndex[deviceIndex] = head;
    }
}
