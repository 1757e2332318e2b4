using System.Globalization;
using Gateway.Rules.Cases;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>Reads time limits 处置时限, and what differs of them while the city is in a mode 平战结合.</summary>
/// <param name="sink">Hears what is wrong.</param>
/// <param name="modes">The modes the city has.</param>
internal sealed class LimitsReader(FindingSink sink, IReadOnlyList<string> modes)
{
    private static readonly TimeSpan LongestLimit = TimeSpan.FromDays(366);

    /// <summary>The limits of a route; what is not written is as in <paramref name="absent"/>.</summary>
    public TimeLimits Read(MapReader map, TimeLimits absent)
    {
        (TimeSpan accept, ClockUnit acceptUnit) = ReadLimit(map, "accept", (absent.Accept, absent.AcceptUnit));
        (TimeSpan resolve, ClockUnit resolveUnit) = ReadLimit(map, "resolve", (absent.Resolve, absent.ResolveUnit));
        (TimeSpan verify, ClockUnit verifyUnit) = ReadLimit(map, "verify", (absent.Verify, absent.VerifyUnit));
        map.RejectUnknownKeys();
        return new TimeLimits(accept, resolve, verify) { AcceptUnit = acceptUnit, ResolveUnit = resolveUnit, VerifyUnit = verifyUnit };
    }

    /// <summary>The city's own limits; what is not written is as in <paramref name="absent"/>.</summary>
    public CityLimits Read(MapReader map, CityLimits absent)
    {
        CityLimits limits = new()
        {
            Arrive = map.Duration("arrive", TimeSpan.FromMinutes(1), LongestLimit) ?? absent.Arrive,
            Unowned = map.Map("unowned") is { } unowned ? Natural(Read(unowned, absent.Unowned), unowned) : absent.Unowned,
        };
        map.RejectUnknownKeys();
        return limits;
    }

    /// <summary>Limits by mode, of <c>mode_limits</c>.</summary>
    /// <typeparam name="T">The limits of one mode.</typeparam>
    public IReadOnlyDictionary<string, T> ReadModes<T>(MapReader? map, Func<MapReader, T> read)
    {
        Dictionary<string, T> limits = new(StringComparer.Ordinal);
        foreach (YamlEntry entry in map?.Entries ?? [])
        {
            string mode = entry.Key.Text;
            if (!modes.Contains(mode))
            {
                sink.Add(FindingCodes.LimitsMode, entry.Key.Location, $"the city has no mode {FindingSink.Quote(mode)}", Suggestion.Choice(mode, modes));
            }
            else if (MapReader.Over(entry.Value, sink, "map of limits") is { } one)
            {
                limits[mode] = read(one);
            }
        }

        return limits;
    }

    private TimeLimits Natural(TimeLimits limits, MapReader map)
    {
        if (limits is not { AcceptUnit: ClockUnit.Natural, ResolveUnit: ClockUnit.Natural, VerifyUnit: ClockUnit.Natural })
        {
            sink.Add(FindingCodes.NotADuration, map.Location, "a case without a lead has no calendar to count working time by", "write natural time: 30m, 24h, 2d");
        }

        return limits;
    }

    // 4h natural time, 4wh working hours, 3wd working days.
    private (TimeSpan Limit, ClockUnit Unit) ReadLimit(MapReader map, string key, (TimeSpan Limit, ClockUnit Unit) absent)
    {
        YamlNode? node = map.Node(key);
        if (node is not YamlScalar { Text: [.., 'w', 'h' or 'd'] text } scalar)
        {
            return node is null ? absent : (map.Duration(key, TimeSpan.Zero, LongestLimit) ?? TimeSpan.Zero, ClockUnit.Natural);
        }

        bool inDays = text[^1] == 'd';
        if (!int.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            sink.Add(FindingCodes.NotADuration, scalar.Location, $"{key} {FindingSink.Quote(text)} is not a duration", "write a whole number and wh or wd: 4wh working hours, 3wd working days");
            return default;
        }

        int longest = (int)(inDays ? LongestLimit.TotalDays : LongestLimit.TotalHours);
        if (count < 1 || count > longest)
        {
            sink.Add(FindingCodes.DurationOutOfRange, scalar.Location, $"{key} {text} is outside 1{text[^2..]} to {longest}{text[^2..]}");
            return default;
        }

        return inDays ? (TimeSpan.FromDays(count), ClockUnit.WorkingDays) : (TimeSpan.FromHours(count), ClockUnit.WorkingHours);
    }
}
