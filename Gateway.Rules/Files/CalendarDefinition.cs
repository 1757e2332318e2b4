namespace Gateway.Rules.Files;

/// <summary>A working calendar as written: when the clocks of a unit run. All days and hours are in the city's time zone. Immutable.</summary>
public sealed record CalendarDefinition
{
    /// <summary>The id units refer to: lower-case letters, digits, hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public string Title { get; init; } = "";

    /// <summary>The days of the week that are worked, Monday first; at least one.</summary>
    public required IReadOnlyList<DayOfWeek> WorkingDays { get; init; }

    /// <summary>The hours of a working day, ascending and apart; at least one span.</summary>
    public required IReadOnlyList<WorkingHours> WorkingHours { get; init; }

    /// <summary>Days off, by first day.</summary>
    public IReadOnlyList<Holiday> Holidays { get; init; } = [];

    /// <summary>Days worked although the week or a holiday would give them off (调休), ascending.</summary>
    public IReadOnlyList<DateOnly> MakeupWorkdays { get; init; } = [];

    /// <summary>Where its id is written.</summary>
    public required SourceLocation Location { get; init; }
}

/// <summary>One span of working hours within a day.</summary>
/// <param name="From">Time since midnight, inclusive; 0 to below 24 h.</param>
/// <param name="To">Time since midnight, exclusive; above <paramref name="From"/>, up to 24 h.</param>
public readonly record struct WorkingHours(TimeSpan From, TimeSpan To);

/// <summary>A holiday of one or more days.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="From">The first day off.</param>
/// <param name="To">The last day off, inclusive.</param>
public sealed record Holiday(string Name, DateOnly From, DateOnly To);
