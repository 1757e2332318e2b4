namespace Gateway.Rules.Files;

/// <summary>What came of reading a city folder.</summary>
/// <param name="City">The city, or null when some finding is an error.</param>
/// <param name="Findings">All findings of all files, by file, line and column.</param>
public sealed record CityReadResult(CityDefinition? City, IReadOnlyList<Finding> Findings);
