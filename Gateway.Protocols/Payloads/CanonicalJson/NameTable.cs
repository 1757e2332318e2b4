using System.Text;

namespace Gateway.Protocols.Payloads.CanonicalJson;

/// <summary>
/// A fixed set of short UTF-8 names, each with a number, looked up by bytes without making a string. Immutable. Slots are probed from a
/// hash of length, first, middle and last byte; the table is at least four times as large as the set, so that a look-up is one
/// comparison most of the time. The names are the operator's, so a device cannot choose them to collide; a device's own names only miss.
/// </summary>
internal sealed class NameTable
{
    private readonly byte[][] _names;
    private readonly int[] _numbers;
    private readonly short[] _slots; // index into the names plus one, 0 is empty
    private readonly int _mask;

    /// <summary>Creates a table; an earlier entry wins over a later one of the same name.</summary>
    public NameTable(IReadOnlyList<(string Name, int Number)> entries)
    {
        _names = [.. entries.Select(e => Encoding.UTF8.GetBytes(e.Name))];
        _numbers = [.. entries.Select(e => e.Number)];
        int size = 8;
        while (size < entries.Count * 4)
        {
            size *= 2;
        }

        _slots = new short[size];
        _mask = size - 1;
        for (short i = 0; i < _names.Length; i++)
        {
            int slot = Slot(_names[i]);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = (short)(i + 1);
        }
    }

    /// <summary>The number of a name, or <paramref name="absent"/>.</summary>
    public int Find(ReadOnlySpan<byte> name, int absent)
    {
        for (int slot = Slot(name); _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            int i = _slots[slot] - 1;
            if (name.SequenceEqual(_names[i]))
            {
                return _numbers[i];
            }
        }

        return absent;
    }

    private int Slot(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return 0;
        }

        uint hash = ((uint)name.Length * 31) + name[0] + ((uint)name[name.Length / 2] * 7) + ((uint)name[^1] * 131);
        return (int)((hash ^ (hash >> 5)) & (uint)_mask);
    }
}
