using Gateway.Host.IngestLog;

namespace Gateway.Tests.Simulation.Disk;

/// <summary>
/// A disk with one directory: names and bytes as programs see them, and as they are after a power loss. Names that were created, replaced
/// or deleted since the directory was synced may be there as before or as after, each for itself.
/// </summary>
internal sealed class SimulatedDisk(SimulationRandom random)
{
    private readonly SortedDictionary<string, SimulatedInode> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedInode> _durableNames = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<SimulatedInode?>> _changes = new(StringComparer.Ordinal);

    /// <summary>Files as programs see them.</summary>
    public IEnumerable<KeyValuePair<string, SimulatedInode>> Files => _names;

    /// <summary>Whether there is no room for another byte.</summary>
    public bool IsFull { get; set; }

    public IEnumerable<string> Segments() => [.. _names.Keys.Where(n => n.EndsWith(LogSegment.Extension, StringComparison.Ordinal)).Reverse()];

    public SimulatedInode? Find(string name) => _names.GetValueOrDefault(name);

    public SimulatedInode Create(string name)
    {
        if (_names.TryGetValue(name, out SimulatedInode? existing))
        {
            existing.SetLength(0);
            return existing;
        }

        SimulatedInode created = new();
        _names[name] = created;
        Changed(name, created);
        return created;
    }

    public void Delete(string name)
    {
        if (_names.Remove(name))
        {
            Changed(name, null);
        }
    }

    /// <summary>Names are durable; with <paramref name="partly"/> only some of them.</summary>
    public void SyncNames(bool partly = false)
    {
        foreach ((string name, List<SimulatedInode?> states) in _changes.ToList())
        {
            if (!partly || random.PerMille(500))
            {
                SetDurable(name, states[^1]);
                _changes.Remove(name);
            }
        }
    }

    /// <summary>The power goes; afterwards programs see what is durable.</summary>
    public void LosePower()
    {
        foreach ((string name, List<SimulatedInode?> states) in _changes)
        {
            int kept = random.Below(states.Count + 1);
            if (kept > 0)
            {
                SetDurable(name, states[kept - 1]);
            }
        }

        _changes.Clear();
        _names.Clear();
        foreach ((string name, SimulatedInode inode) in _durableNames)
        {
            _names[name] = inode;
            inode.LosePower(random);
        }
    }

    private void SetDurable(string name, SimulatedInode? inode)
    {
        if (inode is null)
        {
            _durableNames.Remove(name);
        }
        else
        {
            _durableNames[name] = inode;
        }
    }

    private void Changed(string name, SimulatedInode? inode)
    {
        if (!_changes.TryGetValue(name, out List<SimulatedInode?>? states))
        {
            _changes[name] = states = [];
        }

        states.Add(inode);
    }
}
