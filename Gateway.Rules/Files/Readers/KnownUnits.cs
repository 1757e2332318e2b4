namespace Gateway.Rules.Files.Readers;

/// <summary>The table of units a profile field may carry, as short as they are written on instruments.</summary>
internal static class KnownUnits
{
    public static readonly IReadOnlyList<string> All =
    [
        "%", "%LEL", "1/m", "A", "Ah", "C", "F", "Hz", "J", "K", "L", "L/s", "Pa", "V", "W", "Wh", "cd", "cm", "dB", "dB/m", "dBA", "dBm",
        "deg", "g", "g/m3", "h", "hPa", "kHz", "kPa", "kW", "kWh", "kg", "km", "km/h", "kV", "lux", "m", "m/s", "m/s2", "m2", "m3", "m3/h",
        "m3/s", "mA", "mg/L", "mg/m3", "min", "mm", "mm/h", "mm/s", "ms", "mV", "MPa", "MW", "NTU", "ohm", "pH", "ppb", "ppm", "s", "uS/cm",
        "ug/m3",
    ];

    private static readonly HashSet<string> Set = new(All, StringComparer.Ordinal);

    public static bool Contains(string unit) => Set.Contains(unit);
}
