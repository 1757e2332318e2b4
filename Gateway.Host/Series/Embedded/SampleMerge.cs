using System.Diagnostics.CodeAnalysis;
using Gateway.Host.Series.Embedded.Encoding;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Merges the segments of one series into one ascending stream in which the latest write of a time wins. A segment is opened when the stream
/// reaches it, so memory is one chunk for each block that overlaps there; where only one does, its samples pass through uncopied.
/// Damaged chunks are left out. Reused from series to series; serves one thread.
/// </summary>
internal sealed class SampleMerge
{
    private readonly ChunkCodec _codec = new();
    private readonly Dictionary<BlockFile, BlockCursor> _cursors = [];
    private readonly Stack<(long[] Times, double[] Values)> _spare = new();
    private readonly List<Lane> _lanes = [];
    private readonly long[] _mergedTimes = new long[ChunkCodec.SampleLimit];
    private readonly double[] _mergedValues = new double[ChunkCodec.SampleLimit];
    private IReadOnlyList<SampleSegment> _segments = [];
    private int _next;
    private long _from;
    private long _to;

    /// <summary>Starts on another series.</summary>
    /// <param name="segments">Ascending by first time.</param>
    /// <param name="from">Unix milliseconds, inclusive.</param>
    /// <param name="to">Unix milliseconds, exclusive.</param>
    public void Begin(IReadOnlyList<SampleSegment> segments, long from, long to)
    {
        while (_lanes.Count > 0)
        {
            Retire(_lanes[^1]);
        }

        _segments = segments;
        _next = 0;
        _from = from;
        _to = to;
    }

    /// <summary>The next samples, at least one; false at the end. The memory holds until the next call.</summary>
    public bool TryNext(out ReadOnlyMemory<long> times, out ReadOnlyMemory<double> values)
    {
        times = default;
        values = default;
        RetireSpent();
        while (true)
        {
            OpenDue();
            if (_lanes.Count == 0)
            {
                return false;
            }

            long horizon = _next < _segments.Count ? _segments[_next].FirstTime : long.MaxValue;
            if (_lanes.Count == 1)
            {
                Lane only = _lanes[0];
                int count = SortedTimes.LowerBound(only.Times.AsSpan(only.At, only.End - only.At), horizon);
                times = only.Times.AsMemory(only.At, count);
                values = only.Values.AsMemory(only.At, count);
                only.At += count;
                return true;
            }

            int merged = MergeLanes(horizon);
            if (merged > 0)
            {
                times = _mergedTimes.AsMemory(0, merged);
                values = _mergedValues.AsMemory(0, merged);
                return true;
            }
        }
    }

    /// <summary>The reader of a block, shared so that its window serves all chunks.</summary>
    public BlockCursor CursorOf(BlockFile block)
    {
        if (!_cursors.TryGetValue(block, out BlockCursor? cursor))
        {
            cursor = new BlockCursor(block);
            _cursors.Add(block, cursor);
        }

        return cursor;
    }

    // Opens every segment that starts at or before the earliest time the open ones stand at.
    private void OpenDue()
    {
        while (_next < _segments.Count && (_lanes.Count == 0 || _segments[_next].FirstTime <= Earliest()))
        {
            SampleSegment segment = _segments[_next++];
            if (segment.FirstTime < _to && segment.LastTime >= _from && TryOpen(segment, out Lane? lane))
            {
                int start = SortedTimes.LowerBound(lane.Times.AsSpan(0, lane.End), _from);
                lane.End = SortedTimes.LowerBound(lane.Times.AsSpan(0, lane.End), _to);
                lane.At = start;
                _lanes.Add(lane);
                if (lane.At >= lane.End)
                {
                    Retire(lane);
                }
            }
        }
    }

    private bool TryOpen(in SampleSegment segment, [NotNullWhen(true)] out Lane? lane)
    {
        if (segment.Block is null)
        {
            lane = new Lane { Times = segment.Times!, Values = segment.Values!, End = segment.Times!.Length, Order = segment.Order };
            return true;
        }

        (long[] times, double[] values) = _spare.Count > 0
            ? _spare.Pop()
            : (new long[ChunkCodec.SampleLimit], new double[ChunkCodec.SampleLimit]);
        if (!CursorOf(segment.Block).TryDecode(segment.Chunk, _codec, times, values))
        {
            _spare.Push((times, values));
            lane = null;
            return false;
        }

        lane = new Lane { Times = times, Values = values, End = segment.Chunk.Count, Order = segment.Order, IsPooled = true };
        return true;
    }

    private int MergeLanes(long horizon)
    {
        int count = 0;
        while (_lanes.Count > 1 && count < _mergedTimes.Length)
        {
            long time = Earliest();
            if (time >= horizon)
            {
                break;
            }

            long order = long.MinValue;
            for (int i = _lanes.Count - 1; i >= 0; i--)
            {
                Lane lane = _lanes[i];
                if (lane.Times[lane.At] != time)
                {
                    continue;
                }

                if (lane.Order > order)
                {
                    order = lane.Order;
                    _mergedValues[count] = lane.Values[lane.At];
                }

                if (++lane.At == lane.End)
                {
                    Retire(lane);
                }
            }

            _mergedTimes[count++] = time;
        }

        return count;
    }

    private long Earliest()
    {
        long earliest = long.MaxValue;
        foreach (Lane lane in _lanes)
        {
            earliest = Math.Min(earliest, lane.Times[lane.At]);
        }

        return earliest;
    }

    // A lane whose last samples were handed out keeps its memory until the reader asks for more.
    private void RetireSpent()
    {
        for (int i = _lanes.Count - 1; i >= 0; i--)
        {
            if (_lanes[i].At == _lanes[i].End)
            {
                Retire(_lanes[i]);
            }
        }
    }

    private void Retire(Lane lane)
    {
        _lanes.Remove(lane);
        if (lane.IsPooled)
        {
            _spare.Push((lane.Times, lane.Values));
        }
    }

    private sealed class Lane
    {
        public required long[] Times { get; init; }

        public required double[] Values { get; init; }

        public required long Order { get; init; }

        public bool IsPooled { get; init; }

        public required int End { get; set; }

        public int At { get; set; }
    }
}
