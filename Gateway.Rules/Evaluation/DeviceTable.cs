using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Per-device state in flat pages of numbers. A device gets its block when it first reports, so an engine that serves one partition pays
/// only for the devices of that partition. With a million devices touched at random the cost of a reading is the cost of the cache lines it
/// touches: a block begins where it spans as few as it can, and what a reading seldom needs is elsewhere.
/// <code>
/// block:  [0] received at, ms   log time of the last live reading, NaN for never
///         [1] observed at, ms   newest device time of a live reading, NaN for never
///         [2] two numbers       low half: first episode in the EpisodeTable, 0 for none; high half: where the times are, 0 for nowhere
///         [3 + p]               latest live value at position p of the kind's layout, NaN for never
///         [3 + P + a]           log time, ms, of the last reading that was live for absence rule a of the group, NaN for never
/// times:  [p]                   observation time, ms, of the value at position p
/// </code>
/// Nearly every device sends all its fields at once, and then every value was observed at [1]: only a device whose values once differed has
/// times. Times are whole milliseconds held as doubles, exact for every <see cref="Gateway.Protocols.Readings.EventTime"/>.
/// </summary>
internal sealed class DeviceTable
{
    /// <summary>Where the live values begin in a block.</summary>
    public const int ValuesAt = 3;

    private const int ReceivedAt = 0;
    private const int ObservedAt = 1;
    private const int NumbersAt = 2;
    private const int PagesOfAll = 64; // the fewer, the less often the length of a page must be fetched to check an index
    private const int SmallestPage = 1 << 13;
    private const int LargestPage = 1 << 20;
    private const int CacheLine = 8; // doubles

    private readonly Slot[] _slots;
    private readonly GroupPlan[] _plans;
    private readonly int _pageBits;
    private double[][] _pages = [];
    private int _lineAt; // where in the last page a line begins
    private int _used;

