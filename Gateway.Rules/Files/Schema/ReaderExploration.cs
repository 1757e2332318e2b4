namespace Gateway.Rules.Files.Schema;

/// <summary>
/// Runs a reader over a probe as often as it takes to see every way it goes. What a reader asks before it reads (is this key written, is
/// this value a text) is answered yes the first time and no in a later run, depth first, until no question has an answer left.
/// </summary>
internal sealed class ReaderExploration
{
    /// <summary>A reader that asks ten questions of each other's making is still seen whole; one that asks more should be simpler.</summary>
    private const int RunLimit = 4_096;

    private readonly List<bool> _answers = [];
    private readonly Dictionary<(object Of, string Question), bool> _given = [];
    private readonly Dictionary<MapShape, MapVariant> _maps = [];
    private int _next;

    private ReaderExploration()
    {
    }

    /// <summary>Runs a reader in every way it can go.</summary>
    /// <param name="read">One run over the probe it is given; returns whether the keys it took to be written may stand together.</param>
    /// <returns>What the reader takes.</returns>
    public static ValueShape Explore(Func<YamlProbe, bool> read)
    {
        ReaderExploration exploration = new();
        ValueShape root = new("");
        int runs = 0;
        do
        {
            if (++runs > RunLimit)
            {
                throw new InvalidOperationException($"the reader asks so much of its input that {RunLimit} runs do not show all of it");
            }

            exploration.Run(root, read);
        }
        while (exploration.HasNext());
        return root;
    }

    /// <summary>The answer to a question about a value; the same one for the whole run.</summary>
    public bool Answer(object of, string question)
    {
        if (_given.TryGetValue((of, question), out bool given))
        {
            return given;
        }

        if (_next == _answers.Count)
        {
            _answers.Add(true);
        }

        return _given[(of, question)] = _answers[_next++];
    }

    /// <summary>What this run sees of a map.</summary>
    public MapVariant VariantOf(MapShape map)
    {
        if (!_maps.TryGetValue(map, out MapVariant? variant))
        {
            _maps[map] = variant = new MapVariant();
        }

        return variant;
    }

    private void Run(ValueShape root, Func<YamlProbe, bool> read)
    {
        _next = 0;
        _given.Clear();
        _maps.Clear();
        if (!read(new YamlProbe(root, this)))
        {
            return;
        }

        foreach ((MapShape map, MapVariant variant) in _maps)
        {
            map.AddVariant(variant);
        }
    }

    private bool HasNext()
    {
        while (_answers.Count > 0 && !_answers[^1])
        {
            _answers.RemoveAt(_answers.Count - 1);
        }

        if (_answers.Count == 0)
        {
            return false;
        }

        _answers[^1] = false;
        return true;
    }
}
