namespace Gateway.Rules.Files.Yaml;

/// <summary>Bounds on one YAML file of the city folder. YAML is untrusted: each bound is far above what a city writes by hand.</summary>
public static class YamlLimits
{
    /// <summary>Deepest nesting of maps and lists.</summary>
    public const int Depth = 16;

    /// <summary>Longest file, in characters as in bytes.</summary>
    public const int FileSizeBytes = 4 * 1024 * 1024;

    /// <summary>Most keys, values, lists and maps together.</summary>
    public const int NodeCount = 500_000;
}
