using System.Globalization;
using Gateway.Rules.Files.Readers;
using Gateway.Rules.Files.Schema;

namespace Gateway.Rules.Files.Yaml;

/// <summary>
/// Typed access to one map of a YAML file: every value that does not fit is a finding and reads as missing, so that reading goes on.
/// The keys that were asked for are the known keys; <see cref="RejectUnknownKeys"/> reports all others. Over a <see cref="YamlProbe"/> it
/// takes down what is asked instead: that is where the schema for editors comes from.
/// </summary>
internal sealed class MapReader
{
    public const int NameLengthLimit = 128;
    public const int TextLengthLimit = 2_000;

    private static readonly string[] LocalTimeFormats = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"];

    private readonly YamlMap _map;
    private readonly FindingSink _sink;
    private readonly List<string> _known = [];
    private readonly MapProbe? _probe;

    private MapReader(YamlMap map, FindingSink sink, string what)
    {
        (_map, _sink, What) = (map, sink, what);
    }

    private MapReader(MapProbe probe, FindingSink sink, string what)
        : this(new YamlMap([], probe.Location), sink, what) => _probe = probe;

    /// <summary>What the map describes, for messages: <c>rule</c>, <c>unit</c>.</summary>
    public string What { get; }

    /// <summary>Where the map begins.</summary>
    public SourceLocation Location => _map.Location;

    /// <summary>All entries, for maps whose keys are names rather than words of the format.</summary>
    public IReadOnlyList<YamlEntry> Entries => _probe?.Names(pattern: null, countLimit: null) ?? _map.Entries;

    /// <summary>A reader over <paramref name="node"/>, or null with a finding when it is no map.</summary>
    public static MapReader? Over(YamlNode node, FindingSink sink, string what)
    {
        if (node is YamlMap map)
        {
            return new MapReader(map, sink, what);
        }

        if (node is YamlProbe probe)
        {
            return new MapReader(probe.AsMap(what), sink, what);
        }

        sink.Add(FindingCodes.WrongShape, node.Location, $"a {what} is a map, not {node.ShapeName}");
        return null;
    }

    /// <summary>Whether the key is written, with or without a value.</summary>
    public bool Has(string key) => _probe?.Has(key) ?? _map.Entries.Any(e => e.Key.Text == key);

    /// <summary>Where the key stands; the map's place when it does not.</summary>
    public SourceLocation KeyLocation(string key) =>
        _map.Entries.Where(e => e.Key.Text == key).Select(e => e.Key.Location).FirstOrDefault(_map.Location);

    /// <summary>The value of a key, or null when it is missing or empty; a missing required one is a finding.</summary>
    public YamlNode? Node(string key, bool required = false)
    {
        if (_probe is not null)
        {
            return _probe.Value(key, required);
        }

        _known.Add(key);
        YamlNode? value = _map.Entries.Where(e => e.Key.Text == key).Select(e => e.Value).FirstOrDefault();
        if (value is null or YamlScalar { IsNull: true })
        {
            if (required)
            {
                _sink.Add(FindingCodes.MissingKey, value?.Location ?? _map.Location, $"{What} without {key}", $"add {key}:");
            }

            return null;
        }

        return value;
    }

    /// <summary>A text of at most <paramref name="lengthLimit"/> characters.</summary>
    public SourceText? Text(string key, bool required = false, int lengthLimit = NameLengthLimit) =>
        Node(key, required) is { } node ? TextOf(node, key, _sink, lengthLimit) : null;

    /// <summary>A text, or empty.</summary>
    public string PlainText(string key, int lengthLimit = TextLengthLimit) => Text(key, lengthLimit: lengthLimit)?.Text ?? "";

    /// <summary>A name of a given form; one that is not well formed is a finding, and is returned all the same.</summary>
    public SourceText? Name(string key, NamePattern pattern, string what, bool required = false)
    {
        YamlNode? node = Node(key, required);
        if (node is YamlProbe probe)
        {
            return probe.AsText(NameLengthLimit, pattern);
        }

        SourceText? name = node is null ? null : TextOf(node, key, _sink, NameLengthLimit);
        if (name is { } given)
        {
            CheckName(given, pattern, what);
        }

        return name;
    }

