namespace Gateway.Rules.Files;

/// <summary>What came of reading a city folder.</summary>
/// <param name="City">The city, or null when some finding is an error.</param>
/// <param name="Draft">The city as far as it could be read, without devices when there are errors: for checks that can still be made.</param>
/// <param name="Findings">All findings of all files, by file, line and column.</param>
public sealed record CityReadResult(CityDefinition? City, CityDefinition Draft, IReadOnlyList<Finding> Findings);
