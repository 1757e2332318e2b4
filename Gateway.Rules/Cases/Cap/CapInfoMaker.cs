using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases.Cap;

/// <summary>
/// A case in one language, and how its words map to CAP's.
/// <code>
/// severity   Emergency Extreme, Critical Severe, Warning Moderate, Info Minor; a false alarm Unknown
/// certainty  Observed Observed, Likely Likely; a false alarm Unlikely
/// urgency    the condition holds: Critical and above Immediate, Warning Expected, Info Future
///            it has cleared and is not verified: as above, but Expected at most; closed, voided, merged: Past
/// category   fire Fire; flood Met and Infra, on roads and in underpasses Met and Transport; security Security; traffic Transport; device
///            and utility Infra; air, water and pollution Env; health Health; order Safety; anything else Other
/// response   fire Evacuate from Critical, else Monitor; flood Avoid from Warning; security Avoid from Critical; otherwise Assess, in
///            restricted messages only; closed, voided AllClear
/// </code>
/// </summary>
internal static class CapInfoMaker
{
    public static CapInfo Make(Case state, CapView view, CapLanguage language, DateTimeOffset sent, DateTimeOffset expires, CapSettings settings)
    {
        CaseFacts facts = state.Facts;
        bool isPublic = settings.Publication?.Covers(facts) ?? false;
        DateTimeOffset onset = CapTime.Local(facts.OccurredAt, settings.TimeZone);
        CapResponseType? response = ResponseOf(facts.Key.Event, view, isPublic);
        string senderName = isPublic ? settings.Publication!.Authority : settings.SenderName;
        return new CapInfo
        {
            Language = language.Code,
            Categories = CategoriesOf(facts.Key.Event),
            Event = language.EventName(facts.Key.Event),
            ResponseTypes = response is { } known ? [known] : [],
            Urgency = UrgencyOf(state, view),
            Severity = view.Phase == CapPhase.False ? CapSeverity.Unknown : SeverityOf(view.Severity),
            Certainty = view.Phase == CapPhase.False ? CapCertainty.Unlikely : view.Certainty == CaseCertainty.Observed ? CapCertainty.Observed : CapCertainty.Likely,
            EventCodes = [new CapValue("gateway:event", CapName.Line(facts.Key.Event, CapTexts.NameLengthLimit))],
            Effective = sent,
            Onset = onset,
            Expires = expires,
            SenderName = CapName.Line(senderName, CapTexts.NameLengthLimit),
            Headline = CapTexts.Headline(state, view, language, settings),
            Description = CapTexts.Description(state, view, language, settings),
            Instruction = response is { } asked ? language.Instruction(asked) : "",
            Parameters =
            [
                new CapValue("caseNo", CapName.From(state.CaseNo)),
                .. facts.Rule is { } rule ? [new CapValue("rule", CapName.Line(rule.Name, CapTexts.NameLengthLimit))] : Array.Empty<CapValue>(),
            ],
            Areas = [CapPlace.Of(facts, settings)],
        };
    }

    private static CapSeverity SeverityOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Emergency => CapSeverity.Extreme,
        AlertSeverity.Critical => CapSeverity.Severe,
        AlertSeverity.Warning => CapSeverity.Moderate,
        AlertSeverity.Info => CapSeverity.Minor,
        _ => CapSeverity.Unknown,
    };

    private static CapUrgency UrgencyOf(Case state, CapView view)
    {
        if (view.Phase != CapPhase.Active)
        {
            return CapUrgency.Past;
        }

        CapUrgency urgency = view.Severity switch
        {
            >= AlertSeverity.Critical => CapUrgency.Immediate,
            AlertSeverity.Warning => CapUrgency.Expected,
            _ => CapUrgency.Future,
        };
        return state.ClearedAt is not null && urgency == CapUrgency.Immediate ? CapUrgency.Expected : urgency;
    }

    private static IReadOnlyList<CapCategory> CategoriesOf(string kind) => Family(kind) switch
    {
        "fire" => [CapCategory.Fire],
        "flood" => kind is "flood.road" or "flood.underpass" ? [CapCategory.Met, CapCategory.Transport] : [CapCategory.Met, CapCategory.Infra],
        "security" => [CapCategory.Security],
        "traffic" => [CapCategory.Transport],
        "device" or "utility" => [CapCategory.Infra],
        "air" or "water" or "pollution" => [CapCategory.Env],
        "health" => [CapCategory.Health],
        "order" => [CapCategory.Safety],
        _ => [CapCategory.Other],
    };

    private static CapResponseType? ResponseOf(string kind, CapView view, bool isPublic) => (view.Phase, Family(kind), view.Severity) switch
    {
        (CapPhase.Over or CapPhase.False, _, _) => CapResponseType.AllClear,
        (CapPhase.Elsewhere, _, _) => null, // the other case says what to do
        (_, "fire", >= AlertSeverity.Critical) => CapResponseType.Evacuate,
        (_, "fire", _) => CapResponseType.Monitor,
        (_, "flood", >= AlertSeverity.Warning) => CapResponseType.Avoid,
        (_, "security", >= AlertSeverity.Critical) => CapResponseType.Avoid,
        _ => isPublic ? null : CapResponseType.Assess,
    };

    private static string Family(string kind) => kind.Split('.', 2)[0];
}
