using Gateway.Host.City;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

/// <summary>The fixtures: a small good city, and folders of files that replace some of it with bad ones.</summary>
internal static class CityFixtures
{
    public const string ExpectedFile = "expected.txt";

    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static string BadRoot => Path.Combine(Root, "city-bad");

    public static IReadOnlyList<CityFile> Good() => CityFolder.Read(Path.Combine(Root, "city-good")).Files;

    /// <summary>The good city with some files replaced or added.</summary>
    public static IReadOnlyList<CityFile> With(params IReadOnlyList<CityFile> files) =>
        [.. Good().Where(good => files.All(f => f.Path != good.Path)), .. files];

    public static IReadOnlyList<CityFile> Bad(string name) =>
        With([.. CityFolder.Read(Path.Combine(BadRoot, name)).Files.Where(f => !f.Path.StartsWith("expected.", StringComparison.Ordinal))]);

    public static IReadOnlyList<string> Lines(IEnumerable<Finding> findings) => [.. findings.Select(f => f.ToString())];
}
