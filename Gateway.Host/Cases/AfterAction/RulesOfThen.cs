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
    /// <summary>The decision that opened the case; another is of the day it was opened again.</summary>
    private const int Opening = 1;

    /// <summary>Finds them.</summary>
    public static RulesOfThen Of(Case c, IReadOnlyList<CaseEvent> history, CitySnapshot today, RulesArchive archive)
    {
        EventTime opened = c.OpenedAt;
        if (history.OfType<EvidenceSealed>().FirstOrDefault(s => s.Decision == Opening) is { } seal && archive.CityOf(seal) is (var city, var mode))
        {
            if (city == today.Revision)
            {
                return new RulesOfThen(today.At(opened).Effective, true, today.FileHashes);
            }

            if (archive.Of(city) is { } written)
            {
                return new RulesOfThen(EffectiveRules.Of(written.Draft.Rules, EffectiveRules.Holding(written.Draft.Overlays, opened, mode, today.TimeZone)), true, written.FileHashes);
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
}
