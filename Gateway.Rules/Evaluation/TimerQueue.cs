namespace Gateway.Rules.Evaluation;

/// <summary>A timer: when it is due and what it is about. Ordered by due time, then rule, device and part, so that equal logs fire alike.</summary>
/// <param name="DueMs">Due time, Unix milliseconds of the log.</param>
/// <param name="Rule">Rule index.</param>
/// <param name="Device">Device index.</param>
/// <param name="Part">Level of the ladder, <see cref="Absence"/> or <see cref="AreaCount"/>.</param>
internal readonly record struct Timer(long DueMs, int Rule, int Device, int Part) : IComparable<Timer>
{
    /// <summary>The part of a rule that watches silence.</summary>
    public const int Absence = 255;

    /// <summary>The part of a rule that counts devices of an area, where the count falls without a reading.</summary>
    public const int AreaCount = 254;

    /// <inheritdoc />
    public int CompareTo(Timer other)
    {
        int order = DueMs.CompareTo(other.DueMs);
        order = order != 0 ? order : Rule.CompareTo(other.Rule);
        order = order != 0 ? order : Device.CompareTo(other.Device);
        return order != 0 ? order : Part.CompareTo(other.Part);
    }
}

/// <summary>
/// All armed timers: a binary heap with handles, so that a cancelled timer leaves at once and what is in here is exactly what is armed.
/// Arming and cancelling cost O(log n) and happen only on edges. Nothing outside knows how timers are kept.
/// </summary>
internal sealed class TimerQueue
{
    /// <summary>No timer.</summary>
    public const int NoHandle = -1;

    private Timer[] _timers = new Timer[16];
    private int[] _places = new int[16]; // by handle: place in the heap; of a free handle: the next free one
    private int[] _heap = new int[16];   // handles
    private int _free = NoHandle;
    private int _handles;

    /// <summary>Timers armed.</summary>
    public int Count { get; private set; }

    /// <summary>When the first is due; <see cref="long.MaxValue"/> when none is armed.</summary>
    public long NextDueMs { get; private set; } = long.MaxValue;

    /// <summary>Arms a timer and returns its handle, valid until it is cancelled or taken.</summary>
    public int Arm(in Timer timer)
    {
        int handle = _free;
        if (handle != NoHandle)
        {
            _free = _places[handle];
        }
        else
        {
            if (_handles == _timers.Length)
            {
                Array.Resize(ref _timers, _handles * 2);
                Array.Resize(ref _places, _handles * 2);
                Array.Resize(ref _heap, _handles * 2);
            }

            handle = _handles++;
        }

        _timers[handle] = timer;
        Rise(Count++, handle);
        NextDueMs = _timers[_heap[0]].DueMs;
        return handle;
    }

    /// <summary>Cancels a timer.</summary>
    public void Cancel(int handle) => Remove(_places[handle]);

    /// <summary>Takes the first timer if it is due at <paramref name="nowMs"/> or before.</summary>
    public bool TryTake(long nowMs, out Timer timer)
    {
        if (NextDueMs > nowMs || Count == 0)
        {
            timer = default;
            return false;
        }

        timer = _timers[_heap[0]];
        Remove(0);
        return true;
    }

    private void Remove(int place)
    {
        int handle = _heap[place];
        int last = _heap[--Count];
        if (place < Count)
        {
            // The last one may belong above or below the gap.
            Rise(place, last);
            Sink(_places[last], last);
        }

        _places[handle] = _free;
        _free = handle;
        NextDueMs = Count == 0 ? long.MaxValue : _timers[_heap[0]].DueMs;
    }

    private void Rise(int place, int handle)
    {
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (_timers[_heap[parent]].CompareTo(_timers[handle]) <= 0)
            {
                break;
            }

            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, handle);
    }

    private void Sink(int place, int handle)
    {
        for (int child = (2 * place) + 1; child < Count; child = (2 * place) + 1)
        {
            if (child + 1 < Count && _timers[_heap[child + 1]].CompareTo(_timers[_heap[child]]) < 0)
            {
                child++;
            }

            if (_timers[handle].CompareTo(_timers[_heap[child]]) <= 0)
            {
                break;
            }

            Put(place, _heap[child]);
            place = child;
        }

        Put(place, handle);
    }

    private void Put(int place, int handle)
    {
        _heap[place] = handle;
        _places[handle] = place;
    }
}
