using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;
using Gateway.Rules.Overlays;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>
/// The rules of the day of a case, as far as they can be had: the sealed evidence of its opening names the city that held, and the archive has its
/// files. Where nothing is sealed, today's rules stand in; a rule whose hash is still that of the case is the rule of then all the same.
/// </summary>
/// <param name="Rules">The rules, overlays applied.</param>
/// <param name="AreOfThen">Whether all of them are those of the day of the case.</param>
/// <param name="Today">Today's city.</param>
internal sealed record RulesOfThen(IReadOnlyList<RuleDefinition> Rules, bool AreOfThen, CitySnapshot Today)
{
    /// <summary>Evidence longer than this is not read for the sake of the rules.</summary>
    private const long BundleLimitBytes = 16L << 20;

    /// <summary>Finds them.</summary>
    public static RulesOfThen Of(Case c, IReadOnlyList<CaseEvent> history, CitySnapshot today, EvidenceFolder evidence, CityArchive archive)
    {
        EventTime opened = c.OpenedAt;
        if (Bundle(history, evidence) is { City.Length: > 0 } bundle)
        {
            if (bundle.City == today.Revision)
            {
                return new RulesOfThen([.. today.At(opened).Effective.Select(e => e.Rule)], true, today);
            }

            if (Files(bundle.City, archive) is { } files)
            {
                // Only the files of rules: of the rest of that city nothing is asked, so what is missing of it does not matter.
                CityDefinition draft = CityReader.Read([.. files.Where(f => f.Path.StartsWith("rules/", StringComparison.Ordinal) || f.Path.StartsWith("overlays/", StringComparison.Ordinal))]).Draft;
                return new RulesOfThen([.. EffectiveRules.Of(draft.Rules, EffectiveRules.Holding(draft.Overlays, opened, bundle.Mode, today.TimeZone)).Select(e => e.Rule)], true, today);
            }
        }

        return new RulesOfThen([.. today.Effective.Select(e => e.Rule)], false, today);
    }

    /// <summary>A rule by its name, and whether it is known to be that of the day; null where there is none of the name.</summary>
    /// <param name="reference">The rule that decided; without a hash where only its name is known.</param>
    public (RuleDefinition Rule, bool IsOfThen)? Find(RuleReference reference) => Rules.FirstOrDefault(r => r.Alert.Text == reference.Name) is { } rule
        ? (rule, AreOfThen || (Today.Find(reference.Name) is { } known && Today.HashOf(known.Rule) == reference.Sha256))
        : null;

    private static EvidenceBundle? Bundle(IReadOnlyList<CaseEvent> history, EvidenceFolder evidence)
    {
        if (history.OfType<EvidenceSealed>().FirstOrDefault(s => s.LengthBytes <= BundleLimitBytes) is not { } seal)
        {
            return null;
        }

        try
        {
            return evidence.Find(seal.CaseNo, seal.Decision) is { } bytes && EvidenceFolder.HashOf(bytes) == seal.Sha256 ? EvidenceFormat.Read(bytes) : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null; // audit verify tells of it; here today's rules stand in, and the timeline says so
        }
    }

    private static IReadOnlyList<CityFile>? Files(string revision, CityArchive archive)
    {
        try
        {
            return archive.Files(revision);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null; // as above
        }
    }
}
