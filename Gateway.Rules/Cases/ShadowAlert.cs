using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>What a rule in shadow mode would have done: an alert of it that fired, or ended, and the case it would have filed or joined.</summary>
/// <param name="Rule">The rule that decided.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Kind">Firing, resolved or withdrawn.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="At">Log time.</param>
/// <param name="OccurredAt">Observation time of the first breaching reading.</param>
/// <param name="Cause">The condition with its values.</param>
/// <param name="Offset">Log offset of the record that caused it.</param>
/// <param name="IsAbsence">Whether it is about silence.</param>
/// <param name="CaseKey">Key of the case it would have filed or joined; empty where the rule files none.</param>
public sealed record ShadowAlert(
    RuleReference Rule, string DeviceId, AlertTransitionKind Kind, AlertSeverity Severity, EventTime At, EventTime OccurredAt, string Cause, long Offset, string CaseKey, bool IsAbsence)
{
    /// <summary>The record of a transition; null for a rule that acts, and for what is neither a beginning nor an end.</summary>
    public static ShadowAlert? Of(AlertTransition transition, AlertContext context, CaseSettings settings) =>
        context.Rule.Mode == Files.RuleMode.Shadow && transition.Kind is AlertTransitionKind.Firing or AlertTransitionKind.Resolved or AlertTransitionKind.Withdrawn
            ? new ShadowAlert(
                new RuleReference(context.Rule.Alert.Location.File, context.Rule.Alert.Text, context.RuleSha256),
                context.Device.Id,
                transition.Kind,
                transition.Severity,
                transition.At,
                transition.OccurredAt,
                transition.Cause,
                context.Offset,
                context.Rule.Case is { } definition ? Cases.CaseKey.For(definition, context.Device, settings.Areas).ToString() : "",
                transition.IsAbsence)
            : null;
}
