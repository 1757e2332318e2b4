using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Payloads.Json;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cli.Simulate.Replay;

/// <summary>Recordings to messages: all files, merged by time. Collects every error up to a limit and publishes nothing when there is one. Pure.</summary>
internal sealed class ReplayReader
{
    /// <summary>After so many errors the rest is not read: it is mostly the same mistake again.</summary>
    public const int ErrorCountLimit = 20;

    private static readonly SearchValues<char> DeviceIdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");
    private static readonly HashSet<string> BooleanFields = new(StringComparer.Ordinal) { "alarm", "fault", "tamper" };
    private readonly ReplayOptions _options;
    private readonly EventTime _start;
    private readonly SimulatedFleet? _fleet;
    private readonly Dictionary<string, SimulatedDevice> _devices = new(StringComparer.Ordinal);
    private readonly List<SimulatedMessage> _messages = [];
    private readonly List<ReplayError> _errors = [];
    private readonly List<CsvLine.Cell> _cells = [];

    /// <summary>Creates a reader.</summary>
    /// <param name="options">What the command line says.</param>
    /// <param name="start">The instant of second 0 of a recording that only counts seconds.</param>
    /// <param name="fleet">A city's devices, for their topics; null or unknown ids get the canonical topics.</param>
    public ReplayReader(ReplayOptions options, EventTime start, SimulatedFleet? fleet)
    {
        _options = options;
        _start = start;
        _fleet = fleet;
    }

    /// <summary>What is wrong with the files read so far.</summary>
    public IReadOnlyList<ReplayError> Errors => _errors;

    /// <summary>The largest number of seconds since the start that was read; null when all times were dates.</summary>
    public TimeSpan? SpanOfSeconds { get; private set; }

    /// <summary>The messages of all files in time order; of one instant in the order of files and lines.</summary>
    public IReadOnlyList<SimulatedMessage> Messages() => [.. _messages.OrderBy(m => m.ObservedAt)];

    /// <summary>Reads one file.</summary>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="lines">Its lines.</param>
    public void Read(string file, IEnumerable<string> lines)
    {
        ReplayLayout? layout = null;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (_errors.Count >= ErrorCountLimit)
            {
                return;
            }

            if (line.Length == 0)
            {
                continue;
            }

            if (!CsvLine.TrySplit(line, _cells, out int errorColumn))
            {
                Fail(file, number, errorColumn, "a quoted cell is not closed before the end of the line, or goes on after its closing quote");
            }
            else if (layout is not null)
            {
                ReadRow(file, number, layout);
            }
            else
            {
                layout = ReplayLayout.Read(_cells, _options, out (int Column, string Message) error);
                if (layout is null)
                {
                    Fail(file, number, error.Column, error.Message);
                    return;
                }
            }
        }

