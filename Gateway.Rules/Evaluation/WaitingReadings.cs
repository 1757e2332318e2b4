using System.Runtime.InteropServices;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Readings that wait until all that may come late has come: they leave in the order of their observation, whatever order they arrived in. Those of
/// one device and one instant leave in the order of their sequence numbers, then of their values, which is the same however they arrived.
/// Not safe for threads.
/// </summary>
internal sealed class WaitingReadings(TimeSpan lateness, DeviceRegister devices)
{
    /// <summary>Most readings that wait; beyond that one does not wait and is judged as it comes.</summary>
    public const int CountLimit = 1_000_000;

    private readonly PriorityQueue<int, Place> _queue = new();
    private readonly List<Reading> _readings = [];
    private readonly Stack<int> _free = new();

    /// <summary>When the first has waited long enough; <see cref="long.MaxValue"/> for none.</summary>
    public long NextDueMs => _queue.TryPeek(out _, out Place first) ? first.DueMs : long.MaxValue;

    /// <summary>Lets a reading wait; false when it came too late to, or when too many wait already.</summary>
    public bool TryAdd(in ReadingBatch.Row key, ReadOnlySpan<double> values, long nowMs)
    {
        long dueMs = (key.ObservedAt + lateness).UnixMilliseconds;
        if (dueMs <= nowMs || _queue.Count >= CountLimit)
        {
            return false;
        }

        int number = _free.TryPop(out int free) ? free : _readings.Count;
        if (number == _readings.Count)
        {
            _readings.Add(new Reading(default, []));
        }

        double[] kept = _readings[number].Values;
        kept = kept.Length == values.Length ? kept : new double[values.Length];
        values.CopyTo(kept);
        _readings[number] = new Reading(key, kept);
        _queue.Enqueue(number, new Place(dueMs, key.DeviceIndex, key.Sequence, kept));
        return true;
    }

    /// <summary>Gives those that have waited long enough to their rules, as received then.</summary>
    public void Release(long nowMs, LaneEngine lane, ICollection<AlertTransition> sink)
    {
        while (_queue.TryPeek(out int number, out Place place) && place.DueMs <= nowMs)
        {
            _queue.Dequeue();
            Reading reading = _readings[number];
            lane.Evaluate(reading.Key with { ReceivedAt = new EventTime(nowMs) }, devices.Devices[place.Device].Profile, reading.Values, sink);
            _free.Push(number);
        }
    }

    /// <summary>All that wait, first those that leave first.</summary>
    public IEnumerable<(string Device, ReadingBatch.Row Key, IEnumerable<(string Field, double Value)> Values)> All() => _queue.UnorderedItems
        .OrderBy(i => i.Priority)
        .Select(i => _readings[i.Element])
        .Select(r => (devices.Devices[r.Key.DeviceIndex].Id, r.Key, devices.Devices[r.Key.DeviceIndex].Profile.Fields.Select((f, c) => (f.Name, r.Values[c])).Where(v => !double.IsNaN(v.Item2))));

    /// <summary>Takes saved readings back; those of devices and fields that are gone are gone too.</summary>
    public void Restore(IEnumerable<SavedReading> saved)
    {
        foreach (SavedReading one in saved)
        {
            if (devices.Find(one.Device) is { } device)
            {
                double[] values = new double[device.Profile.Fields.Count];
                Array.Fill(values, double.NaN);
                foreach ((string field, double value) in one.Values)
                {
                    if (device.Profile.ColumnByName.TryGetValue(field, out int column))
                    {
                        values[column] = value;
                    }
                }

                ReadingBatch.Row key = new(device.Index, new EventTime(one.ObservedMs), new EventTime(one.ReceivedMs), (TimeQuality)one.Quality, one.Sequence);
                TryAdd(key, values, long.MinValue);
            }
        }
    }

    private readonly record struct Reading(ReadingBatch.Row Key, double[] Values);

    private readonly record struct Place(long DueMs, int Device, long Sequence, double[] Values) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            int order = DueMs.CompareTo(other.DueMs);
            order = order != 0 ? order : Device.CompareTo(other.Device);
            order = order != 0 ? order : Sequence.CompareTo(other.Sequence);
            return order != 0 ? order : MemoryMarshal.AsBytes<double>(Values).SequenceCompareTo(MemoryMarshal.AsBytes<double>(other.Values));
        }
    }
}
