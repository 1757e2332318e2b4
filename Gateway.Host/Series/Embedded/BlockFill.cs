using Gateway.Host.Series.Embedded.Encoding;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Makes the blocks of a store that is not there yet from samples in the order of a scan: series ascending, times ascending in each. Holds one
/// chunk, and the index of one block. What is not finished is no store. Serves one thread.
/// </summary>
/// <param name="path">The store's directory.</param>
/// <param name="blockLimitBytes">A block that has as much is ended.</param>
internal sealed class BlockFill(string path, long blockLimitBytes) : IDisposable
{
    private readonly BlockDirectory _directory = new(path);
    private readonly long[] _times = new long[ChunkCodec.SampleLimit];
    private readonly double[] _values = new double[ChunkCodec.SampleLimit];
    private BlockWriter? _writer;
    private string _temporary = "";
    private long _number;
    private long _last = long.MinValue;
    private int _count;

    /// <summary>The series of the latest sample.</summary>
    public SeriesKey Key { get; private set; }

    /// <summary>Takes a sample; false, and nothing is taken, when it does not come behind the one before, or a name is too long for a block.</summary>
    public bool TryAdd(SeriesKey key, Sample sample)
    {
        if (key != Key)
        {
            if (Key.DeviceId is not null && key.CompareTo(Key) < 0 || !IsName(key.DeviceId) || !IsName(key.Metric))
            {
                return false;
            }

            EndChunk();
            Key = key;
            _last = long.MinValue;
        }

        if (sample.Time.UnixMilliseconds <= _last)
        {
            return false;
        }

        _last = sample.Time.UnixMilliseconds;
        if (_count == _times.Length)
        {
            EndChunk();
        }

        (_times[_count], _values[_count]) = (_last, sample.Value);
        _count++;
        return true;
    }

    /// <summary>Ends the last block. Durable when it returns.</summary>
    /// <exception cref="IOException">It may not be durable.</exception>
    public void Finish()
    {
        EndChunk();
        EndBlock();
    }

    /// <inheritdoc />
    public void Dispose() => _writer?.Dispose();

    private static bool IsName(string name) => System.Text.Encoding.UTF8.GetByteCount(name) <= BlockFormat.NameLimitBytes;

    private void EndChunk()
    {
        if (_count == 0)
        {
            return;
        }

        if (_writer is null)
        {
            _number++;
            _temporary = _directory.NewTemporary(_number, _number);
            _writer = new BlockWriter(_temporary, 0, _number, _number);
        }

        _writer.AddChunk(Key, _times.AsSpan(0, _count), _values.AsSpan(0, _count));
        _count = 0;
        if (_writer.LengthBytes >= blockLimitBytes)
        {
            EndBlock();
        }
    }

    private void EndBlock()
    {
        if (_writer is { } writer)
        {
            writer.Finish();
            writer.Dispose();
            _writer = null;
            _directory.Publish(_temporary, _number, _number, 0);
        }
    }
}
