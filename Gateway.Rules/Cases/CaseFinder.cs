using System.Runtime.CompilerServices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>Which held case an alert or a report belongs to. What it answers follows from the held cases alone.</summary>
/// <param name="index">The held cases.</param>
internal sealed class CaseFinder(CaseIndex index)
{
    // Held cases of an earlier area tree, by number: a device that a re-cut moved still belongs to its case there.
    private readonly List<string> _earlier = [];

    // By the facts of a case, which stay the same while it changes: to work them out costs far more than to compare them, and a report looks at all of its kind.
    private ConditionalWeakTable<CaseFacts, MatterPlace[]> _places = [];

    /// <summary>Another area tree may hold.</summary>
    public void Renew(AreaTree areas)
    {
        _places = [];
        _earlier.Clear();
        _earlier.AddRange(index.Cases.Where(c => c.Facts.AreaVersion != areas.Version && !c.IsStorm).OrderBy(c => c.Number).Select(c => c.CaseNo));
    }

    /// <summary>The case that knows an alert: it has it, or a storm had it, or it is the one of its key.</summary>
    /// <param name="context">What stands behind the alert.</param>
    /// <param name="definition">What its rule files; null for nothing.</param>
    /// <param name="areas">The tree that holds now.</param>
    public Case? OfAlert(AlertContext context, CaseDefinition? definition, AreaTree areas) =>
        index.ByAlert(context.Rule.Alert.Text, context.Device.Id) ?? index.StormOf(context.Rule.Alert.Text, context.Device.Id)
        ?? (definition is null ? null : index.ByKey(CaseKey.For(definition, context.Device, areas)) ?? OfEarlierTree(definition.Event.Text, context.Device.Id)
            ?? index.ClosedStormOf(context.Rule.Alert.Text, context.Device.Id));

    /// <summary>The open case that people reported and that a breach, which no case knows, is about. Not one that was put off: its clocks stand still, and what breaches now does not wait.</summary>
    public Case? OfBreach(AlertContext context, CaseDefinition definition, CaseSettings settings) =>
        MatterPlace.Of(context.Device, settings.Areas).Find(index.Unsensed(definition.Event.Text).Where(c => c is { IsOpen: true, DeferredUntil: null } && c.Facts.Exercise == settings.Exercise), c => PlacesOf(c, settings.Areas));

    /// <summary>
    /// The case a report belongs to: an open one of its key, else an open one about the same matter, else one that is closed and may be reopened,
    /// found the same way.
    /// </summary>
    public Case? OfReport(CaseIntake intake, CaseSettings settings)
    {
        CaseKey own = CaseIntakeDecider.KeyOf(intake, settings);
        MatterPlace place = MatterPlace.Of(intake, settings.Areas);

        // A grid's case may be about another building by now; only the key it would open a case of leaves no choice.
        Case[] ofKey = [.. CaseIntakeDecider.Keys(intake, settings.Areas).Where(k => index.ByKey(k) is { } c && (k == own || !place.IsElsewhere(c, PlacesOf(c, settings.Areas)))).Select(k => index.ByKey(k)!)];
        Case? Near(bool isOpen) => place.Find(index.OfKind(intake.Event).Where(c => c.IsOpen == isOpen && c.Facts.Exercise == settings.Exercise), c => PlacesOf(c, settings.Areas));
        return Array.Find(ofKey, c => c.IsOpen) ?? Near(isOpen: true) ?? ofKey.FirstOrDefault() ?? Near(isOpen: false);
    }

    private MatterPlace[] PlacesOf(Case c, AreaTree areas)
    {
        if (!_places.TryGetValue(c.Facts, out MatterPlace[]? places) || places.Length != c.Places.Count + 1)
        {
            _places.AddOrUpdate(c.Facts, places = MatterPlace.Of(c, areas));
        }

        return places;
    }

    /// <summary>The case of an earlier tree that has an alert of this device and is about the same kind of event; open ones first; null for none.</summary>
    private Case? OfEarlierTree(string kind, string deviceId)
    {
        Case? found = null;
        for (int i = _earlier.Count - 1; i >= 0; i--)
        {
            if (index.Find(_earlier[i]) is not { } held)
            {
                _earlier.RemoveAt(i); // over for good
            }
            else if (held.Facts.Key.Event == kind && (found is null || held.IsOpen) && held.AlertList.Of(deviceId).Any())
            {
                found = held;
            }
        }

        return found;
    }
}
