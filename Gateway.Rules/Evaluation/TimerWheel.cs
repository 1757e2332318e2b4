using System.Numerics;

namespace Gateway.Rules.Evaluation;

/// <summary>A timer: when it is due and what it is about.</summary>
/// <param name="DueMs">Due time, Unix milliseconds of the log.</param>
/// <param name="Rule">Rule index, below 2^24.</param>
/// <param name="Device">Device index.</param>
/// <param name="Part">Level of the ladder, <see cref="Absence"/> or <see cref="AreaCount"/>.</param>
internal readonly record struct Timer(long DueMs, int Rule, int Device, int Part)
{
    /// <summary>The part of a rule that watches silence.</summary>
    public const int Absence = 255;

    /// <summary>The part of a rule that counts devices of an area, where the count falls without a reading.</summary>
    public const int AreaCount = 254;
}

/// <summary>
/// All armed timers, taken by due time, then rule, device and part, so that equal logs fire alike. A hierarchical timing wheel: a wheel has
/// 64 slots, a bit each that tells which are occupied, and a slot has a list of timers or a finer wheel. To arm is to go down the wheels
/// to a list and to put the timer in front of it; to cancel is to unlink it. Neither takes more steps for more timers.
/// <para>
/// The textbook's wheel turns: what its hand reaches it spreads over the finer wheels, and which timer comes first in a slot the hand has
/// not reached it does not know. This one has no hand. A slot gets a wheel of its own when it comes first, has more timers than are
/// worth looking through, and somebody asks which is next. So the next due time is exact whenever it is asked, and a timer may be armed in
/// the past. A timer moves down once a level at most, and levels that all timers of a slot share are left out. The price is that of any
/// wheel: spreading a slot of n timers takes n steps at once.
/// </para>
/// <para>A timer takes 24 bytes, a wheel 288; few slots ever come first, so wheels are few. Nothing is allocated but to grow.</para>
/// </summary>
internal sealed class TimerWheel
{
    /// <summary>No timer.</summary>
    public const int NoHandle = -1;

    private const int SlotBits = 6;
    private const int SlotsPerWheel = 1 << SlotBits;
    private const int LevelsPerWord = 11; // 64 bits, six a level
    private const int Root = 0;           // the wheel above all levels, of which slot 0 alone is used
    private const int ScanLimit = 8;      // a list this short is looked through rather than spread

    private Armed[] _timers = new Armed[16];
    private Wheel[] _wheels = new Wheel[4];
    private int[] _slots = NewSlots(4); // of wheel w from 64w: NoHandle, the first timer of a list, or the complement of a wheel, which is less than NoHandle
    private int _freeTimer = NoHandle;  // chained by Next
    private int _freeWheel = Root;      // chained by Slot; the root is none
    private int _timersUsed;
    private int _wheelsUsed = Root + 1;
    private int _first = NoHandle; // not known when NoHandle and there are timers

    /// <summary>Creates a wheel without timers.</summary>
    public TimerWheel() => _wheels[Root].Level = 2 * LevelsPerWord;

    /// <summary>Timers armed.</summary>
    public int Count { get; private set; }

    /// <summary>When the first is due; <see cref="long.MaxValue"/> when none is armed.</summary>
    public long NextDueMs => First() is var first && first == NoHandle ? long.MaxValue : _timers[first].Key.DueMs;

    /// <summary>Arms a timer and returns its handle, valid until it is cancelled or taken.</summary>
    public int Arm(in Timer timer)
    {
        Key key = Key.Of(timer);
        int handle = NewTimer(key);
        int slot = Root;
        while (_slots[slot] < NoHandle)
        {
            int wheel = ~_slots[slot];
            int level = key.LevelOfDifference(_wheels[wheel].Key);
            if (level > _wheels[wheel].Level)
            {
                wheel = PutBetween(slot, level, key);
            }

            slot = SlotOf(wheel, key);
        }

        Push(slot, handle);
        if (Count++ == 0 || (_first != NoHandle && key.IsBefore(_timers[_first].Key)))
        {
            _first = handle;
        }

        return handle;
    }

    /// <summary>Cancels a timer.</summary>
    public void Cancel(int handle)
    {
        ref Armed timer = ref _timers[handle];
        if (timer.Next != NoHandle)
        {
            _timers[timer.Next].Previous = timer.Previous;
        }

        if (timer.Previous >= 0)
        {
            _timers[timer.Previous].Next = timer.Next;
        }
        else
        {
            _slots[~timer.Previous] = timer.Next;
            if (timer.Next == NoHandle)
            {
                Vacate(~timer.Previous);
            }
        }

        timer.Next = _freeTimer;
        _freeTimer = handle;
        _first = handle == _first ? NoHandle : _first;
        Count--;
    }

    /// <summary>Takes the first timer if it is due at <paramref name="nowMs"/> or before.</summary>
    public bool TryTake(long nowMs, out Timer timer)
    {
        int first = First();
        if (first == NoHandle || _timers[first].Key.DueMs > nowMs)
        {
            timer = default;
            return false;
        }

        timer = _timers[first].Key.Timer;
        Cancel(first);
        return true;
    }

    private int First() => _first == NoHandle && Count > 0 ? _first = FindFirst() : _first;

    private int FindFirst()
    {
        int slot = Root;
        while (true)
        {
            while (_slots[slot] < NoHandle)
            {
                int wheel = ~_slots[slot];
                slot = (wheel * SlotsPerWheel) + BitOperations.TrailingZeroCount(_wheels[wheel].Occupied);
            }

            int first = _slots[slot];
            int other = _timers[first].Next;
            for (int seen = 1; other != NoHandle && seen < ScanLimit; seen++, other = _timers[other].Next)
            {
                first = _timers[other].Key.IsBefore(_timers[first].Key) ? other : first;
            }

            if (other == NoHandle || !TrySpread(slot))
            {
                return first;
            }
        }
    }

