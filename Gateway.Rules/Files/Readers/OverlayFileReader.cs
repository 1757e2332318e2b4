using Gateway.Rules.Evaluation;
using Gateway.Rules.Files.Yaml;
using Gateway.Rules.Overlays;

namespace Gateway.Rules.Files.Readers;

/// <summary>Reads one <c>overlays/*.yaml</c>: what is different of the common rules here, in a mode, or for a time.</summary>
internal sealed class OverlayFileReader(FindingSink sink, IReadOnlyCollection<string> alerts, IReadOnlyCollection<string> modes)
{
    private const int ChangeCountLimit = 1_000;

    /// <summary>Reads it; its rules' names and references are checked with those of the rule files.</summary>
    public OverlayDefinition Read(string path, YamlNode node)
    {
        if (MapReader.Over(node, sink, "overlay") is not { } map)
        {
            return new OverlayDefinition { File = path };
        }

        SourceText? campaign = map.Name("campaign", NamePattern.Rule, "campaign name");
        MapReader? when = map.Map("when");
        SourceText? mode = when?.Text("mode");
        if (mode is { } given && !modes.Contains(given.Text))
        {
            sink.Add(FindingCodes.OverlayMode, given.Location, $"the city has no mode {FindingSink.Quote(given.Text)}", Suggestion.Choice(given.Text, modes));
        }

        DateTime? from = when?.LocalTime("from");
        DateTime? until = when?.LocalTime("until");
        if (from >= until)
        {
            sink.Add(FindingCodes.OverlayTimes, when!.KeyLocation("until"), "until is not after from");
        }

        if (campaign is { } named && until is null)
        {
            sink.Add(FindingCodes.EndlessCampaign, named.Location, $"campaign {FindingSink.Quote(named.Text)} has no end");
        }

        when?.RejectUnknownKeys();
        RuleFileReader rules = new(sink);
        List<RuleChange> changes = [.. map.List("changes", ChangeCountLimit).Select(ReadChange).OfType<RuleChange>()];
        List<RuleDefinition> brought = [.. map.List("rules", RuleFileReader.RuleCountLimit).Select(rules.ReadRule).OfType<RuleDefinition>()];
        RuleTestReader tests = new(sink, [.. changes.Where(c => !c.Disabled).Select(c => c.Alert.Text), .. brought.Select(r => r.Alert.Text)]);
        List<RuleTestDefinition> read = tests.Read(map);
        map.RejectUnknownKeys();
        return new OverlayDefinition { File = path, Campaign = campaign?.Text ?? "", Mode = mode, From = from, Until = until, Changes = changes, Rules = brought, Tests = read };
    }

    private RuleChange? ReadChange(YamlNode node)
    {
        if (MapReader.Over(node, sink, "change") is not { } map)
        {
            return null;
        }

        SourceText alert = map.Text("alert", required: true) ?? new SourceText("", map.Location);
        if (alert.Text.Length > 0 && !alerts.Contains(alert.Text))
        {
            sink.Add(FindingCodes.OverlayRule, alert.Location, $"there is no rule {FindingSink.Quote(alert.Text)} to change", Suggestion.Choice(alert.Text, alerts));
        }

        RuleChange change = new()
        {
            Alert = alert,
            Disabled = map.Boolean("disabled", absent: false),
            Levels = [.. map.List("levels", RuleFileReader.Severities.Count).Select(ReadLevel).OfType<LevelChange>()],
            Absent = RuleFileReader.ReadAbsence(map.Map("absent")),
            Mode = map.Word("mode", RuleFileReader.Modes),
            MaxAge = map.Duration("max_age", TimeSpan.FromSeconds(1), RuleFileReader.LongestHold),
            VerifyHold = map.Duration("verify_hold", TimeSpan.Zero, RuleFileReader.LongestHold),
            Annotations = new RuleFileReader(sink).ReadTexts(map.Map("annotations"), "annotation", MapReader.TextLengthLimit),
        };
        map.RejectUnknownKeys();
        return change;
    }

    private LevelChange? ReadLevel(YamlNode node)
    {
        if (MapReader.Over(node, sink, "level") is not { } map)
        {
            return null;
        }

        AlertSeverity? severity = map.Word("severity", RuleFileReader.Severities, required: true);
        LevelChange change = new()
        {
            Severity = severity ?? AlertSeverity.Info,
            Expression = map.Text("expr", lengthLimit: RuleFileReader.ExpressionLengthLimit),
            Clear = map.Text("clear", lengthLimit: RuleFileReader.ExpressionLengthLimit),
            For = map.Duration("for", TimeSpan.Zero, RuleFileReader.LongestHold),
            KeepFiringFor = map.Duration("keep_firing_for", TimeSpan.Zero, RuleFileReader.LongestHold),
            Location = map.Location,
        };
        map.RejectUnknownKeys();
        return severity is null ? null : change;
    }
}