    /// <summary>Lays out the devices of <paramref name="rules"/>; takes no memory for blocks yet.</summary>
    public DeviceTable(RuleLane rules, double clockSpeed)
    {
        _slots = new Slot[rules.GroupByDevice.Length];
        for (int device = 0; device < _slots.Length; device++)
        {
            _slots[device] = new Slot { Block = -1, Group = rules.GroupByDevice[device] };
        }

        _plans = rules.Groups.Select(g => new GroupPlan(g, clockSpeed)).ToArray();
        int longest = _plans.Max(p => p.BlockLength) + (3 * CacheLine);
        long share = (long)longest * _slots.Length / PagesOfAll;
        uint page = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(share, Math.Max(SmallestPage, longest), LargestPage));
        _pageBits = BitOperations.Log2(page);
        _used = 1 << _pageBits;
    }

    /// <summary>Devices in the register.</summary>
    public int Count => _slots.Length;

    /// <summary>What a reading of the device has to go through.</summary>
    public GroupPlan PlanOf(int device) => _plans[_slots[device].Group];

    /// <summary>Whether the device has reported.</summary>
    public bool HasBlock(int device) => _slots[device].Block >= 0;

    /// <summary>The device's block, made if need be: the page and where in it the block begins.</summary>
    public double[] Block(int device, out int at)
    {
        int block = _slots[device].Block;
        return Page(block < 0 ? Create(device) : block, out at);
    }

    /// <summary>Log time of the last live reading, NaN for never.</summary>
    public static ref double Received(double[] page, int at) => ref page[at + ReceivedAt];

    /// <summary>Observation time of the newest live reading, NaN for never.</summary>
    public static ref double Observed(double[] page, int at) => ref page[at + ObservedAt];

    /// <summary>Number of the first episode of a block, 0 for none.</summary>
    public static int FirstEpisode(double[] page, int at) => Numbers(page, at).FirstEpisode;

    /// <summary>Number of the device's first episode, 0 for none.</summary>
    public int FirstEpisode(int device) => HasBlock(device) ? FirstEpisode(Block(device, out int at), at) : 0;

    /// <summary>Sets the number of the device's first episode.</summary>
    public void SetFirstEpisode(int device, int number) => Numbers(Block(device, out int at), at).FirstEpisode = number;

    /// <summary>Observation time of the value at a position, NaN when there is none.</summary>
    public double TimeOf(int position, double[] page, int at)
    {
        int times = Numbers(page, at).Times;
        double time = times == 0 ? Observed(page, at) : Page(times, out int first)[first + position];
        return double.IsNaN(page[at + ValuesAt + position]) ? double.NaN : time;
    }

    /// <summary>Sets a value and when it was observed; where a reading brought it, after <see cref="Merge"/>.</summary>
    public void Set(int position, double value, double observedMs, GroupPlan plan, double[] page, int at)
    {
        page[at + ValuesAt + position] = value;
        if (Numbers(page, at).Times != 0 || observedMs != Observed(page, at))
        {
            Times(plan, page, at)[position] = observedMs;
        }
    }

    /// <summary>Takes over the values of a row that are no older than the ones held.</summary>
    /// <returns>The positions taken over.</returns>
    public ulong Merge(GroupPlan plan, ReadOnlySpan<double> values, double[] page, int at, double observedMs)
    {
        ReadOnlySpan<int> columns = plan.Columns;
        Span<double> held = page.AsSpan(at + ValuesAt, columns.Length);
        ref double newest = ref Observed(page, at);
        ulong moved = 0;
        if (Numbers(page, at).Times == 0 && !(observedMs < newest))
        {
            // Nearly every row: nothing that is held is newer.
            for (int position = 0; position < held.Length; position++)
            {
                double value = values[columns[position]];
                if (!double.IsNaN(value))
                {
                    held[position] = value;
                    moved |= 1UL << position;
                }
            }

            if (moved != plan.AllColumns && observedMs != newest && HoldsOthers(moved, plan, page, at))
            {
                Stamp(Times(plan, page, at), moved, observedMs);
            }

            newest = observedMs;
            return moved;
        }

        Span<double> times = Times(plan, page, at);
        newest = observedMs < newest ? newest : observedMs;
        for (int position = 0; position < held.Length; position++)
        {
            double value = values[columns[position]];
            if (!double.IsNaN(value) && !(observedMs < times[position]))
            {
                held[position] = value;
                times[position] = observedMs;
                moved |= 1UL << position;
            }
        }

        return moved;
    }

    /// <summary>Asks the processor to fetch where a device's block is; a hint that changes nothing.</summary>
    public unsafe void PrefetchSlot(int device)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _slots[device]));
        }
    }

    /// <summary>Asks the processor to fetch a device's block; a hint that changes nothing.</summary>
    public unsafe void PrefetchBlock(int device)
    {
        ref readonly Slot slot = ref _slots[device];
        if (Sse.IsSupported && slot.Block >= 0)
        {
            double[] page = Page(slot.Block, out int at);
            Sse.Prefetch0(Unsafe.AsPointer(ref page[at]));
            for (int line = CacheLine; line < _plans[slot.Group].BlockLength; line += CacheLine)
            {
                Sse.Prefetch0(Unsafe.AsPointer(ref page[at + line]));
            }
        }
    }

    // Of a block without times: whether it holds values that did not come now and so are older.
    private static bool HoldsOthers(ulong moved, GroupPlan plan, double[] page, int at)
    {
        for (int position = 0; position < plan.Layout!.Width; position++)
        {
            if ((moved >> position & 1) == 0 && !double.IsNaN(page[at + ValuesAt + position]))
            {
                return true;
            }
        }

        return false;
    }

    private static void Stamp(Span<double> times, ulong moved, double observedMs)
    {
        for (int position = 0; position < times.Length; position++)
        {
            times[position] = (moved >> position & 1) != 0 ? observedMs : times[position];
        }
    }

    private static ref DeviceNumbers Numbers(double[] page, int at) => ref Unsafe.As<double, DeviceNumbers>(ref page[at + NumbersAt]);

    private double[] Page(int block, out int at)
    {
        at = block & ((1 << _pageBits) - 1);
        return _pages[block >> _pageBits];
    }

    // The times of a block's values, made if need be: till now all were observed together.
    private Span<double> Times(GroupPlan plan, double[] page, int at)
    {
        ref DeviceNumbers numbers = ref Numbers(page, at);
        int width = plan.Layout!.Width;
        if (numbers.Times != 0)
        {
            return Page(numbers.Times, out int known).AsSpan(known, width);
        }

        numbers.Times = Take(width);
        Span<double> times = Page(numbers.Times, out int first).AsSpan(first, width);
        for (int position = 0; position < width; position++)
        {
            // What was never reported is older than any reading.
            times[position] = double.IsNaN(page[at + ValuesAt + position]) ? double.NaN : Observed(page, at);
        }

        return times;
    }

    private int Create(int device)
    {
        int length = PlanOf(device).BlockLength;
        int block = Take(length);
        double[] page = Page(block, out int at);
        page.AsSpan(at, length).Fill(double.NaN);
        Numbers(page, at) = default;
        _slots[device].Block = block;
        return block;
    }

    // Memory of some length that touches no more cache lines than it must. None is at 0.
    private int Take(int length)
    {
        int intoLine = (_used - _lineAt) & (CacheLine - 1);
        int rest = length & (CacheLine - 1);
        if (intoLine != 0 && (rest == 0 || intoLine + rest > CacheLine))
        {
            _used += CacheLine - intoLine;
        }

        if (_used + length > 1 << _pageBits)
        {
            // Pinned: a line of the processor's cache is a place in memory.
            double[] page = GC.AllocateUninitializedArray<double>(1 << _pageBits, pinned: true);
            _pages = [.. _pages, page];
            _lineAt = FirstLine(page);
            _used = _lineAt + (_pages.Length == 1 ? CacheLine : 0);
        }

        int taken = ((_pages.Length - 1) << _pageBits) + _used;
        _used += length;
        return taken;
    }

    private static unsafe int FirstLine(double[] page)
    {
        int bytesIntoLine = (int)((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(page)) & ((CacheLine * sizeof(double)) - 1));
        return (CacheLine - (bytesIntoLine / sizeof(double))) % CacheLine;
    }

    private struct Slot
    {
        public int Block;
        public int Group;
    }

    private struct DeviceNumbers
    {
        public int FirstEpisode;
        public int Times;
    }
}
