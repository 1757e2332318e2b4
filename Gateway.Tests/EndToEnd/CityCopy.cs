using System.Text.RegularExpressions;

namespace Gateway.Tests.EndToEnd;

/// <summary>Copies of city folders to edit, and ten different errors in ten files of the sample city.</summary>
internal static partial class CityCopy
{
    private static readonly (string File, string Good, string Bad, string Error)[] Edits =
    [
        ("calendars/office.yaml", "08:30-12:00", "8h30-12:00", "4:18: error K003"),
        ("city.yaml", "partition_level: street", "partition_level: strete", "6:18: error Y016"),
        ("devices/flood.csv", "FLD-000000,flood,", "FLD-000000,flod,", "2:12: error D006"),
        ("devices/smoke.csv", "30.258320", "north", "2:80: error D009"),
        ("duty/duty.yaml", "    lead: water-bureau", "    lead: watr-bureau", "30:11: error U005"),
        ("profiles/camera.yaml", "score: {type: number", "score: {type: nubmer", "16:17: error Y016"),
        ("rules/access-door.yaml", "severity: critical", "severity: crticial", "7:15: error Y016"),
        ("rules/flood-road.yaml", "water_level >= 0.20\"", "watr_level >= 0.20\"", "8:36: error R104"),
        ("rules/flood-underpass.yaml", "for: 1m,", "fro: 1m,", "7:87: error Y010"),
        ("rules/smoke-kitchen.yaml", "for: 3m", "for: 3 minutes", "7:96: error Y014"),
    ];

    /// <summary>The ten errors, each <c>file:line:column: error CODE</c>, in the order findings have.</summary>
    public static IEnumerable<string> Errors => Edits.Select(e => $"{e.File}:{e.Error}");

    /// <summary>Copies a city folder; returns the copy.</summary>
    public static string Of(string source, string target)
    {
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    /// <summary>Makes the ten errors.</summary>
    public static void Break(string city)
    {
        foreach ((string file, string good, string bad, _) in Edits)
        {
            ReplaceFirst(Path.Combine(city, file), good, bad);
        }
    }

    /// <summary>Mends the ten errors.</summary>
    public static void Mend(string city)
    {
        foreach ((string file, string good, string bad, _) in Edits)
        {
            ReplaceFirst(Path.Combine(city, file), bad, good);
        }
    }

    /// <summary>The part of a finding before its message.</summary>
    public static string PlaceAndCode(string finding) => Finding().Match(finding).Value;

    /// <summary>Replaces the first place of a text in a file; it must be there.</summary>
    public static void ReplaceFirst(string file, string text, string replacement)
    {
        string before = File.ReadAllText(file);
        int at = before.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{file} has no {text}");
        File.WriteAllText(file, string.Concat(before.AsSpan(0, at), replacement, before.AsSpan(at + text.Length)));
    }

    [GeneratedRegex(@"^[^:]+:\d+:\d+: (error|warning) [A-Z]\d+")]
    private static partial Regex Finding();
}
