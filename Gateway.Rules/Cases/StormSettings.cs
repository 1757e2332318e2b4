using Gateway.Rules.Areas;

namespace Gateway.Rules.Cases;

/// <summary>When many cases are one storm 风暴, and how many of them get a case of their own. Immutable.</summary>
public sealed record StormSettings
{
    /// <summary>What follows the family in the event kind of a storm: <c>flood.storm</c>.</summary>
    public const string EventEnding = ".storm";

    /// <summary>Largest number that <see cref="Community"/>, <see cref="Street"/>, <see cref="District"/>, <see cref="City"/> and <see cref="Children"/> may be.</summary>
    public const int Limit = 1000;

    /// <summary>How close together cases must open to be one storm. Default 15 minutes.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Open cases of one family in one community, opened within the window, that are a storm; 0 for never. Default 5.</summary>
    public int Community { get; init; } = 5;

    /// <summary>The same in one street. Default 20.</summary>
    public int Street { get; init; } = 20;

    /// <summary>The same in one district. Default 60.</summary>
    public int District { get; init; } = 60;

    /// <summary>The same in the city. Default 200.</summary>
    public int City { get; init; } = 200;

    /// <summary>
    /// Cases that are part of a community's storm; what breaches beyond them, or while a wider storm is on, joins the storm's own case.
    /// Default 20.
    /// </summary>
    public int Children { get; init; } = 20;

    /// <summary>Families whose cases are never a storm. Default none.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Open cases that are a storm in a unit of this level; <see cref="int.MaxValue"/> where none is.</summary>
    public int From(AreaLevel level)
    {
        int from = level switch
        {
            AreaLevel.Community => Community,
            AreaLevel.Street => Street,
            AreaLevel.District => District,
            AreaLevel.City => City,
            _ => 0,
        };
        return from == 0 ? int.MaxValue : from;
    }

    /// <summary>The first part of an event kind: <c>flood</c> of <c>flood.underpass</c>.</summary>
    public static string FamilyOf(string eventKind) => eventKind.Split('.', 2)[0];
}