        if (layout is null && number == 0)
        {
            Fail(file, 1, 1, "the file is empty");
        }
    }

    /// <summary>Notes that a file cannot be read at all.</summary>
    public void FailFile(string file, string message) => Fail(file, 1, 1, message);

    private void ReadRow(string file, int line, ReplayLayout layout)
    {
        if (_cells.Count != layout.Fields.Count)
        {
            Fail(file, line, _cells[^1].Column, $"{_cells.Count} cells where the header has {layout.Fields.Count}");
            return;
        }

        CsvLine.Cell timeCell = _cells[layout.Time];
        if (!TryReadTime(timeCell.Text, layout.TimeIsSeconds, out EventTime time))
        {
            Fail(file, line, timeCell.Column, layout.TimeIsSeconds
                ? $"'{timeCell.Text}' is not a number of seconds since the start"
                : $"'{timeCell.Text}' is not a time: RFC 3339 with an offset (2026-01-27T09:00:00Z) or Unix milliseconds");
            return;
        }

        if (DeviceOf(file, line, layout) is not { } device)
        {
            return;
        }

        StringBuilder json = new("{\"ts\":", 96);
        json.Append(time.UnixMilliseconds.ToString(CultureInfo.InvariantCulture));
        int members = 0;
        for (int i = 0; i < _cells.Count; i++)
        {
            if (layout.Fields[i] is { } field && _cells[i].Text.Length > 0)
            {
                if (!AppendField(json, file, line, layout, field, _cells[i]))
                {
                    return;
                }

                members++;
            }
        }

        if (members > 0)
        {
            _messages.Add(new SimulatedMessage(device, device.TelemetryTopic, Encoding.UTF8.GetBytes(json.Append('}').ToString()), TimeSpan.Zero, time));
        }
    }

    private bool TryReadTime(string text, bool isSeconds, out EventTime time)
    {
        if (!isSeconds)
        {
            return EventTime.TryParse(text, out time);
        }

        bool good = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds;
        time = good ? _start + TimeSpan.FromSeconds(seconds) : default;
        if (good && (SpanOfSeconds is not { } span || seconds > span.TotalSeconds))
        {
            SpanOfSeconds = TimeSpan.FromSeconds(seconds);
        }

        return good;
    }

    private SimulatedDevice? DeviceOf(string file, int line, ReplayLayout layout)
    {
        string id = layout.Device >= 0 ? _cells[layout.Device].Text : _options.DeviceId ?? DefaultDevice(layout.Kind);
        if (id.Length is 0 or > 64 || id.AsSpan().ContainsAnyExcept(DeviceIdCharacters))
        {
            Fail(file, line, layout.Device >= 0 ? _cells[layout.Device].Column : 1, $"'{id}' is not a device id: 1 to 64 letters, digits, '-', '_', '.', ':'; name one with --device");
            return null;
        }

        if (!_devices.TryGetValue(id, out SimulatedDevice? device))
        {
            device = _fleet?.Find(id) ?? SimulatedDevice.Canonical(layout.Kind, id, "");
            _devices.Add(id, device);
        }

        return device;
    }

    private bool AppendField(StringBuilder json, string file, int line, ReplayLayout layout, string field, CsvLine.Cell cell)
    {
        string? name = layout.Unit >= 0 ? ReplayLayout.FieldOfUnit(_cells[layout.Unit].Text) : field;
        if (name is null)
        {
            Fail(file, line, _cells[layout.Unit].Column, $"the unit '{_cells[layout.Unit].Text}' is none of m, mAOD, mm");
            return false;
        }

        string? value = ValueOf(name, cell.Text, numbersOnly: layout.Unit >= 0);
        if (value is null)
        {
            Fail(file, line, cell.Column, $"'{cell.Text}' is not a value of {name}: numbers are written as in JSON (0.5, -3, 1e3)");
            return false;
        }

        json.Append(",\"").Append(name).Append("\":").Append(value);
        return true;
    }

    /// <summary>A cell as a JSON value: a number exactly as written, 0 and 1 of a Boolean field as false and true, other text as a string; null when it is none.</summary>
    private static string? ValueOf(string field, string text, bool numbersOnly)
    {
        if (BooleanFields.Contains(field) && text is "0" or "1")
        {
            return text == "1" ? "true" : "false";
        }

        if (IsJsonNumber(text))
        {
            return text;
        }

        if (text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            return text.ToLowerInvariant();
        }

        bool almostNumber = double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _);
        return numbersOnly || almostNumber ? null : JsonSerializer.Serialize(text);
    }

    private static bool IsJsonNumber(string text)
    {
        JsonScanner scanner = new(Encoding.UTF8.GetBytes(text), 1);
        return scanner.Read() && scanner.Token == JsonToken.Number && !scanner.Read() && scanner.Error == JsonError.None;
    }

    private static string DefaultDevice(string kind) => kind switch
    {
        "smoke" => "SMK-000001",
        "flood" => "FLD-000001",
        "access" => "ACC-000001",
        "camera" => "CAM-000001",
        _ => "",
    };

    private void Fail(string file, int line, int column, string message) => _errors.Add(new ReplayError(file, line, column, message));
}
