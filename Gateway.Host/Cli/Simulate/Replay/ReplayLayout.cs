namespace Gateway.Host.Cli.Simulate.Replay;

/// <summary>What each column of a recording is, told from its header. Immutable.</summary>
/// <remarks>
/// Two shapes. Long: a <c>value</c> and a <c>unit</c> column, one field a row (m and mAOD are flood <c>water_level</c>, mm is flood
/// <c>rainfall</c>). Wide: every column but time and device is a field, its header in lower case without the unit in brackets
/// (<c>Temperature[C]</c> is <c>temperature</c>). A first column without a header counts the seconds since the start.
/// </remarks>
internal sealed class ReplayLayout
{
    private static readonly HashSet<string> TimeHeaders = new(StringComparer.OrdinalIgnoreCase) { "time", "datetime", "date_time", "timestamp", "ts", "observed_at" };
    private static readonly HashSet<string> DeviceHeaders = new(StringComparer.OrdinalIgnoreCase) { "device", "deviceid", "device_id", "station", "stationid", "station_id" };
    private static readonly HashSet<string> OtherHeaders = new(StringComparer.OrdinalIgnoreCase) { "station_label", "label", "name", "kind", "seq" };

    private static readonly (string Kind, string[] Fields)[] KindByField =
    [
        ("flood", ["water_level", "rainfall"]),
        ("access", ["door", "card"]),
        ("camera", ["object", "score", "zone", "media"]),
        ("smoke", ["smoke_density", "alarm", "temperature", "humidity", "eco2"]),
    ];

    private ReplayLayout()
    {
    }

    /// <summary>Index of the time column.</summary>
    public required int Time { get; init; }

    /// <summary>Whether the time column holds seconds since the start.</summary>
    public required bool TimeIsSeconds { get; init; }

    /// <summary>Index of the device column, or -1.</summary>
    public required int Device { get; init; }

    /// <summary>Index of the unit column of the long shape, or -1.</summary>
    public required int Unit { get; init; }

    /// <summary>Field name by column; null for a column that is no field. In the long shape the value column has an empty name.</summary>
    public required IReadOnlyList<string?> Fields { get; init; }

    /// <summary>The kind of all rows.</summary>
    public required string Kind { get; init; }

    /// <summary>Reads a header; null with the cell at fault and what is wrong.</summary>
    public static ReplayLayout? Read(IReadOnlyList<CsvLine.Cell> header, ReplayOptions options, out (int Column, string Message) error)
    {
        string[] roles = [.. header.Select((cell, i) => RoleOf(cell.Text.TrimStart('\uFEFF'), i, options))];
        int value = Array.IndexOf(roles, "value");
        int unit = value < 0 ? -1 : Array.IndexOf(roles, "unit");
        int seconds = Array.IndexOf(roles, "seconds");
        int time = Array.IndexOf(roles, "time");
        string?[] fields = [.. roles.Select(role => role is "time" or "device" or "seconds" or "unit" or "" ? null : unit >= 0 ? role == "value" ? "" : null : role)];
        string? kind = options.Kind ?? (unit >= 0 ? "flood" : GuessKind(fields));
        int repeated = Array.FindIndex(fields, f => f is not null && Array.IndexOf(fields, f) != Array.LastIndexOf(fields, f));

        error = default;
        if (time < 0 && seconds < 0)
        {
            error = (1, $"no time column; name one of {string.Join(", ", TimeHeaders)}, or say which it is with --map COLUMN=time");
        }
        else if (fields.All(f => f is null))
        {
            error = (1, "no column besides time and device");
        }
        else if (repeated >= 0)
        {
            error = (header[repeated].Column, $"the field {fields[repeated]} comes twice; leave a column out with --map COLUMN=");
        }
        else if (kind is null)
        {
            error = (1, "the columns do not tell the kind; say it with --kind");
        }

        return error.Message is not null ? null : new ReplayLayout
        {
            Time = time >= 0 ? time : seconds,
            TimeIsSeconds = time < 0,
            Device = Array.IndexOf(roles, "device"),
            Unit = unit,
            Fields = fields,
            Kind = kind!,
        };
    }

    /// <summary>The field of a unit in the long shape, or null.</summary>
    public static string? FieldOfUnit(string unit) => unit switch
    {
        "m" or "mAOD" => "water_level",
        "mm" => "rainfall",
        _ => null,
    };

    /// <summary><c>time</c>, <c>seconds</c>, <c>device</c>, <c>value</c>, <c>unit</c>, a field name, or empty for a column that says nothing.</summary>
    private static string RoleOf(string header, int index, ReplayOptions options)
    {
        if (options.Map.TryGetValue(header, out string? mapped))
        {
            return mapped;
        }

        if (header.Length == 0)
        {
            return index == 0 ? "seconds" : "";
        }

        if (TimeHeaders.Contains(header))
        {
            return "time";
        }

        if (DeviceHeaders.Contains(header))
        {
            return "device";
        }

        return OtherHeaders.Contains(header) ? "" : FieldName(header);
    }

    private static string FieldName(string header)
    {
        int bracket = header.IndexOfAny(['[', '(']);
        string name = (bracket > 0 ? header[..bracket] : header).Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();
        return name == "fire_alarm" ? "alarm" : name;
    }

    private static string? GuessKind(string?[] fields)
    {
        foreach ((string kind, string[] names) in KindByField)
        {
            if (names.Any(name => Array.IndexOf(fields, name) >= 0))
            {
                return kind;
            }
        }

        return null;
    }
}