    // Gives the list in a slot a wheel of its own; false when all its timers are equal, and any is as good as another.
    private bool TrySpread(int slot)
    {
        int handle = _slots[slot];
        Key key = _timers[handle].Key;
        int level = -1;
        for (int other = _timers[handle].Next; other != NoHandle && level < _wheels[slot / SlotsPerWheel].Level - 1; other = _timers[other].Next)
        {
            level = Math.Max(level, key.LevelOfDifference(_timers[other].Key));
        }

        if (level < 0)
        {
            return false;
        }

        int wheel = NewWheel(slot, level, key);
        while (handle != NoHandle)
        {
            int next = _timers[handle].Next;
            Push(SlotOf(wheel, _timers[handle].Key), handle);
            handle = next;
        }

        return true;
    }

    // The wheel in a slot is too fine for a key: a coarser one takes its place and has it in a slot.
    private int PutBetween(int slot, int level, in Key key)
    {
        int finer = ~_slots[slot];
        int wheel = NewWheel(slot, level, key);
        int slotOfFiner = SlotOf(wheel, _wheels[finer].Key);
        _slots[slotOfFiner] = ~finer;
        _wheels[wheel].Occupied = 1UL << slotOfFiner;
        _wheels[finer].Slot = slotOfFiner;
        return wheel;
    }

    private int SlotOf(int wheel, in Key key) => (wheel * SlotsPerWheel) + key.Digit(_wheels[wheel].Level);

    private void Push(int slot, int handle)
    {
        int next = _slots[slot];
        _timers[handle].Previous = ~slot;
        _timers[handle].Next = next;
        _slots[slot] = handle;
        if (next != NoHandle)
        {
            _timers[next].Previous = handle;
        }
        else
        {
            _wheels[slot / SlotsPerWheel].Occupied |= 1UL << slot; // a shift takes the low six bits, which are the slot within its wheel
        }
    }

    // A slot has become empty, and perhaps its wheel with it.
    private void Vacate(int slot)
    {
        int wheel = slot / SlotsPerWheel;
        while ((_wheels[wheel].Occupied &= ~(1UL << slot)) == 0 && wheel != Root)
        {
            slot = _wheels[wheel].Slot;
            _slots[slot] = NoHandle;
            _wheels[wheel].Slot = _freeWheel;
            _freeWheel = wheel;
            wheel = slot / SlotsPerWheel;
        }
    }

    private int NewTimer(in Key key)
    {
        int handle = _freeTimer;
        if (handle != NoHandle)
        {
            _freeTimer = _timers[handle].Next;
        }
        else
        {
            handle = _timersUsed++;
            if (handle == _timers.Length)
            {
                Array.Resize(ref _timers, handle * 2);
            }
        }

        _timers[handle].Key = key;
        return handle;
    }

    private int NewWheel(int slot, int level, in Key key)
    {
        int wheel = _freeWheel;
        if (wheel != Root)
        {
            _freeWheel = _wheels[wheel].Slot;
        }
        else
        {
            wheel = _wheelsUsed++;
            if (wheel == _wheels.Length)
            {
                Array.Resize(ref _wheels, wheel * 2);
                _slots = [.. _slots, .. NewSlots(wheel)];
            }
        }

        _wheels[wheel] = new Wheel { Key = key, Level = level, Slot = slot };
        _slots[slot] = ~wheel;
        return wheel;
    }

    private static int[] NewSlots(int wheels)
    {
        int[] slots = new int[wheels * SlotsPerWheel];
        Array.Fill(slots, NoHandle);
        return slots;
    }

    // What timers are ordered by, as a number of 22 digits of six bits: eleven of the due time, and below them eleven of what breaks a tie.
    private readonly record struct Key(ulong Due, ulong Tie)
    {
        private const ulong Sign = 1UL << 63; // turned over, times before 1970 come before those after it

        public long DueMs => (long)(Due ^ Sign);

        public Timer Timer => new(DueMs, (int)(Tie >> 40), (int)(Tie >> 8), (byte)Tie);

        public static Key Of(in Timer timer) =>
            new((ulong)timer.DueMs ^ Sign, ((ulong)timer.Rule << 40) | ((ulong)(uint)timer.Device << 8) | (byte)timer.Part);

        public bool IsBefore(in Key other) => Due != other.Due ? Due < other.Due : Tie < other.Tie;

        public int Digit(int level) =>
            (int)(level < LevelsPerWord ? Tie >> (SlotBits * level) : Due >> (SlotBits * (level - LevelsPerWord))) & (SlotsPerWheel - 1);

        // The highest digit in which two keys differ; negative when they are equal.
        public int LevelOfDifference(in Key other) => Due != other.Due
            ? LevelsPerWord + (BitOperations.Log2(Due ^ other.Due) / SlotBits)
            : Tie != other.Tie ? BitOperations.Log2(Tie ^ other.Tie) / SlotBits : -1;
    }

    private struct Armed
    {
        public Key Key;
        public int Next;
        public int Previous; // in the list; of the first the complement of its slot
    }

    // The timers in it are equal to its key in all digits above its level, and in the slot of that digit.
    private struct Wheel
    {
        public Key Key;
        public ulong Occupied;
        public int Level;
        public int Slot; // the slot it is in
    }
}
