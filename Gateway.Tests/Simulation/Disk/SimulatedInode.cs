namespace Gateway.Tests.Simulation.Disk;

/// <summary>
/// The bytes of a file: as the page cache has them, and as the platter has them. Written sectors are dirty until a sync; a sync that fails
/// drops some of them for good and calls all of them clean, as kernels do, and reads go on to show what the cache has.
/// </summary>
internal sealed class SimulatedInode
{
    public const int SectorBytes = 512;

    private readonly SortedSet<int> _dirty = [];
    private byte[] _cached = [];
    private byte[] _durable = [];

    /// <summary>Length as programs see it.</summary>
    public int Length => _cached.Length;

    /// <summary>What programs read.</summary>
    public ReadOnlySpan<byte> Cached => _cached;

    /// <summary>Sectors that a power loss may take.</summary>
    public bool IsDirty => _dirty.Count > 0 || _cached.Length != _durable.Length;

    public void Write(ReadOnlySpan<byte> bytes, int position)
    {
        if (position + bytes.Length > _cached.Length)
        {
            Array.Resize(ref _cached, position + bytes.Length);
        }

        bytes.CopyTo(_cached.AsSpan(position));
        for (int sector = position / SectorBytes; sector * SectorBytes < position + bytes.Length; sector++)
        {
            _dirty.Add(sector);
        }
    }

    public void SetLength(int length)
    {
        Array.Resize(ref _cached, length);
        _dirty.RemoveWhere(s => s * SectorBytes >= length);
    }

    /// <summary>Everything reaches the platter that is dirty; what an earlier failed sync dropped does not.</summary>
    public void Sync()
    {
        Write(_dirty);
        _dirty.Clear();
    }

    /// <summary>Some of it reaches the platter, and nobody will try the rest again.</summary>
    public void FailSync(SimulationRandom random)
    {
        int survives = random.Of(0, 300, 700);
        Write(_dirty.Where(_ => random.PerMille(survives)).ToList());
        _dirty.Clear();
    }

    /// <summary>The power goes: of what was not synced an arbitrary part is there afterwards.</summary>
    public void LosePower(SimulationRandom random)
    {
        int survives = random.Of(0, 500, 900, 1000);
        if (IsDirty && !random.PerMille(survives))
        {
            // The length did not make it, and with it nothing that lies behind it.
            int length = _durable.Length;
            Write(_dirty.Where(_ => random.PerMille(survives)).ToList(), length);
        }
        else
        {
            Write(_dirty.Where(_ => random.PerMille(survives)).ToList());
        }

        _dirty.Clear();
        _cached = [.. _durable];
    }

    private void Write(IEnumerable<int> sectors, int? length = null)
    {
        Array.Resize(ref _durable, length ?? _cached.Length);
        foreach (int sector in sectors)
        {
            int start = sector * SectorBytes;
            int count = Math.Min(SectorBytes, Math.Min(_cached.Length, _durable.Length) - start);
            if (count > 0)
            {
                _cached.AsSpan(start, count).CopyTo(_durable.AsSpan(start));
            }
        }
    }
}
