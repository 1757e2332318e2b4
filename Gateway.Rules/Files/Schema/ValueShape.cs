using Gateway.Rules.Files.Readers;

namespace Gateway.Rules.Files.Schema;

/// <summary>What a reader takes at one place of a file: everything it was seen to ask of the value there, several of them where it takes either.</summary>
/// <param name="path">Names of the keys from the root, for messages; a list's item is <c>[]</c>, a key that is a name <c>*</c>.</param>
internal sealed class ValueShape(string path)
{
    public string Path { get; } = path;

    /// <summary>A text of at most so many characters.</summary>
    public TextShape? Text { get; set; }

    /// <summary>A duration between two limits.</summary>
    public DurationShape? Duration { get; set; }

    /// <summary>One of some words.</summary>
    public IReadOnlyList<string>? Words { get; set; }

    public bool IsBoolean { get; set; }

    public bool IsNumber { get; set; }

    public ListShape? List { get; set; }

    public MapShape? Map { get; set; }
}

/// <summary>A text.</summary>
/// <param name="LengthLimit">Most characters.</param>
/// <param name="Pattern">Its form; null for any.</param>
internal sealed record TextShape(int LengthLimit, NamePattern? Pattern);

/// <summary>A duration.</summary>
/// <param name="Smallest">The shortest.</param>
/// <param name="Largest">The longest.</param>
internal sealed record DurationShape(TimeSpan Smallest, TimeSpan Largest);

/// <summary>A list.</summary>
/// <param name="Item">What each item is.</param>
/// <param name="CountLimit">Most items.</param>
/// <param name="MayBeEmpty">Whether a list of nothing is fine.</param>
internal sealed record ListShape(ValueShape Item, int CountLimit, bool MayBeEmpty);

/// <summary>A map whose keys are names that the operator chose.</summary>
/// <param name="Value">What stands behind each.</param>
/// <param name="Pattern">The form of the names; null for any.</param>
/// <param name="CountLimit">Most of them; null for no limit but the file's.</param>
internal sealed record NamesShape(ValueShape Value, NamePattern? Pattern, int? CountLimit);

/// <summary>A map, as <paramref name="what"/> it is read.</summary>
internal sealed class MapShape(string what)
{
    private readonly Dictionary<string, ValueShape> _values = new(StringComparer.Ordinal);
    private readonly List<MapVariant> _variants = [];

    /// <summary>What the map describes: <c>rule</c>, <c>level</c>.</summary>
    public string What { get; } = what;

    /// <summary>The keys that are words of the format, in the order in which they were first asked for.</summary>
    public IReadOnlyDictionary<string, ValueShape> Values => _values;

    /// <summary>The keys that are names, where it has such.</summary>
    public NamesShape? Names { get; set; }

    /// <summary>Whether every other key is refused.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The sets of keys that may stand together; one where it does not matter which other keys are written.</summary>
    public IReadOnlyList<MapVariant> Variants => _variants;

    /// <summary>The value of a key, the same one in all runs.</summary>
    public ValueShape Value(string key, string path)
    {
        if (!_values.TryGetValue(key, out ValueShape? value))
        {
            _values[key] = value = new ValueShape(path.Length == 0 ? key : $"{path}.{key}");
        }

        return value;
    }

    public void AddVariant(MapVariant variant)
    {
        if (!_variants.Any(v => v.IsSameAs(variant)))
        {
            _variants.Add(variant);
        }
    }
}

/// <summary>One set of keys of a map that may stand together.</summary>
internal sealed class MapVariant
{
    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);

    /// <summary>Keys that were asked for, and so are no unknown ones.</summary>
    public HashSet<string> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys that must be written with a value.</summary>
    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys that are written, with or without a value.</summary>
    public HashSet<string> Present { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys that may be written.</summary>
    public IEnumerable<string> Allowed => Known.Except(_absent);

    public void Assume(string key, bool isPresent) => (isPresent ? Present : _absent).Add(key);

    public bool IsSameAs(MapVariant other) =>
        Known.SetEquals(other.Known) && Required.SetEquals(other.Required) && Present.SetEquals(other.Present) && _absent.SetEquals(other._absent);
}
