using Gateway.Rules.Files.Readers;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Schema;

/// <summary>
/// Stands where a file has a value, takes down what a reader asks of it and answers with something that fits, so that reading goes on
/// into every corner. <see cref="MapReader"/> passes its questions on.
/// </summary>
internal sealed record YamlProbe(ValueShape Shape, ReaderExploration Exploration) : YamlNode(new SourceLocation(Shape.Path, 1, 1))
{
    /// <summary>Fits every pattern of a name there is.</summary>
    public const string AnyName = "x";

    /// <inheritdoc />
    public override string ShapeName => "a probe";

    public MapProbe AsMap(string what) => new(Shape.Map ??= new MapShape(what), this);

    public SourceText AsText(int lengthLimit, NamePattern? pattern = null)
    {
        Shape.Text = new TextShape(lengthLimit, pattern);
        return new SourceText(AnyName, Location);
    }

    public TimeSpan AsDuration(TimeSpan smallest, TimeSpan largest)
    {
        Shape.Duration = new DurationShape(smallest, largest);
        return smallest;
    }

    public bool AsBoolean() => Shape.IsBoolean = true;

    public double AsNumber()
    {
        Shape.IsNumber = true;
        return 0;
    }

    public T AsWord<T>(IReadOnlyDictionary<string, T> words)
    {
        Shape.Words = [.. words.Keys];
        return words.Values.First();
    }

    public IReadOnlyList<YamlNode> AsList(int countLimit, bool mayBeEmpty)
    {
        Shape.List ??= new ListShape(new ValueShape($"{Shape.Path}[]"), countLimit, mayBeEmpty);
        return [new YamlProbe(Shape.List.Item, Exploration)];
    }

    /// <summary>Whether the value is taken for a text this time.</summary>
    public bool IsText() => Exploration.Answer(Shape, "is a text");
}

/// <summary>A probe that is read as a map.</summary>
internal sealed class MapProbe(MapShape map, YamlProbe node)
{
    private readonly MapVariant _variant = node.Exploration.VariantOf(map);

    public SourceLocation Location => node.Location;

    public bool Has(string key)
    {
        bool isPresent = node.Exploration.Answer(map, key);
        _variant.Assume(key, isPresent);
        return isPresent;
    }

    /// <summary>The value of a key; it is there, because what reads it is to be seen.</summary>
    public YamlProbe Value(string key, bool required)
    {
        _variant.Known.Add(key);
        if (required)
        {
            _variant.Required.Add(key);
        }

        return new YamlProbe(map.Value(key, node.Shape.Path), node.Exploration);
    }

    /// <summary>One entry that stands for any number of them.</summary>
    public IReadOnlyList<YamlEntry> Names(NamePattern? pattern, int? countLimit)
    {
        map.Names ??= new NamesShape(new ValueShape($"{node.Shape.Path}.*"), pattern, countLimit);
        YamlProbe value = new(map.Names.Value, node.Exploration);
        return [new YamlEntry(new SourceText(YamlProbe.AnyName, node.Location), value)];
    }

    public void Close() => map.IsClosed = true;
}
