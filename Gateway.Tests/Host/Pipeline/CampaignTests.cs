using System.Text.RegularExpressions;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>Overlays at work in a partition: they begin and end by the log's time, without a message, and a checkpoint goes on inside one.</summary>
public sealed class CampaignTests
{
    private const string Overlay = """
        campaign: flood-season
        when: {from: 2026-02-14 08:00, until: 2026-02-14 09:00}
        changes:
          - {alert: underpass-flood, levels: [{severity: critical, expr: "water_level >= 0.20", clear: "water_level < 0.12"}]}
        """;

    private readonly PartitionRig _rig = new(new DateTimeOffset(2026, 2, 14, 7, 58, 0, TimeSpan.FromHours(8)), ("overlays/season.yaml", Overlay));

    [Fact]
    public void Level_before_the_campaign_is_judged_anew_when_it_begins()
    {
        _rig.Send(0, "flood", "FLD-000001", new { water_level = 0.22 }).Tick(30); // a warning in a minute, no more
        Assert.Equal(_rig.At(60), _rig.Partition.NextDue);
        Case opened = Assert.Single(_rig.Tick(90).Partition.Effects.Cases.Cases, c => c.Facts.Rule!.Name == "underpass-flood");
        Assert.Equal(("", AlertSeverity.Warning), (opened.Facts.Campaign, opened.Severity));

        _rig.Send(100, "flood", "FLD-000001", new { water_level = 0.22 }).Restart();
        Assert.Equal(_rig.At(120), _rig.Partition.NextDue);
        _rig.Tick(125); // over eight o'clock
        Assert.Equal(AlertSeverity.Critical, Assert.Single(_rig.Partition.ActiveAlerts(), a => a.RuleName == "underpass-flood").Severity);
        Assert.Equal(_rig.At(120), Assert.Single(_rig.Partition.Effects.Cases.Cases).UpdatedAt);
    }

    [Fact]
    public void Campaign_that_begins_with_a_new_area_tree_begins()
    {
        string areas = File.ReadAllText(RepositoryFolder.PathOf("Gateway.Host/city/areas/2026-01-01.yaml"));
        areas = Regex.Replace(Regex.Replace(areas, "(?m)^version: .*$", "version: \"2026-02-14\""), "(?m)^valid_from: .*$", "valid_from: 2026-02-14T08:00:00+08:00");
        PartitionRig rig = new PartitionRig(new DateTimeOffset(2026, 2, 14, 7, 58, 0, TimeSpan.FromHours(8)), ("overlays/season.yaml", Overlay), ("areas/2026-02-14.yaml", areas))
            .Send(100, "flood", "FLD-000001", new { water_level = 0.22 }).Tick(125);
        Assert.Equal("water_level >= 0.20", rig.Partition.Snapshot!.Definition.Rules.First(r => r.Alert.Text == "underpass-flood").Levels[1].Expression.Text);
        Assert.Equal(AlertSeverity.Critical, Assert.Single(rig.Partition.ActiveAlerts(), a => a.RuleName == "underpass-flood").Severity);
    }

    [Fact]
    public void Case_of_a_campaign_carries_its_name_and_the_end_comes_without_a_message()
    {
        _rig.Send(180, "flood", "FLD-000001", new { water_level = 0.22 });
        Assert.Equal("flood-season", Assert.Single(_rig.Partition.Effects.Cases.Cases, c => c.Facts.Rule!.Name == "underpass-flood").Facts.Campaign);
        _rig.Restart().Send(3710, "flood", "FLD-000001", new { water_level = 0.22 });
        Assert.Equal("water_level >= 0.20", Expression());
        _rig.Tick(3725); // over nine o'clock
        Assert.Equal("water_level >= 0.27", Expression());
    }

    private string Expression() => _rig.Partition.Snapshot!.Definition.Rules.First(r => r.Alert.Text == "underpass-flood").Levels[1].Expression.Text;
}
