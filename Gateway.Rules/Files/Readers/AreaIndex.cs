using Gateway.Rules.Areas;

namespace Gateway.Rules.Files.Readers;

/// <summary>What the other files may refer to: the units of all dated trees. Nothing is checked when no tree could be read.</summary>
internal sealed class AreaIndex
{
    private readonly Dictionary<string, Area> _byCode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Area>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly HashSet<string> _retired;

    /// <summary>Indexes trees, oldest first: of a code in several trees the newest unit counts.</summary>
    public AreaIndex(IReadOnlyList<AreaTree> trees)
    {
        foreach (Area area in trees.SelectMany(t => t.Areas))
        {
            _byCode[area.Code] = area;
        }

        _bySpan = _byCode.GetAlternateLookup<ReadOnlySpan<char>>();
        Newest = trees.Count == 0 ? null : trees[^1];
        _retired = [.. _byCode.Keys.Where(code => Newest!.Find(code) is null)];
    }

    /// <summary>The newest tree, or null when none could be read.</summary>
    public AreaTree? Newest { get; }

    public Area? Find(ReadOnlySpan<char> code) => _bySpan.TryGetValue(code, out Area? area) ? area : null;

    /// <summary>Whether a unit of an older tree is missing from the newest.</summary>
    public bool IsRetired(Area area) => _retired.Count > 0 && _retired.Contains(area.Code);

    /// <summary>Whether a reference to <paramref name="code"/> is wrong for certain.</summary>
    public bool IsUnknown(string code) => Newest is not null && !_byCode.ContainsKey(code);

    public string? Fix(string code) => Suggestion.Fix(code, _byCode.Keys);
}
