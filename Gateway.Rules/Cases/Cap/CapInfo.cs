namespace Gateway.Rules.Cases.Cap;

/// <summary>What a message says, in one language (CAP 1.2, 3.2.2). Members stand in the order of the schema. Immutable.</summary>
public sealed record CapInfo
{
    /// <summary>Language of the texts, RFC 3066. The schema's default is <c>en-US</c>.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>Kinds of event, one at least.</summary>
    public required IReadOnlyList<CapCategory> Categories { get; init; }

    /// <summary>Name of the kind of event.</summary>
    public required string Event { get; init; }

    /// <summary>What to do.</summary>
    public IReadOnlyList<CapResponseType> ResponseTypes { get; init; } = [];

    /// <summary>How soon.</summary>
    public required CapUrgency Urgency { get; init; }

    /// <summary>How bad.</summary>
    public required CapSeverity Severity { get; init; }

    /// <summary>How sure.</summary>
    public required CapCertainty Certainty { get; init; }

    /// <summary>Codes of the kind of event.</summary>
    public IReadOnlyList<CapValue> EventCodes { get; init; } = [];

    /// <summary>From when the information holds; null for from when it is sent.</summary>
    public DateTimeOffset? Effective { get; init; }

    /// <summary>When the event begins or began; null when nobody said.</summary>
    public DateTimeOffset? Onset { get; init; }

    /// <summary>Until when the information holds; null when nobody said.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The authority, for people; empty for none.</summary>
    public string SenderName { get; init; } = "";

    /// <summary>One line; at most 160 characters reach every display.</summary>
    public string Headline { get; init; } = "";

    /// <summary>What happened.</summary>
    public string Description { get; init; } = "";

    /// <summary>What to do about it.</summary>
    public string Instruction { get; init; } = "";

    /// <summary>What else belongs to it.</summary>
    public IReadOnlyList<CapValue> Parameters { get; init; } = [];

    /// <summary>Where.</summary>
    public IReadOnlyList<CapArea> Areas { get; init; } = [];
}

/// <summary>A place (CAP 1.2, 3.2.4): the union of its shapes. Immutable.</summary>
public sealed record CapArea
{
    /// <summary>The place for people.</summary>
    public required string Description { get; init; }

    /// <summary>Closed rings of WGS 84 points, four at least, the first one last again.</summary>
    public IReadOnlyList<IReadOnlyList<CapPoint>> Polygons { get; init; } = [];

    /// <summary>Circles.</summary>
    public IReadOnlyList<CapCircle> Circles { get; init; } = [];

    /// <summary>Codes of the place.</summary>
    public IReadOnlyList<CapValue> Geocodes { get; init; } = [];
}

/// <summary>A WGS 84 point.</summary>
/// <param name="Latitude">Degrees, -90 to 90.</param>
/// <param name="Longitude">Degrees, -180 to 180.</param>
public readonly record struct CapPoint(double Latitude, double Longitude)
{
    /// <summary>Whether there is such a point.</summary>
    public bool IsOnEarth => Math.Abs(Latitude) <= 90 && Math.Abs(Longitude) <= 180; // false for what is not a number, too
}

/// <summary>A circle.</summary>
/// <param name="Centre">Its centre.</param>
/// <param name="RadiusKilometres">Its radius, zero or more.</param>
public readonly record struct CapCircle(CapPoint Centre, double RadiusKilometres);
