using Gateway.Rules.Files.Yaml;
using Gateway.Rules.Suppression;

namespace Gateway.Rules.Files.Readers;

/// <summary>Reads one <c>silences/*.yaml</c>: alerts that are to file no case for a time.</summary>
internal sealed class SilenceFileReader(FindingSink sink, IReadOnlyCollection<string> alerts, DeviceFileReader devices, AreaIndex areas)
{
    /// <summary>Longest silence that names when it begins; what is known of for longer is mended, or its rule is.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private const int SilenceCountLimit = 1_000;
    private const int ListCountLimit = 1_000;

    public List<SilenceDefinition> Read(YamlNode node)
    {
        if (MapReader.Over(node, sink, "silence file") is not { } map)
        {
            return [];
        }

        List<SilenceDefinition> silences = [.. map.List("silences", SilenceCountLimit, required: true).Select(ReadSilence).OfType<SilenceDefinition>()];
        map.RejectUnknownKeys();
        return silences;
    }

    private SilenceDefinition? ReadSilence(YamlNode node)
    {
        if (MapReader.Over(node, sink, "silence") is not { } map)
        {
            return null;
        }

        SourceText id = map.Name("id", NamePattern.Rule, "silence id", required: true) ?? new SourceText("", map.Location);
        SilenceDefinition silence = new()
        {
            Id = id,
            Rules = map.Texts("rules", ListCountLimit),
            Devices = map.Texts("devices", ListCountLimit),
            Areas = map.Texts("areas", ListCountLimit),
            From = map.LocalTime("from"),
            Until = map.LocalTime("until", required: true) ?? DateTime.MaxValue,
            Reason = map.Text("reason", required: true, lengthLimit: MapReader.TextLengthLimit)?.Text ?? "",
            By = map.Text("by", required: true)?.Text ?? "",
        };
        map.RejectUnknownKeys();
        if (silence.Rules.Count + silence.Devices.Count + silence.Areas.Count == 0)
        {
            sink.Add(FindingCodes.SilenceOfAll, id.Location, $"silence {FindingSink.Quote(id.Text)} is of every alert there is");
        }

        if (silence.From >= silence.Until || silence.Until - silence.From > Longest)
        {
            sink.Add(FindingCodes.SilenceTimes, map.KeyLocation("until"), $"silence {FindingSink.Quote(id.Text)} {(silence.From >= silence.Until ? "ends before it begins" : "lasts longer than 31 days")}");
        }

        foreach (SourceText rule in silence.Rules.Where(r => !alerts.Contains(r.Text)))
        {
            sink.Add(FindingCodes.SilenceName, rule.Location, $"there is no rule {FindingSink.Quote(rule.Text)}", Suggestion.Choice(rule.Text, alerts));
        }

        foreach (SourceText device in silence.Devices.Where(d => devices.IsComplete && !devices.IsKnown(d.Text)))
        {
            sink.Add(FindingCodes.SilenceName, device.Location, $"there is no device {FindingSink.Quote(device.Text)}", devices.Fix(device.Text));
        }

        foreach (SourceText area in silence.Areas.Where(a => areas.IsUnknown(a.Text)))
        {
            sink.Add(FindingCodes.SilenceName, area.Location, $"there is no area {FindingSink.Quote(area.Text)}", areas.Fix(area.Text));
        }

        return silence;
    }
}
