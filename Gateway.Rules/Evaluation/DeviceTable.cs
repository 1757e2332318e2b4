using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Per-device state in flat pages of numbers. A device gets its block when it first reports, so an engine that serves one partition pays
/// only for the devices of that partition. All of a block lies together, because with a million devices touched at random the cost of a
/// reading is the cost of the cache lines it touches.
/// <code>
/// block:  [0] received at, ms   log time of the last live reading
///         [1] observed at, ms   device time of the last live reading
///         [2] first episode     number in the EpisodeTable, 0 for none
///         [3 + 2p]              latest live value at position p of the kind's layout, NaN for never
///         [4 + 2p]              its observation time, ms, NaN for never
///         [3 + 2P + a]          log time, ms, of the last reading that was live for absence rule a of the group, NaN for never
/// </code>
/// Times are whole milliseconds held as doubles, exact for every <see cref="Gateway.Protocols.Readings.EventTime"/>.
/// </summary>
internal sealed class DeviceTable
{
    /// <summary>Where the live values begin in a block.</summary>
    public const int ValuesAt = 3;

    private const int ReceivedAt = 0;
    private const int ObservedAt = 1;
    private const int EpisodeAt = 2;
    private const int SmallestPage = 8192;
    private const int DoublesPerCacheLine = 8;

    private readonly Slot[] _slots;
    private readonly GroupPlan[] _plans;
    private readonly int _pageBits;
    private readonly List<double[]> _pages = [];
    private double[][] _pageArray = [];
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
        uint page = Math.Max(SmallestPage, BitOperations.RoundUpToPowerOf2((uint)_plans.Max(p => p.BlockLength)));
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
        if (block < 0)
        {
            block = Create(device);
        }

        at = block & ((1 << _pageBits) - 1);
        return _pageArray[block >> _pageBits];
    }

    /// <summary>Log time of the last live reading, NaN for never.</summary>
    public static ref double Received(double[] page, int at) => ref page[at + ReceivedAt];

    /// <summary>Observation time of the last live reading, NaN for never.</summary>
    public static ref double Observed(double[] page, int at) => ref page[at + ObservedAt];

    /// <summary>Number of the first episode of a block, 0 for none.</summary>
    public static int FirstEpisode(double[] page, int at) => (int)page[at + EpisodeAt];

    /// <summary>Number of the device's first episode, 0 for none.</summary>
    public int FirstEpisode(int device) => HasBlock(device) ? FirstEpisode(Block(device, out int at), at) : 0;

    /// <summary>Sets the number of the device's first episode.</summary>
    public void SetFirstEpisode(int device, int number) => Block(device, out int at)[at + EpisodeAt] = number;

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
        int block = _slots[device].Block;
        if (Sse.IsSupported && block >= 0)
        {
            // The garbage collector may move the page between taking the address and using it: then the hint is wasted, no more.
            double[] page = _pageArray[block >> _pageBits];
            int at = block & ((1 << _pageBits) - 1);
            Sse.Prefetch0(Unsafe.AsPointer(ref page[at]));
            Sse.Prefetch0(Unsafe.AsPointer(ref page[Math.Min(at + DoublesPerCacheLine, page.Length - 1)]));
        }
    }

    private int Create(int device)
    {
        int length = PlanOf(device).BlockLength;
        if (_used + length > 1 << _pageBits)
        {
            _pages.Add(new double[1 << _pageBits]);
            _pageArray = [.. _pages];
            _used = 0;
        }

        double[] page = _pages[^1];
        page.AsSpan(_used, length).Fill(double.NaN);
        page[_used + EpisodeAt] = 0;
        int block = ((_pages.Count - 1) << _pageBits) + _used;
        _used += length;
        _slots[device].Block = block;
        return block;
    }

    private struct Slot
    {
        public int Block;
        public int Group;
    }
}
