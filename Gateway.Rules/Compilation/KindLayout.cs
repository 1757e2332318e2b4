using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Compilation;

/// <summary>
/// Which columns of a kind some rule reads, packed: position p of a device's live values holds column <c>Columns[p]</c>. Columns no rule
/// reads take no memory. Immutable.
/// </summary>
public sealed class KindLayout
{
    private readonly int[] _columns;
    private readonly int[] _positions;

    /// <summary>
    /// Packs the columns of <paramref name="used"/> (bit c for column c) of <paramref name="profile"/>, and behind them the values of
    /// <paramref name="histories"/>, each term once however often it is written; tells the terms their columns.
    /// </summary>
    public KindLayout(DeviceProfile profile, ulong used, IEnumerable<HistoryTerm> histories)
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
        List<HistoryTerm> distinct = [];
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (HistoryTerm term in histories)
        {
            string canonical = term.Canonical;
            if (!numbers.TryGetValue(canonical, out int number))
            {
                number = distinct.Count;
                numbers.Add(canonical, number);
                distinct.Add(term);
            }

            term.Column = DeviceProfile.FieldCountLimit + number;
        }

        Histories = distinct;
    }

    /// <summary>The kind.</summary>
    public DeviceProfile Profile { get; }

    /// <summary>Column by position.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>Terms that depend on earlier readings, those first that others read; their positions follow those of the columns.</summary>
    public IReadOnlyList<HistoryTerm> Histories { get; }

    /// <summary>How many positions there are.</summary>
    public int Width => _columns.Length + Histories.Count;

    /// <summary>Position of a column, or of a term that has one; -1 when no rule reads it.</summary>
    public int PositionOf(int column) => column < DeviceProfile.FieldCountLimit ? _positions[column] : _columns.Length + column - DeviceProfile.FieldCountLimit;

    /// <summary>What must be equal for a saved value of a position to mean the same.</summary>
    public string MeaningOf(int position) =>
        MeaningHash.Short(position < _columns.Length ? new FieldTerm(0, Profile.Fields[_columns[position]]).Canonical : Histories[position - _columns.Length].Canonical);

    /// <summary>The positions a condition reads.</summary>
    public ulong Pack(Condition condition) => condition.Histories.Aggregate(Pack(condition.Columns), (packed, term) => packed | (1UL << PositionOf(term.Column)));

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
