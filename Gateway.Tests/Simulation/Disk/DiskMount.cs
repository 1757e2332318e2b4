using Gateway.Host.IngestLog.Disk;

namespace Gateway.Tests.Simulation.Disk;

/// <summary>The disk as one process of the gateway sees it, with the faults of the simulation; dead when the process is.</summary>
internal sealed class DiskMount(SimulatedDisk disk, SimulationFaults faults, SimulationTrace trace) : ILogDisk
{
    /// <summary>The process that had it mounted is gone: whatever its code still asks for, nothing happens.</summary>
    public bool IsDead { get; set; }

    /// <inheritdoc />
    public void CreateDirectory(string path) => Enter();

    /// <inheritdoc />
    public IEnumerable<string> Segments(string directory)
    {
        Enter();
        return disk.Segments();
    }

    /// <inheritdoc />
    public ILogFile Create(string path, long preallocationBytes)
    {
        Enter();
        if (disk.IsFull || faults.Strikes(Fault.Create))
        {
            throw Failed($"create {path}", disk.IsFull);
        }

        trace.Add($"disk: create {path}");
        File file = new(this, path, disk.Create(path));
        Leave();
        return file;
    }

    /// <inheritdoc />
    public ILogFile Open(string path)
    {
        Enter();
        return new File(this, path, disk.Find(path) ?? throw new FileNotFoundException("no such file", path));
    }

    /// <inheritdoc />
    public void Delete(string path)
    {
        Enter();
        if (faults.Strikes(Fault.Delete))
        {
            throw Failed($"delete {path}", isFull: false);
        }

        trace.Add($"disk: delete {path}");
        disk.Delete(path);
        Leave();
    }

    /// <inheritdoc />
    public void SyncDirectory(string path)
    {
        Enter();
        faults.TakeTime();
        if (faults.Strikes(Fault.SyncDirectory))
        {
            disk.SyncNames(partly: true);
            throw Failed("sync of names", isFull: false);
        }

        disk.SyncNames();
        Leave();
    }

    private static IOException Failed(string what, bool isFull) => new($"{what}: {(isFull ? "no space left on device" : "input/output error")}");

    /// <summary>Before anything is done: the process may be gone already, or go now.</summary>
    private void Enter()
    {
        if (IsDead)
        {
            throw new ProcessKilled();
        }

        faults.MayKill();
    }

    /// <summary>Behind it: done, and nobody was told.</summary>
    private void Leave() => faults.MayKill();

    private sealed class File(DiskMount mount, string name, SimulatedInode inode) : ILogFile
    {
        public long LengthBytes
        {
            get
            {
                mount.Enter();
                return inode.Length;
            }
        }

        public int Read(Span<byte> destination, long position)
        {
            mount.Enter();
            if (mount.Faults.Strikes(Fault.Read))
            {
                mount.Trace.Add($"disk: read of {name} fails");
                throw Failed($"read {name}", isFull: false);
            }

            int count = (int)Math.Clamp(inode.Length - position, 0, destination.Length);
            inode.Cached.Slice((int)Math.Min(position, inode.Length), count).CopyTo(destination);
            return count;
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            mount.Enter();
            bool isFull = mount.Disk.IsFull;
            if (isFull || mount.Faults.Strikes(Fault.Write))
            {
                // A sector is written whole or not at all.
                long end = (position + mount.Faults.Random.Below(source.Length + 1)) / SimulatedInode.SectorBytes * SimulatedInode.SectorBytes;
                int written = (int)Math.Max(0, end - position);
                inode.Write(source[..written], (int)position);
                mount.Trace.Add($"disk: write of {name} fails after {written} of {source.Length} bytes");
                throw Failed($"write {name}", isFull);
            }

            inode.Write(source, (int)position);
            mount.Leave();
        }

        public void SyncData() => Sync();

        public void Sync()
        {
            mount.Enter();
            mount.Faults.TakeTime();
            if (mount.Faults.Strikes(Fault.Sync))
            {
                inode.FailSync(mount.Faults.Random);
                mount.Trace.Add($"disk: sync of {name} fails");
                throw Failed($"sync {name}", isFull: false);
            }

            inode.Sync();
            mount.Leave();
        }

        public void SetLength(long lengthBytes)
        {
            mount.Enter();
            inode.SetLength((int)lengthBytes);
            mount.Leave();
        }

        public void Dispose()
        {
        }
    }

    private SimulatedDisk Disk => disk;

    private SimulationFaults Faults => faults;

    private SimulationTrace Trace => trace;
}
