using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;

namespace Gateway.Rules.Files.Readers;

/// <summary>
/// Reads all <c>devices/*.csv</c> into one list. Built for a million rows: spans until a value is known to be good, and one copy of each
/// building code and tag set.
/// </summary>
internal sealed class DeviceFileReader
{
    public const int DeviceCountLimit = 2_000_000;

    private const int TextLengthLimit = 256;
    private static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();

    private readonly AreaIndex _areas;
    private readonly FindingSink _sink;
    private readonly List<Device> _devices = [];
    private readonly Dictionary<string, (int File, int Line)> _places = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private readonly Dictionary<string, DeviceProfile> _profiles;
    private readonly Dictionary<string, DeviceProfile>.AlternateLookup<ReadOnlySpan<char>> _profilesBySpan;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _buildings;
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>>.AlternateLookup<ReadOnlySpan<char>> _tagSets;
    private readonly HashSet<string> _retiredGrids = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _excusedKinds;

    /// <param name="profiles">The profiles that could be read.</param>
    /// <param name="excusedKinds">Kinds whose profile file is broken: told there, not once more for each device.</param>
    /// <param name="areas">What an area code may be.</param>
    /// <param name="sink">Takes the findings.</param>
    public DeviceFileReader(IEnumerable<DeviceProfile> profiles, IReadOnlySet<string> excusedKinds, AreaIndex areas, FindingSink sink)
    {
        (_excusedKinds, _areas, _sink) = (excusedKinds, areas, sink);
        _profiles = profiles.ToDictionary(p => p.Kind, StringComparer.Ordinal);
        _profilesBySpan = _profiles.GetAlternateLookup<ReadOnlySpan<char>>();
        _buildings = new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _tagSets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The devices read so far, in file order.</summary>
    public IReadOnlyList<Device> Devices => _devices;

    /// <summary>Whether every row was at least recognised as a device: only then is an id that is not known wrong for certain.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Whether some row, sound or not, has this id.</summary>
    public bool IsKnown(string id) => _places.ContainsKey(id);

    /// <summary>The known id nearest to a misspelt one; null in a large city, where the search would cost more than it tells.</summary>
    public string? Fix(string id) => _places.Count > 100_000 ? null : Suggestion.Fix(id, _places.Keys);

    /// <summary>Reads one file.</summary>
    public void Read(CityFile file)
    {
        _files.Add(file.Path);
        ReadOnlySpan<char> text = file.Text.AsSpan();
        int mark = text.StartsWith("\uFEFF") ? 1 : 0;
        CsvScanner scanner = new(text[mark..]);
        Span<CsvCell> cells = stackalloc CsvCell[DeviceColumns.CountLimit];
        if (!scanner.TryReadRow(cells, out int count) || scanner.Fault is not null)
        {
            _sink.Add(FindingCodes.DeviceHeader, new SourceLocation(file.Path, 1, 1), "the header line is missing");
            IsComplete = false;
            return;
        }

        if (DeviceColumns.Read(file.Path, in scanner, cells, count, _sink) is not { } columns)
        {
            IsComplete = false;
            return;
        }

        int rowEstimate = Math.Min(text.Length / 96, DeviceCountLimit);
        _devices.EnsureCapacity(_devices.Count + rowEstimate);
        _places.EnsureCapacity(_places.Count + rowEstimate);
        while (scanner.TryReadRow(cells, out count))
        {
            if (scanner.Fault is not null)
            {
                _sink.Add(FindingCodes.CsvSyntax, new SourceLocation(file.Path, scanner.FaultLine, scanner.FaultColumn), scanner.Fault);
                IsComplete = false;
            }
            else if (count != columns.Count)
            {
                SourceLocation location = new(file.Path, cells[0].Line, 1);
                _sink.Add(FindingCodes.ColumnCount, location, $"{count} columns where the header has {columns.Count}");
                IsComplete = false;
            }
            else if (_places.Count >= DeviceCountLimit)
            {
                _sink.Add(FindingCodes.TooManyDevices, new SourceLocation(file.Path, cells[0].Line, 1), $"more than {DeviceCountLimit} devices");
                IsComplete = false;
                return;
            }
            else
            {
                ReadDevice(file.Path, in scanner, cells, in columns);
            }
        }
    }

    private void ReadDevice(string file, scoped in CsvScanner scanner, ReadOnlySpan<CsvCell> cells, in DeviceColumns columns)
    {
        CsvCell idCell = cells[columns.Id];
        ReadOnlySpan<char> idText = scanner.Text(idCell);
        if (!NameShape.IsDeviceId(idText))
        {
            _sink.Add(FindingCodes.BadDeviceId, At(file, idCell), $"device id {FindingSink.Quote(idText)} is not well formed");
            IsComplete = false;
            return;
        }

        string id = idText.ToString();
        if (!_places.TryAdd(id, (_files.Count - 1, idCell.Line)))
        {
            (int firstFile, int firstLine) = _places[id];
            _sink.Add(FindingCodes.DuplicateDevice, At(file, idCell), $"device {id} is written twice, first at {_files[firstFile]}:{firstLine}");
            return;
        }

        DeviceProfile? profile = ReadKind(file, cells[columns.Kind], scanner.Text(cells[columns.Kind]));
        Area? area = ReadArea(file, cells[columns.Area], scanner.Text(cells[columns.Area]));
        double? latitude = ReadDegrees(file, cells[columns.Latitude], scanner.Text(cells[columns.Latitude]), "lat", 90);
        double? longitude = ReadDegrees(file, cells[columns.Longitude], scanner.Text(cells[columns.Longitude]), "lon", 180);
        string building = columns.Building < 0 ? "" : Shared(ReadText(file, cells[columns.Building], scanner.Text(cells[columns.Building]), "building"));
        string address = columns.Address < 0 ? "" : ReadText(file, cells[columns.Address], scanner.Text(cells[columns.Address]), "address").ToString();
        IReadOnlyDictionary<string, string> tags = columns.Tags < 0 ? NoTags : ReadTags(file, cells[columns.Tags], scanner.Text(cells[columns.Tags]));
        if (profile is null || latitude is not { } lat || longitude is not { } lon)
        {
            return;
        }

        if (area is not null && !area.Contains(lon, lat))
        {
            _sink.Add(FindingCodes.OutsideGrid, At(file, cells[columns.Latitude]), $"device {id} stands outside the outline of grid {area.Code}");
        }

        _devices.Add(new Device
        {
            Index = _devices.Count,
            Id = id,
            Profile = profile,
            Area = area?.Code ?? "",
            Building = building,
            Address = address,
            Latitude = lat,
            Longitude = lon,
            Tags = tags,
        });
    }

    private DeviceProfile? ReadKind(string file, CsvCell cell, ReadOnlySpan<char> kind)
    {
        if (_profilesBySpan.TryGetValue(kind, out DeviceProfile? profile))
        {
            return profile;
        }

        string name = kind.ToString();
        if (!_excusedKinds.Contains(name))
        {
            _sink.Add(FindingCodes.UnknownKind, At(file, cell), $"kind {FindingSink.Quote(kind)} has no profile", Suggestion.Fix(name, _profiles.Keys));
        }

        return null;
    }

    private Area? ReadArea(string file, CsvCell cell, ReadOnlySpan<char> code)
    {
        if (_areas.Newest is null)
        {
            return null;
        }

        if (_areas.Find(code) is not { } area)
        {
            _sink.Add(FindingCodes.UnknownDeviceArea, At(file, cell), $"area {FindingSink.Quote(code)} is in no area tree", _areas.Fix(code.ToString()));
            return null;
        }

        if (area.Level != AreaLevel.Grid)
        {
            string level = area.Level.ToString().ToLowerInvariant();
            _sink.Add(FindingCodes.NotAGrid, At(file, cell), $"area {area.Code} is a {level}, not a grid");
            return null;
        }

        if (_areas.IsRetired(area) && _retiredGrids.Add(area.Code))
        {
            _sink.Add(FindingCodes.RetiredGrid, At(file, cell), $"grid {area.Code} is missing from area tree {_areas.Newest.Version}");
        }

        return area;
    }

    private double? ReadDegrees(string file, CsvCell cell, ReadOnlySpan<char> text, string what, double limit)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out double degrees) && Math.Abs(degrees) <= limit)
        {
            return degrees;
        }

        _sink.Add(FindingCodes.BadPosition, At(file, cell), $"{what} {FindingSink.Quote(text)} is not a number from -{limit:0} to {limit:0}");
        return null;
    }

    private ReadOnlySpan<char> ReadText(string file, CsvCell cell, ReadOnlySpan<char> text, string what)
    {
        if (text.Length > TextLengthLimit)
        {
            _sink.Add(FindingCodes.TextTooLong, At(file, cell), $"{what} has {text.Length} characters, at most {TextLengthLimit}");
            return default;
        }

        if (text.ContainsAnyInRange('\0', '\u001F') || text.ContainsAnyInRange('\u007F', '\u009F'))
        {
            _sink.Add(FindingCodes.ControlCharacter, At(file, cell), $"{what} holds a control character");
            return default;
        }

        return text;
    }

    private string Shared(ReadOnlySpan<char> text)
    {
        if (!_buildings.TryGetValue(text, out string? shared))
        {
            shared = text.ToString();
            _buildings[text] = shared;
        }

        return shared;
    }

    private IReadOnlyDictionary<string, string> ReadTags(string file, CsvCell cell, ReadOnlySpan<char> text)
    {
        if (text.Length == 0)
        {
            return NoTags;
        }

        if (_tagSets.TryGetValue(text, out IReadOnlyDictionary<string, string>? tags))
        {
            return tags;
        }

        tags = ParseTags(file, cell, ReadText(file, cell, text, "tags"));
        _tagSets[text] = tags;
        return tags;
    }

    private Dictionary<string, string> ParseTags(string file, CsvCell cell, ReadOnlySpan<char> text)
    {
        Dictionary<string, string> tags = new(StringComparer.Ordinal);
        foreach (Range range in text.Split(';'))
        {
            ReadOnlySpan<char> pair = text[range].Trim();
            int equals = pair.IndexOf('=');
            bool sound = equals > 0 && equals < pair.Length - 1 && NameShape.IsSnake(pair[..equals]);
            if (!sound || !tags.TryAdd(pair[..equals].ToString(), pair[(equals + 1)..].ToString()))
            {
                _sink.Add(FindingCodes.BadTags, At(file, cell), $"tag {FindingSink.Quote(pair)} is not name=value, or its name stands twice");
            }
        }

        return tags;
    }

    private static SourceLocation At(string file, CsvCell cell) => new(file, cell.Line, cell.Column);
}
