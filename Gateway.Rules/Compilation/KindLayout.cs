using Gateway.Protocols.Devices;

namespace Gateway.Rules.Compilation;

/// <summary>
/// Which columns of a kind some rule reads, packed: position p of a device's live values holds column <c>Columns[p]</c>. Columns no rule
/// reads take no memory. Immutable.
/// </summary>
public sealed class KindLayout
{
    private readonly int[] _columns;
    private readonly int[] _positions;

    /// <summary>Packs the columns of <paramref name="used"/> (bit c for column c) of <paramref name="profile"/>.</summary>
    public KindLayout(DeviceProfile profile, ulong used)
    {
        Profile = profile;
        _positions = new int[profile.Fields.Count];
        List<int> columns = [];
        for (int column = 0; column < profile.Fields.Count; column++)
        {
            _positions[column] = -1;
            if ((used >> column & 1) != 0)
            {
                _positions[column] = columns.Count;
                columns.Add(column);
            }
        }

        _columns = [.. columns];
    }

    /// <summary>The kind.</summary>
    public DeviceProfile Profile { get; }

    /// <summary>Column by position.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>Position of a column, or -1 when no rule reads it.</summary>
    public int PositionOf(int column) => _positions[column];

    /// <summary>Turns a mask of columns into a mask of positions.</summary>
    public ulong Pack(ulong columns)
    {
        ulong packed = 0;
        for (int position = 0; position < _columns.Length; position++)
        {
            packed |= (columns >> _columns[position] & 1) << position;
        }

        return packed;
    }
}
