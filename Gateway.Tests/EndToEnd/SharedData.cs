using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A test on the recordings, which are not part of the repository: they lie beside a checkout, in <c>../shared/data</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecordingFactAttribute : FactAttribute
{
    public RecordingFactAttribute() => Skip = Directory.Exists(SharedData.Root) ? null : "no recordings in ../shared/data";
}

internal static class SharedData
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RepositoryFolder.Root, "..", "shared", "data"));

    public static string[] Levels => [.. Directory.GetFiles(Path.Combine(Root, "flood"), "level_*.csv").Order(StringComparer.Ordinal)];

    public static string Smoke => Path.Combine(Root, "smoke", "smoke_detection_iot.csv");
}