    /// <summary>The entries of a map whose keys are names of a given form; those over the limit are one finding.</summary>
    public IEnumerable<YamlEntry> NamedEntries(NamePattern pattern, string what, int countLimit, string overLimit)
    {
        if (_probe is not null)
        {
            return _probe.Names(pattern, countLimit);
        }

        foreach (YamlEntry entry in _map.Entries.Take(countLimit))
        {
            CheckName(entry.Key, pattern, what);
        }

        if (_map.Entries.Count > countLimit)
        {
            _sink.Add(FindingCodes.TooManyItems, _map.Entries[countLimit].Key.Location, $"more than {countLimit} {overLimit}");
        }

        return _map.Entries.Take(countLimit);
    }

    /// <summary>A duration between two limits, or null.</summary>
    public TimeSpan? Duration(string key, TimeSpan smallest, TimeSpan largest, bool required = false)
    {
        YamlNode? node = Node(key, required);
        if (node is YamlProbe probe)
        {
            return probe.AsDuration(smallest, largest);
        }

        if (node is null || TextOf(node, key, _sink, NameLengthLimit) is not { } text)
        {
            return null;
        }

        if (!DurationText.TryParse(text.Text, out TimeSpan duration))
        {
            _sink.Add(FindingCodes.NotADuration, text.Location, $"{key} {FindingSink.Quote(text.Text)} is not a duration");
            return null;
        }

        if (duration < smallest || duration > largest)
        {
            _sink.Add(
                FindingCodes.DurationOutOfRange,
                text.Location,
                $"{key} {text.Text} is outside {DurationText.Format(smallest)} to {DurationText.Format(largest)}");
            return null;
        }

        return duration;
    }

    /// <summary>A day and a time of the city's clock, <c>2026-01-31 08:30</c>, or null.</summary>
    public DateTime? LocalTime(string key, bool required = false)
    {
        if (Text(key, required) is not { } text)
        {
            return null;
        }

        if (DateTime.TryParseExact(text.Text, LocalTimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time) && time.Year is > 1 and < 9999)
        {
            return time;
        }

        _sink.Add(FindingCodes.NotADate, text.Location, $"{key} {FindingSink.Quote(text.Text)} is not a day and time", "write 2026-01-31 08:30, in the city's time");
        return null;
    }

    /// <summary>true or false; <paramref name="absent"/> when not written.</summary>
    public bool Boolean(string key, bool absent)
    {
        YamlNode? node = Node(key);
        if (node is YamlProbe probe)
        {
            return probe.AsBoolean();
        }

        if (node is null || TextOf(node, key, _sink, NameLengthLimit) is not { } text)
        {
            return absent;
        }

        if (text.Text is not ("true" or "false"))
        {
            _sink.Add(FindingCodes.NotABoolean, text.Location, $"{key} is {FindingSink.Quote(text.Text)}, neither true nor false");
        }

        return text.Text == "true";
    }

    /// <summary>One of the words of a table, or null.</summary>
    public T? Word<T>(string key, IReadOnlyDictionary<string, T> words, bool required = false)
        where T : struct
    {
        YamlNode? node = Node(key, required);
        return node is null ? null
            : node is YamlProbe probe ? probe.AsWord(words)
            : TextOf(node, key, _sink, NameLengthLimit) is { } text ? WordOf(text, key, words, _sink) : null;
    }

    /// <summary>A list's items; empty when missing or no list. An empty one is a finding of <paramref name="whenEmpty"/>, where that is given.</summary>
    public IReadOnlyList<YamlNode> List(string key, int countLimit, bool required = false, FindingCode? whenEmpty = null)
    {
        if (Node(key, required) is not { } node)
        {
            return [];
        }

        if (node is YamlProbe probe)
        {
            return probe.AsList(countLimit, mayBeEmpty: whenEmpty is null);
        }

        if (node is not YamlList list)
        {
            _sink.Add(FindingCodes.WrongShape, node.Location, $"{key} is a list, not {node.ShapeName}");
            return [];
        }

        if (list.Items.Count == 0 && whenEmpty is not null)
        {
            _sink.Add(whenEmpty, list.Location, $"{key} is empty");
        }

        if (list.Items.Count > countLimit)
        {
            _sink.Add(FindingCodes.TooManyItems, list.Items[countLimit].Location, $"{key} has {list.Items.Count} items, at most {countLimit}");
            return [.. list.Items.Take(countLimit)];
        }

        return list.Items;
    }

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<SourceText> Texts(string key, int countLimit, bool required = false) =>
        [.. List(key, countLimit, required).Select(n => TextOf(n, key, _sink, NameLengthLimit)).OfType<SourceText>()];

