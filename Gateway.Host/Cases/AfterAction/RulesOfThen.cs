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
/// <param name="Effective">The rules with the overlays each has been through.</param>
/// <param name="AreOfThen">Whether all of them are those of the day of the case.</param>
/// <param name="FileHashes">SHA-256 of each file they are written in.</param>
internal sealed record RulesOfThen(IReadOnlyList<EffectiveRule> Effective, bool AreOfThen, IReadOnlyDictionary<string, string> FileHashes)
{
    /// <summary>Evidence longer than this is not read for the sake of the rules.</summary>
    private const long BundleLimitBytes = 16L << 20;

    /// <summary>The decision that opened the case; another is of the day it was opened again.</summary>
    private const int Opening = 1;

    /// <summary>Finds them.</summary>
    public static RulesOfThen Of(Case c, IReadOnlyList<CaseEvent> history, CitySnapshot today, EvidenceFolder evidence, CityArchive archive)
    {
        EventTime opened = c.OpenedAt;
        if (Bundle(history, evidence) is { City.Length: > 0 } bundle)
        {
            if (bundle.City == today.Revision)
            {
                return new RulesOfThen(today.At(opened).Effective, true, today.FileHashes);
            }

            if (Files(bundle.City, archive) is { } files)
            {
                // Only the files of rules: of the rest of that city nothing is asked, so what is missing of it does not matter.
                CityFile[] written = [.. files.Where(f => f.Path.StartsWith("rules/", StringComparison.Ordinal) || f.Path.StartsWith("overlays/", StringComparison.Ordinal))];
                CityDefinition draft = CityReader.Read(written).Draft;
                return new RulesOfThen(EffectiveRules.Of(draft.Rules, EffectiveRules.Holding(draft.Overlays, opened, bundle.Mode, today.TimeZone)), true, CitySnapshot.HashesOf(written));
            }
        }

        return new RulesOfThen(today.Effective, false, today.FileHashes);
    }

    /// <summary>The rules, overlays applied.</summary>
    public IEnumerable<RuleDefinition> Rules => Effective.Select(e => e.Rule);

    /// <summary>A rule by its name, and whether it is known to be that of the day; null where there is none of the name.</summary>
    /// <param name="reference">The rule that decided; without a hash where only its name is known. One that joined after the rules were changed has another hash.</param>
    public (RuleDefinition Rule, bool IsOfThen)? Find(RuleReference reference) => Effective.FirstOrDefault(e => e.Rule.Alert.Text == reference.Name) is { } found
        ? (found.Rule, reference.Sha256.Length == 0 ? AreOfThen : CitySnapshot.HashOf(found, FileHashes) == reference.Sha256)
        : null;

    private static EvidenceBundle? Bundle(IReadOnlyList<CaseEvent> history, EvidenceFolder evidence)
    {
        if (history.OfType<EvidenceSealed>().FirstOrDefault(s => s.Decision == Opening && s.LengthBytes <= BundleLimitBytes) is not { } seal)
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
