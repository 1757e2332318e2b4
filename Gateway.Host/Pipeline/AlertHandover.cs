using Gateway.Host.City;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Host.Pipeline;

/// <summary>From alerts to cases: looks up what stands behind the names of a transition, in the snapshot that knows it.</summary>
internal static class AlertHandover
{
    /// <summary>Hands transitions to the cases.</summary>
    /// <param name="transitions">In order.</param>
    /// <param name="city">The snapshot at work.</param>
    /// <param name="before">The one before it: an alert whose rule or device is gone is withdrawn, and that one still knows them.</param>
    /// <param name="offset">Log offset of the record that caused them.</param>
    /// <param name="values">The reading as text; empty where none caused them.</param>
    /// <param name="observer">Sees each before its case does; may be null.</param>
    /// <param name="book">The cases.</param>
    /// <param name="effects">Where the effects go.</param>
    public static void Hand(
        IReadOnlyList<AlertTransition> transitions, CitySnapshot city, CitySnapshot? before, long offset, string values, Action<AlertTransition, long>? observer, CaseBook book, FrameEffects effects)
    {
        foreach (AlertTransition transition in transitions)
        {
            CitySnapshot ruleOf = transition.Rule >= 0 ? city : before!;
            CitySnapshot deviceOf = transition.DeviceIndex >= 0 ? city : before!;
            RuleDefinition rule = ruleOf.Definition.Rules.First(r => r.Alert.Text == transition.RuleName);
            AlertContext context = new()
            {
                Rule = rule,
                RuleSha256 = ruleOf.HashOf(rule),
                Device = deviceOf.Definition.Devices.Find(transition.DeviceId)!,
                Offset = offset,
                Values = values,
            };
            observer?.Invoke(transition, offset);
            book.Handle(transition, context, effects.Cases);
        }
    }
}