    /// <summary>A map below this one, or null.</summary>
    public MapReader? Map(string key, bool required = false) => Node(key, required) is { } node ? Over(node, _sink, key) : null;

    /// <summary>Reports the keys nobody asked for, with the nearest known one.</summary>
    public void RejectUnknownKeys()
    {
        _probe?.Close();
        foreach (YamlEntry entry in _map.Entries.Where(e => !_known.Contains(e.Key.Text)))
        {
            string fix = entry.Key.Text == "<<" ? "merge keys are not read; write the keys of the other map here"
                : Suggestion.Fix(entry.Key.Text, _known) ?? $"known here: {string.Join(", ", _known.Distinct())}";
            _sink.Add(FindingCodes.UnknownKey, entry.Key.Location, $"unknown key {FindingSink.Quote(entry.Key.Text)} in {What}", fix);
        }
    }

    /// <summary>Whether a value is a text, where a reader takes a map as well.</summary>
    public static bool IsText(YamlNode node) => node is YamlProbe probe ? probe.IsText() : node is YamlScalar;

    /// <summary>A scalar as text, or null with a finding.</summary>
    public static SourceText? TextOf(YamlNode node, string what, FindingSink sink, int lengthLimit)
    {
        if (node is YamlProbe probe)
        {
            return probe.AsText(lengthLimit);
        }

        if (node is not YamlScalar scalar)
        {
            sink.Add(FindingCodes.WrongShape, node.Location, $"{what} is a text, not {node.ShapeName}");
            return null;
        }

        if (scalar.IsNull)
        {
            sink.Add(FindingCodes.MissingKey, scalar.Location, $"{what} is empty", "write a value, or remove the line");
            return null;
        }

        if (scalar.Text.Length > lengthLimit)
        {
            sink.Add(FindingCodes.TextTooLong, scalar.Location, $"{what} has {scalar.Text.Length} characters, at most {lengthLimit}");
            return null;
        }

        if (scalar.Text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
        {
            sink.Add(FindingCodes.ControlCharacter, scalar.Location, $"{what} holds a control character");
            return null;
        }

        return new SourceText(scalar.Text, scalar.Location);
    }

    /// <summary>A whole number within limits, or null with a finding.</summary>
    public static int? WholeOf(SourceText text, string what, int least, int most, FindingSink sink)
    {
        if (int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
        {
            return number;
        }

        sink.Add(FindingCodes.NotANumber, text.Location, $"{what} {FindingSink.Quote(text.Text)} is not a whole number from {least} to {most}", "write digits, without unit");
        return null;
    }

    /// <summary>A finite number, or null with a finding.</summary>
    public static double? NumberOf(YamlNode node, string what, FindingSink sink)
    {
        if (node is YamlProbe probe)
        {
            return probe.AsNumber();
        }

        if (TextOf(node, what, sink, NameLengthLimit) is not { } text)
        {
            return null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text.Text, Style, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
        {
            sink.Add(FindingCodes.NotANumber, text.Location, $"{what} {FindingSink.Quote(text.Text)} is not a number");
            return null;
        }

        return number;
    }

    /// <summary>A word of a table, or null with a finding that names the nearest.</summary>
    public static T? WordOf<T>(SourceText text, string what, IReadOnlyDictionary<string, T> words, FindingSink sink)
        where T : struct
    {
        if (words.TryGetValue(text.Text, out T value))
        {
            return value;
        }

        string fix = Suggestion.Fix(text.Text, words.Keys) ?? $"one of {string.Join(", ", words.Keys)}";
        sink.Add(FindingCodes.UnknownWord, text.Location, $"{what} {FindingSink.Quote(text.Text)} is not known", fix);
        return null;
    }

    private void CheckName(SourceText name, NamePattern pattern, string what)
    {
        if (!pattern.IsMatch(name.Text))
        {
            _sink.Add(pattern.Code, name.Location, $"{what} {FindingSink.Quote(name.Text)} is not well formed", pattern.Fix);
        }
    }
}
