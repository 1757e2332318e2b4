using Gateway.Host.Series.Embedded.Encoding;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Writes the samples of several blocks into one. Full chunks that overlap nothing are copied as they are stored; the rest is merged and
/// encoded anew into full chunks. Memory is one chunk for each input. Damaged chunks are left out.
/// </summary>
internal sealed class BlockMerge
{
    private readonly IReadOnlyList<BlockFile> _inputs;
    private readonly BlockWriter _output;
    private readonly long _cutoff;
    private readonly SampleMerge _merge = new();
    private readonly List<SampleSegment> _segments = [];
    private readonly List<SampleSegment> _stretch = [];
    private readonly long[] _times = new long[ChunkCodec.SampleLimit];
    private readonly double[] _values = new double[ChunkCodec.SampleLimit];
    private int _count;

    private BlockMerge(IReadOnlyList<BlockFile> inputs, BlockWriter output, long cutoff)
    {
        _inputs = inputs;
        _output = output;
        _cutoff = cutoff;
    }

    /// <summary>Merges; the caller finishes the writer.</summary>
    /// <param name="inputs">Blocks the caller holds.</param>
    /// <param name="output">An empty writer.</param>
    /// <param name="cutoff">Samples before this, Unix milliseconds, are dropped.</param>
    public static void Run(IReadOnlyList<BlockFile> inputs, BlockWriter output, long cutoff) => new BlockMerge(inputs, output, cutoff).Run();

    private void Run()
    {
        int[] places = new int[_inputs.Count];
        while (TryLeastKey(places, out SeriesKey key))
        {
            _segments.Clear();
            for (int i = 0; i < places.Length; i++)
            {
                BlockIndex index = _inputs[i].Index;
                if (places[i] < index.Keys.Length && index.Keys[places[i]] == key)
                {
                    foreach (ref readonly ChunkEntry chunk in index.Chunks(places[i]))
                    {
                        if (chunk.LastTime >= _cutoff)
                        {
                            _segments.Add(new SampleSegment(_inputs[i], chunk));
                        }
                    }

                    places[i]++;
                }
            }

            _segments.Sort(static (a, b) => a.FirstTime.CompareTo(b.FirstTime));
            WriteSeries(key);
        }
    }

    private bool TryLeastKey(int[] places, out SeriesKey least)
    {
        least = default;
        bool found = false;
        for (int i = 0; i < places.Length; i++)
        {
            ReadOnlySpan<SeriesKey> keys = _inputs[i].Index.Keys;
            if (places[i] < keys.Length && (!found || keys[places[i]].CompareTo(least) < 0))
            {
                least = keys[places[i]];
                found = true;
            }
        }

        return found;
    }

    private void WriteSeries(SeriesKey key)
    {
        long lastBefore = long.MinValue;
        for (int i = 0; i < _segments.Count; i++)
        {
            SampleSegment segment = _segments[i];
            bool apart = segment.FirstTime > lastBefore && (i + 1 == _segments.Count || segment.LastTime < _segments[i + 1].FirstTime);
            lastBefore = Math.Max(lastBefore, segment.LastTime);
            if (apart && segment.Chunk.Count == ChunkCodec.SampleLimit && segment.FirstTime >= _cutoff)
            {
                FlushStretch(key);
                FlushChunk(key);
                if (_merge.CursorOf(segment.Block!).TryCopy(segment.Chunk) is (byte[] times, byte[] values))
                {
                    _output.CopyChunk(key, segment.Block!, segment.Chunk, times, values);
                }
            }
            else
            {
                _stretch.Add(segment);
            }
        }

        FlushStretch(key);
        FlushChunk(key);
    }

    private void FlushStretch(SeriesKey key)
    {
        if (_stretch.Count == 0)
        {
            return;
        }

        _merge.Begin(_stretch, _cutoff, long.MaxValue);
        while (_merge.TryNext(out ReadOnlyMemory<long> times, out ReadOnlyMemory<double> values))
        {
            ReadOnlySpan<long> restTimes = times.Span;
            ReadOnlySpan<double> restValues = values.Span;
            while (!restTimes.IsEmpty)
            {
                int taken = Math.Min(restTimes.Length, _times.Length - _count);
                restTimes[..taken].CopyTo(_times.AsSpan(_count));
                restValues[..taken].CopyTo(_values.AsSpan(_count));
                _count += taken;
                restTimes = restTimes[taken..];
                restValues = restValues[taken..];
                if (_count == _times.Length)
                {
                    FlushChunk(key);
                }
            }
        }

        _stretch.Clear();
    }

    private void FlushChunk(SeriesKey key)
    {
        if (_count > 0)
        {
            _output.AddChunk(key, _times.AsSpan(0, _count), _values.AsSpan(0, _count));
            _count = 0;
        }
    }
}
