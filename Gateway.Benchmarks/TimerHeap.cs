using Timer = Gateway.Rules.Evaluation.Timer;

namespace Gateway.Benchmarks;

/// <summary>
/// What <see cref="TimersBenchmarks"/> compares the timing wheel with: the binary heap with handles that kept the timers before it.
/// The framework's own priority queue cannot cancel in less than a search.
/// </summary>
internal sealed class TimerHeap
{
    private const int NoHandle = -1;

    private Timer[] _timers = new Timer[16];
    private int[] _places = new int[16]; // by handle: place in the heap; of a free handle: the next free one
    private int[] _heap = new int[16];   // handles
    private int _free = NoHandle;
    private int _handles;
    private int _count;

    public long NextDueMs { get; private set; } = long.MaxValue;

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
        Rise(_count++, handle);
        NextDueMs = _timers[_heap[0]].DueMs;
        return handle;
    }

    public void Cancel(int handle) => Remove(_places[handle]);

    public bool TryTake(long nowMs, out Timer timer)
    {
        if (NextDueMs > nowMs || _count == 0)
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
        int last = _heap[--_count];
        if (place < _count)
        {
            // The last one may belong above or below the gap.
            Rise(place, last);
            Sink(_places[last], last);
        }

        _places[handle] = _free;
        _free = handle;
        NextDueMs = _count == 0 ? long.MaxValue : _timers[_heap[0]].DueMs;
    }

    private void Rise(int place, int handle)
    {
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (Compare(_heap[parent], handle) <= 0)
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
        for (int child = (2 * place) + 1; child < _count; child = (2 * place) + 1)
        {
            if (child + 1 < _count && Compare(_heap[child + 1], _heap[child]) < 0)
            {
                child++;
            }

            if (Compare(handle, _heap[child]) <= 0)
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

    private int Compare(int left, int right)
    {
        ref readonly Timer one = ref _timers[left];
        ref readonly Timer other = ref _timers[right];
        int order = one.DueMs.CompareTo(other.DueMs);
        order = order != 0 ? order : one.Rule.CompareTo(other.Rule);
        order = order != 0 ? order : one.Device.CompareTo(other.Device);
        return order != 0 ? order : one.Part.CompareTo(other.Part);
    }
}
