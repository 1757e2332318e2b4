using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>
/// One entry of a case's append-only history. The set is closed: <see cref="Case.Apply"/> knows each one, and its <c>type</c> in JSON is
/// stored for ever, so a kind may be added but never renamed. Immutable.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CaseCollected), "collected")]
[JsonDerivedType(typeof(CaseFiled), "filed")]
[JsonDerivedType(typeof(CaseUnowned), "unowned")]
[JsonDerivedType(typeof(CaseDispatched), "dispatched")]
[JsonDerivedType(typeof(CaseReopened), "reopened")]
[JsonDerivedType(typeof(CaseAccepted), "accepted")]
[JsonDerivedType(typeof(CaseReturned), "returned")]
[JsonDerivedType(typeof(CaseReported), "reported")]
[JsonDerivedType(typeof(VerificationStarted), "verificationStarted")]
[JsonDerivedType(typeof(VerificationFailed), "verificationFailed")]
[JsonDerivedType(typeof(CaseClosed), "closed")]
[JsonDerivedType(typeof(CaseVoided), "voided")]
[JsonDerivedType(typeof(CaseCommented), "commented")]
[JsonDerivedType(typeof(OccurrenceAdded), "occurrence")]
[JsonDerivedType(typeof(AlertPendingAgain), "alertPending")]
[JsonDerivedType(typeof(AlertCleared), "alertCleared")]
[JsonDerivedType(typeof(SeverityRaised), "severityRaised")]
[JsonDerivedType(typeof(ConditionCleared), "conditionCleared")]
[JsonDerivedType(typeof(ConditionBreached), "conditionBreached")]
[JsonDerivedType(typeof(ConditionHeld), "conditionHeld")]
[JsonDerivedType(typeof(ClockReminded), "clockReminded")]
[JsonDerivedType(typeof(ClockOverdue), "clockOverdue")]
[JsonDerivedType(typeof(CaseRequested), "requested")]
[JsonDerivedType(typeof(CaseRequestDenied), "requestDenied")]
[JsonDerivedType(typeof(CaseDeferred), "deferred")]
[JsonDerivedType(typeof(CaseExtended), "extended")]
[JsonDerivedType(typeof(CaseDeferralEnded), "deferralEnded")]
[JsonDerivedType(typeof(CaseSupervised), "supervised")]
[JsonDerivedType(typeof(CaseWhistled), "whistled")]
[JsonDerivedType(typeof(PartyArrived), "arrived")]
[JsonDerivedType(typeof(CaseMerged), "merged")]
[JsonDerivedType(typeof(CaseMemberJoined), "memberJoined")]
[JsonDerivedType(typeof(CaseReportJoined), "reportJoined")]
[JsonDerivedType(typeof(CaseStormJoined), "stormJoined")]
[JsonDerivedType(typeof(StormChildJoined), "childJoined")]
[JsonDerivedType(typeof(CaseEvaluated), "evaluated")]
[JsonDerivedType(typeof(EvidenceSealed), "evidenceSealed")]
[JsonDerivedType(typeof(CaseRated), "rated")]
public abstract record CaseEvent
{
    private protected CaseEvent()
    {
    }

    /// <summary>Actor of everything the gateway does by itself.</summary>
    public const string GatewayActor = "gateway";

    /// <summary>The case.</summary>
    public string CaseNo { get; init; } = "";

    /// <summary>Place in the case's history, from 1 without gaps.</summary>
    public int Sequence { get; init; }

    /// <summary>Log time. A clock's event has the time the clock was due, however late it was looked at.</summary>
    public EventTime At { get; init; }

    /// <summary>Who did it: an account or unit, or <see cref="GatewayActor"/>.</summary>
    public string Actor { get; init; } = GatewayActor;

    /// <summary>Log offset of the record that caused it; for a clock's event, of the record that started the clock.</summary>
    public long Offset { get; init; }

    /// <summary>One line for people.</summary>
    [JsonIgnore]
    public string Summary => Describe();

    /// <summary>Makes <see cref="Summary"/>. Not a property: an override of one is serialised, whatever its base says.</summary>
    private protected abstract string Describe();
}
