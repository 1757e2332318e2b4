namespace Gateway.Benchmarks.EndToEnd;

/// <summary>Chooses detectors whose alarms open a case each: the sample city's rule files one case a building.</summary>
internal static class BreachDevices
{
    private const int IdColumn = 0;
    private const int BuildingColumn = 3;

    /// <summary>So many detectors, each in a building of its own, none among the first <paramref name="after"/>.</summary>
    /// <exception cref="MeasurementException">The city has fewer buildings.</exception>
    public static IReadOnlyList<string> Choose(string city, int after, int count)
    {
        string[] chosen = [.. File.ReadLines(Path.Combine(city, "devices", "smoke.csv"))
            .Skip(1 + after)
            .Select(line => line.Split(','))
            .Where(columns => columns[BuildingColumn].Length > 0)
            .DistinctBy(columns => columns[BuildingColumn])
            .Select(columns => columns[IdColumn])
            .Take(count)];
        return chosen.Length == count ? chosen : throw new MeasurementException($"the generated city has detectors in {chosen.Length} buildings only: ask for fewer --breaches");
    }
}
