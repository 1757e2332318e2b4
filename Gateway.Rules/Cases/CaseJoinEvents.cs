using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>A case that goes on as part of another.</summary>
/// <param name="CaseNo">Its number.</param>
/// <param name="Key">What it was about: what happens there now joins the other case.</param>
public sealed record CaseMember(string CaseNo, CaseKey Key);

/// <summary>What a person or another system reported. It has no place for who they are.</summary>
/// <param name="At">Log time.</param>
/// <param name="OccurredAt">When it was seen.</param>
/// <param name="Source">How it came: <c>hotline</c>, <c>patrol</c>, <c>citizen</c> ...</param>
/// <param name="ExternalId">The number it has where it came from; empty for none. A report with the same source and number is the same report.</param>
/// <param name="Description">What was seen.</param>
public sealed record CaseReport(EventTime At, EventTime OccurredAt, string Source, string ExternalId, string Description)
{
    /// <summary>Code of the unit it names; empty where an earlier version wrote it.</summary>
    public string Area { get; init => field = value ?? ""; } = "";

    /// <summary>The building it names; empty for none.</summary>
    public string Building { get; init => field = value ?? ""; } = "";

    /// <summary>The address it names; empty for none.</summary>
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>WGS 84 latitude it names, degrees; null for none.</summary>
    public double? Latitude { get; init; }

    /// <summary>WGS 84 longitude it names, degrees; null for none.</summary>
    public double? Longitude { get; init; }

    /// <summary>The report that an event brings; null for none.</summary>
    public static CaseReport? In(CaseEvent next) => (next as CaseCollected)?.Report ?? (next as CaseReportJoined)?.Report;
}

/// <summary>并案: it goes on as part of another case.</summary>
/// <param name="Into">The other case's number.</param>
/// <param name="Reason">Why.</param>
public sealed record CaseMerged(string Into, string Reason) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() => $"merged into {Into}{CaseText.Remark(Reason)}";
}

/// <summary>并案: another case goes on as part of this one, and brings what it has.</summary>
/// <param name="Member">The other case.</param>
/// <param name="Alerts">Its alerts: this case closes only when they have cleared too.</param>
/// <param name="Occurrences">Its occurrences.</param>
/// <param name="ReportCount">How often people reported it.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="Certainty">How sure it was.</param>
/// <param name="Reason">Why.</param>
public sealed record CaseMemberJoined(
    CaseMember Member, IReadOnlyList<CaseAlert> Alerts, int Occurrences, int ReportCount, AlertSeverity Severity, CaseCertainty Certainty, string Reason) : CaseEvent
{
    /// <summary>
    /// How sure the two are together: what people said of the one and a sensor of the other are two sources. <see cref="CaseCertainty.Likely"/> where an
    /// earlier version wrote it, which counted devices only.
    /// </summary>
    public CaseCertainty Together { get; init; }

    /// <summary>Who handled it; empty where an earlier version wrote it.</summary>
    public IReadOnlyList<string> Handlers { get; init => field = value ?? []; } = [];

    /// <summary>Who supervised it; empty where an earlier version wrote it.</summary>
    public IReadOnlyList<string> Supervisors { get; init => field = value ?? []; } = [];

    /// <summary>Where it was, and every other place it stood for; empty in histories of before places were known.</summary>
    public IReadOnlyList<CasePlace> Places { get; init => field = value ?? []; } = [];

    /// <summary>When its first breaching reading was; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EventTime? SensedAt { get; init; }

    /// <summary>When people first reported it; null for nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EventTime? ToldAt { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"{Member.CaseNo} was merged into this case{CaseText.Remark(Reason)}";
}

/// <summary>People reported what the case is about.</summary>
/// <param name="Report">What they said.</param>
public sealed record CaseReportJoined(CaseReport Report) : CaseEvent
{
    /// <summary>What it names more closely than the case was known, and the case is about from now on; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CasePlace? Place { get; init; }

    /// <inheritdoc />
    private protected override string Describe() => $"reported by {Report.Source}{CaseText.Remark(Report.Description)}";
}
