using System.Globalization;
using System.Text;

namespace Gateway.Rules.Cases.Cap;

/// <summary>
/// The texts of a message. What people wrote about the work (reasons, remarks, names of those who acted) is left out: it may name persons,
/// and a message goes further than the case does. Every text is bounded.
/// </summary>
internal static class CapTexts
{
    /// <summary>Longest name or value, characters.</summary>
    public const int NameLengthLimit = 120;

    /// <summary>Longest piece of a device's or rule's text, characters.</summary>
    public const int TextLengthLimit = 500;

    /// <summary>Longest headline: what CAP 1.2 says every display can show, characters.</summary>
    public const int HeadlineLengthLimit = 160;

    /// <summary>Why it is not for everybody, in both languages: the element has no language of its own.</summary>
    public const string Restriction =
        "仅供城市治理相关部门内部使用,不是公众预警;公众预警由县级以上人民政府发布。 "
        + "For the city's own departments. Not a public warning: those are issued by governments of counties and above.";

    private const string ExerciseNote = "演练 Exercise: nothing of this is real.";

    /// <summary>One info block each, in this order.</summary>
    public static IReadOnlyList<CapLanguage> Languages { get; } = [CapLanguage.Chinese, CapLanguage.English];

    /// <summary>What a message is for, in English for those who handle messages.</summary>
    public static string Note(Case state, CapView before, CapView after)
    {
        string change = (before.Phase, after.Phase) switch
        {
            (CapPhase.Unknown, _) => "filed",
            (_, CapPhase.Over) => "verified and closed",
            (_, CapPhase.False) => "false alarm: the earlier messages are taken back",
            (_, CapPhase.Elsewhere) => "goes on as part of another case, which has messages of its own",
            _ => Changes(before, after),
        };
        return state.Facts.Exercise ? $"{ExerciseNote} {change}" : change;
    }

    public static string Headline(Case state, CapView view, CapLanguage language, CapSettings settings)
    {
        string exercise = state.Facts.Exercise ? language.ExerciseMark : "";
        string place = CapPlace.NameOf(state.Facts, settings.Areas);
        return CapName.Line($"{exercise}{language.Phase(view.Phase, view.Severity)}{language.EventName(state.Facts.Key.Event)}{language.PlaceMark}{place}", HeadlineLengthLimit);
    }

    public static string Description(Case state, CapView view, CapLanguage language, CapSettings settings)
    {
        string cause = state.Evidence.Count > 0 ? CapName.Line(state.Evidence[^1].Cause, TextLengthLimit) : "";
        string lead = CapName.Line(settings.Units.TryGetValue(view.Lead, out ResponsibleUnit? unit) ? unit.Name : settings.Areas.Find(view.Lead)?.Name ?? view.Lead, NameLengthLimit);
        int devices = state.Alerts.Where(a => a.HasFired).Select(a => a.DeviceId).Distinct(StringComparer.Ordinal).Count();
        var text = new StringBuilder(language.State(view.Phase));
        if (cause.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {string.Format(CultureInfo.InvariantCulture, language.SensedFormat, cause, devices, state.Occurrences)}");
        }

        if (lead.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {string.Format(CultureInfo.InvariantCulture, language.LeadFormat, lead)}");
        }

        return text.ToString();
    }

    private static string Changes(CapView before, CapView after)
    {
        List<string> changes = [];
        if (after.Reopens > before.Reopens || before.Phase != CapPhase.Active)
        {
            changes.Add("reopened");
        }

        if (after.Severity != before.Severity)
        {
            changes.Add($"severity {before.Severity} to {after.Severity}");
        }

        if (after.Certainty != before.Certainty)
        {
            changes.Add($"certainty {before.Certainty} to {after.Certainty}");
        }

        if (after.Lead != before.Lead)
        {
            changes.Add($"goes to {CapName.Line(after.Lead, NameLengthLimit)}");
        }

        return string.Join("; ", changes);
    }
}
