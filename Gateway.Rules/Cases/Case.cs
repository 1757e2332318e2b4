using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>How sure it is (CAP's words).</summary>
public enum CaseCertainty : byte
{
    /// <summary>One device saw it.</summary>
    Likely,

    /// <summary>Two or more independent devices saw it.</summary>
    Observed,
}

/// <summary>
/// A case 案卷: work that people own; an alert clears by itself, a case only by verification. It is the fold of its events and nothing
/// else; <see cref="Apply"/> is the only way to get one. Immutable. Its size is bounded: the history is kept by the store, and of the
/// evidence the first and the latest entries are held here.
/// </summary>
public sealed record Case
{
    /// <summary>Evidence entries held at most: half the first ones, half the latest ones. All of them stand in the events.</summary>
    public const int EvidenceCountLimit = 32;

    /// <summary>The number people use: <c>AJ-yyyyMMdd-NNNNNN</c>, city-local date of filing.</summary>
    public required string CaseNo { get; init; }

    /// <summary>The number's sequence over all cases.</summary>
    public required long Number { get; init; }

    /// <summary>What never changes.</summary>
    public required CaseFacts Facts { get; init; }

    /// <summary>The stage.</summary>
    public CaseStatus Status { get; init; }

    /// <summary>Worst severity so far.</summary>
    public AlertSeverity Severity { get; init; }

    /// <summary>One device, or several.</summary>
    public CaseCertainty Certainty { get; init; }

    /// <summary>Log time of collection.</summary>
    public EventTime OpenedAt { get; init; }

    /// <summary>Log time of the latest event.</summary>
    public EventTime UpdatedAt { get; init; }

    /// <summary>The unit that leads; the territory's code while unowned; empty before dispatch.</summary>
    public string Lead { get; init; } = "";

    /// <summary>Units that help.</summary>
    public IReadOnlyList<string> CoHandlers { get; init; } = [];

    /// <summary>结案条件, for people.</summary>
    public string ClosingCondition { get; init; } = "";

    /// <summary>Limits of the route it is on; null before dispatch.</summary>
    public TimeLimits? Limits { get; init; }

    /// <summary>The latest clock of each kind.</summary>
    public IReadOnlyList<CaseClock> Clocks { get; init; } = [];

    /// <summary>The furthest any clock of its own has climbed, or it was supervised; how far the clock of a summoned party has, that clock says.</summary>
    public EscalationLevel Escalation { get; init; }

    /// <summary>How many alerts have fired or recurred.</summary>
    public int Occurrences { get; init; }

    /// <summary>Its alerts, in the order they joined.</summary>
    public IReadOnlyList<CaseAlert> Alerts
    {
        get => AlertList;
        init => AlertList = CaseAlertList.From(value);
    }

    /// <summary><see cref="Alerts"/>, with quick look-up.</summary>
    internal CaseAlertList AlertList { get; private init; } = CaseAlertList.Empty;

    /// <summary>Since when no alert holds; null while one does, or where no alert ever did.</summary>
    public EventTime? ClearedAt { get; init; }

    /// <summary>How often verification failed.</summary>
    public int Reworks { get; init; }

    /// <summary>How often it was returned 退单.</summary>
    public int Returns { get; init; }

    /// <summary>How often it was returned since somebody last accepted it, as far as <see cref="CaseReturned.InARow"/> says.</summary>
    public int ReturnsInARow { get; init; }

    /// <summary>How often it was reopened.</summary>
    public int Reopens { get; init; }

    /// <summary>Who accepted it last; empty before.</summary>
    public string AcceptedBy { get; init; } = "";

    /// <summary>Who reported it done last; empty before, and again after a failed verification.</summary>
    public string ReportedBy { get; init; } = "";

    /// <summary>
    /// Who ever accepted it or reported it done, in the order they first did, at most <see cref="CaseHands.Limit"/>; of what an earlier version wrote,
    /// only who did so last. Nobody falls out of it: where it is full, the case takes no further handler.
    /// </summary>
    public IReadOnlyList<string> Handlers { get; init => field = value ?? []; } = [];

    /// <summary>Who ever put it under supervision 督办 or decided what was asked for, as <see cref="Handlers"/> in all else.</summary>
    public IReadOnlyList<string> Supervisors { get; init => field = value ?? []; } = [];

    /// <summary>When it was reported done; null before, and again after a failed verification.</summary>
    public EventTime? ReportedAt { get; init; }

    /// <summary>What the handler has asked for and nobody has decided yet; null for nothing.</summary>
    public CaseRequest? Request { get; init; }

    /// <summary>Until when it is put off 缓办: its clocks stand still; null while it is not.</summary>
    public EventTime? DeferredUntil { get; init; }

    /// <summary>How often it was put off 缓办.</summary>
    public int Deferrals { get; init; }

    /// <summary>How often its limit was put off 延期.</summary>
    public int Extensions { get; init; }

    /// <summary>How often other units were summoned 吹哨.</summary>
    public int Whistles { get; init; }

    /// <summary>The case it goes on as part of 并案; empty for none.</summary>
    public string MergedInto { get; init => field = value ?? ""; } = "";

    /// <summary>The cases that go on as part of it 并案.</summary>
    public IReadOnlyList<CaseMember> Members { get; init => field = value ?? []; } = [];

    /// <summary>What it stands for besides what it was opened for, in the order it came.</summary>
    public IReadOnlyList<CasePlace> Places { get; init => field = value ?? []; } = [];

    /// <summary>When the first breaching reading was of the cases that were merged into it; null for none.</summary>
    public EventTime? MembersSensedAt { get; init; }

    /// <summary>When people first reported one of the cases that were merged into it; null for nobody.</summary>
    public EventTime? MembersToldAt { get; init; }

    /// <summary>The storm it is part of; empty for none.</summary>
    public string Storm { get; init => field = value ?? ""; } = "";

    /// <summary>Of a storm: the cases that are part of it, each with work and verification of its own.</summary>
    public IReadOnlyList<string> Children { get; init => field = value ?? []; } = [];

    /// <summary>What people reported of it, the first ones, at most <see cref="EvidenceCountLimit"/>. All stand in the events.</summary>
    public IReadOnlyList<CaseReport> Reports { get; init => field = value ?? []; } = [];

    /// <summary>How often people reported it.</summary>
    public int ReportCount { get; init; }

    /// <summary>How it went, 1 to 5; null before its evaluation.</summary>
    public int? Score { get; init; }

    /// <summary>What somebody it was closed for thinks of it 群众评价, 1 to 5; null for nothing yet, and again once it is reopened.</summary>
    public int? Rating { get; init; }

    /// <summary>When it was closed; null while it is not.</summary>
    public EventTime? ClosedAt { get; init; }

    /// <summary>Of a storm that is over: how soon a recurrence reopens it, by the rules of the day it closed; zero for never, and where an earlier version closed it.</summary>
    public TimeSpan StormReopenWithin { get; init; }

    /// <summary>The first and the latest evidence, at most <see cref="EvidenceCountLimit"/>.</summary>
    public IReadOnlyList<CaseEvidence> Evidence { get; init; } = [];

    /// <summary>Sequence of the latest event.</summary>
    public int Sequence { get; init; }

    /// <summary>Sequence of the event whose evidence was sealed last; 0 for none.</summary>
    public int SealedDecision { get; init; }

    /// <summary>Whether someone still has to do something.</summary>
    [JsonIgnore]
    public bool IsOpen => Status.IsOpen();

    /// <summary>Whether it stands for many cases of one family in one unit: it closes when they are over, and what alerts of its own it has.</summary>
    [JsonIgnore]
    public bool IsStorm => Facts.Key.Scope == CaseScope.Area;

    /// <summary>A recurrence within this time of closing reopens it; zero for never.</summary>
    [JsonIgnore]
    public TimeSpan ReopenWithin => IsStorm && StormReopenWithin > Facts.ReopenWithin ? StormReopenWithin : Facts.ReopenWithin;

    /// <summary>Until when a recurrence reopens it, inclusive; null while it is not closed or where it is never reopened.</summary>
    [JsonIgnore]
    public EventTime? ReopenUntil =>
        Status is CaseStatus.Closed or CaseStatus.Evaluated && ClosedAt is { } closed && ReopenWithin > TimeSpan.Zero ? closed + ReopenWithin : null;

    /// <summary>A reading observed at this time or later shows that the clear state held; null while there is nothing to show.</summary>
    [JsonIgnore]
    public EventTime? HoldUntil =>
        Status == CaseStatus.Verifying && ReportedAt is { } reported && ClearedAt is { } cleared
            ? EventTime.Max(reported, cleared) + Facts.VerifyHold
            : null;

    /// <summary>Observation time of the first breaching reading; of a case that people reported first, of the one with which an alert first fired. Null for none.</summary>
    [JsonIgnore]
    public EventTime? FirstSensedAt => Earlier(MembersSensedAt, Facts.Source == CaseFacts.SensorSource ? Facts.OccurredAt : Evidence.Count > 0 ? Evidence[0].ObservedAt : null);

    /// <summary>Log time at which people first reported it; null for nobody.</summary>
    [JsonIgnore]
    public EventTime? FirstToldAt => Earlier(MembersToldAt, Reports.Count > 0 ? Reports[0].At : null);

    /// <summary>
    /// How long before the first report of a person a sensor saw it 未诉先办; negative where people were first, null where one of the two said nothing,
    /// and for a storm, which is many matters.
    /// </summary>
    [JsonIgnore]
    public TimeSpan? LeadTime => IsStorm ? null : FirstToldAt - FirstSensedAt;

    /// <summary>
    /// Log time at which a citizen first reported it, see <see cref="CaseFacts.IsCitizen"/>; null for nobody. Of the cases that were merged into it nobody
    /// knows any more who reported them: whoever did is taken for a citizen, so that no sensor is called first that was not.
    /// </summary>
    [JsonIgnore]
    public EventTime? FirstCitizenAt =>
        Earlier(MembersToldAt, CaseFacts.IsCitizen(Facts.Source) ? OpenedAt : Reports.FirstOrDefault(r => CaseFacts.IsCitizen(r.Source))?.At);

    /// <summary>Who was first with it 未诉先办, as <see cref="LeadTime"/> without what patrols and other systems reported.</summary>
    [JsonIgnore]
    public CaseFirst First
    {
        get
        {
            // What a sensor opened nobody had reported: a device whose clock is ahead does not turn that round.
            EventTime? sensed = FirstSensedAt is { } at && Facts.Source == CaseFacts.SensorSource ? EventTime.Min(at, OpenedAt) : FirstSensedAt;
            EventTime? told = FirstCitizenAt;
            return sensed is null && told is null ? CaseFirst.None : sensed is null || told < sensed ? CaseFirst.Citizen : CaseFirst.Sensor;
        }
    }

    /// <summary>The keys it stands for: its own, and those of what joined it.</summary>
    [JsonIgnore]
    internal IEnumerable<CaseKey> Keys => Members.Select(m => m.Key).Concat(Places.Select(p => p.Key)).Prepend(Facts.Key);

    /// <summary>Units that were summoned and are not there yet.</summary>
    [JsonIgnore]
    public IEnumerable<string> Awaited => Clocks.Where(k => k.Kind == ClockKind.Arrive && k.StoppedAt is null).Select(k => k.Party);

    /// <summary>When some clock next has something to say, or a deferral ends; null for never.</summary>
    [JsonIgnore]
    public EventTime? NextClockAt
    {
        get
        {
            EventTime? next = DeferredUntil;
            foreach (CaseClock clock in Clocks)
            {
                next = clock.NextAt is { } at && (next is null || at < next) ? at : next;
            }

            return next;
        }
    }

    /// <summary>The case after one more event.</summary>
    /// <param name="state">The case so far; null before its first event.</param>
    /// <param name="next">The event.</param>
    /// <exception cref="InvalidOperationException">The event is not the next one of this case: a history has been edited or mixed up.</exception>
    public static Case Apply(Case? state, CaseEvent next) => CaseFold.Apply(state, next);

    /// <summary>The case that a whole history makes; null for an empty one.</summary>
    /// <exception cref="InvalidOperationException">As <see cref="Apply"/>.</exception>
    public static Case? Fold(IEnumerable<CaseEvent> history)
    {
        Case? state = null;
        foreach (CaseEvent next in history)
        {
            state = Apply(state, next);
        }

        return state;
    }

    internal static EventTime? Earlier(EventTime? left, EventTime? right) => left is null || right < left ? right ?? left : left;
}
