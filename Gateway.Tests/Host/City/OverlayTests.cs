using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.City;

/// <summary>Overlays over the sample city: local ones, those of a mode, those of a campaign that ends by itself.</summary>
public sealed class OverlayTests
{
    private const string Local = """
        changes:
          - alert: underpass-flood
            levels:
              - {severity: warning, expr: "water_level >= 0.12", for: 30s}
              - {severity: info, expr: "water_level >= 0.05"}
            max_age: 2m
          - {alert: waste-dumped, disabled: true}
        tests:
          - name: here the underpass warns at twelve centimetres
            every: 30s
            series: {FLD-T1: "water_level: 0.02 0.13 0.13 0.13"}
            expect:
              - {at: 30s, alerts: [{alert: underpass-flood, severity: info}]}
              - {at: 60s, alerts: [{alert: underpass-flood, severity: warning}]}
        """;

    private const string Emergency = """
        when: {mode: emergency}
        changes:
          - {alert: underpass-flood, levels: [{severity: critical, expr: "water_level >= 0.20", clear: "water_level < 0.10"}]}
        """;

    private const string Festival = """
        campaign: spring-festival
        when: {from: 2026-02-14 08:00, until: 2026-02-24 00:00}
        changes:
          - {alert: crowd-gathering, levels: [{severity: warning, for: 30s}]}
        rules:
          - alert: festival-stall
            match: {kind: camera, tags: {site: square}}
            expr: event == "stall_on_road"
            severity: info
            case: {event: order.stall, scope: grid}
        """;

    private static CitySnapshotResult Make(params (string Name, string Text)[] overlays) => Make(city => city, overlays);

    private static CitySnapshotResult Make(Func<string, string> cityFile, params (string Name, string Text)[] overlays) => CitySnapshot.Create([
        .. CityFolder.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Files.Select(f => f.Path == "city.yaml" ? new CityFile(f.Path, cityFile(f.Text)) : f),
        .. overlays.Select(o => new CityFile($"overlays/{o.Name}.yaml", o.Text)),
    ]);

    private static EventTime At(string local) =>
        EventTime.From(new DateTimeOffset(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(8)));

    private static RuleDefinition? Rule(CitySnapshot city, string name) => city.Definition.Rules.FirstOrDefault(r => r.Alert.Text == name);

    [Fact]
    public void Local_overlay_changes_levels_by_severity_and_takes_rules_away()
    {
        CitySnapshotResult made = Make(("10-local", Local));
        Assert.True(made.Snapshot is not null, string.Join('\n', made.Findings));
        RuleDefinition rule = Rule(made.Snapshot, "underpass-flood")!;
        Assert.Equal(
            ["Info water_level >= 0.05 0", "Warning water_level >= 0.12 30", "Critical water_level >= 0.27 0", "Emergency water_level >= 0.50 0"],
            rule.Levels.Select(l => $"{l.Severity} {l.Expression} {l.For.TotalSeconds}"));
        Assert.Equal("water_level < 0.10", rule.Levels[1].Clear?.Text); // not named, so it stays
        Assert.Equal(TimeSpan.FromMinutes(2), rule.MaxAge);
        Assert.Null(Rule(made.Snapshot, "waste-dumped"));
        Assert.NotEqual(made.Snapshot.FileHashes[rule.Alert.Location.File], made.Snapshot.HashOf(rule));
    }

    [Fact]
    public void Overlay_of_a_mode_holds_in_it_only()
    {
        Assert.Equal("water_level >= 0.27", Rule(Make(("emergency", Emergency)).Snapshot!, "underpass-flood")!.Levels[1].Expression.Text);
        CitySnapshot switched = Make(text => text + "\nmode: emergency\n", ("emergency", Emergency)).Snapshot!;
        Assert.Equal("water_level >= 0.20", Rule(switched, "underpass-flood")!.Levels[1].Expression.Text);
    }

    [Fact]
    public void Campaign_begins_and_ends_by_itself()
    {
        CitySnapshot city = Make(("festival", Festival)).Snapshot!;
        Assert.Null(Rule(city.At(At("2026-02-14 07:59:59")), "festival-stall"));
        Assert.Equal(At("2026-02-14 08:00"), city.NextChange(At("2026-02-14 07:59:59")));

        CitySnapshot during = city.At(At("2026-02-14 08:00"));
        Assert.Equal("spring-festival", Rule(during, "festival-stall")!.Labels["campaign"]);
        Assert.Equal("spring-festival", Rule(during, "crowd-gathering")!.Labels["campaign"]);
        Assert.Equal(30, Rule(during, "crowd-gathering")!.Levels[0].For.TotalSeconds);
        Assert.Same(during, city.At(At("2026-02-20 12:00")));
        Assert.Equal(At("2026-02-24"), during.NextChange(At("2026-02-20 12:00")));

        Assert.Null(Rule(during.At(At("2026-02-24")), "festival-stall"));
        Assert.Equal(EventTime.MaxValue, city.NextChange(At("2026-02-24")));
    }

    [Fact]
    public void Later_file_is_laid_over_the_earlier_one()
    {
        CitySnapshot city = Make(
            ("10-a", "changes: [{alert: underpass-flood, levels: [{severity: warning, expr: \"water_level >= 0.12\"}]}]"),
            ("20-b", "changes: [{alert: underpass-flood, levels: [{severity: warning, expr: \"water_level >= 0.13\"}]}]")).Snapshot!;
        Assert.Equal("water_level >= 0.13", Rule(city, "underpass-flood")!.Levels[0].Expression.Text);
        Assert.Equal(["overlays/10-a.yaml", "overlays/20-b.yaml"], city.Effective.Single(e => e.Rule.Alert.Text == "underpass-flood").Overlays.Select(o => o.File));
    }

    [Theory]
    [InlineData("changes: [{alert: underpas-flood, disabled: true}]", "overlays/x.yaml:1:19: error O001: there is no rule 'underpas-flood' to change (did you mean underpass-flood?)")]
    [InlineData("when: {mode: emergncy}", "overlays/x.yaml:1:14: error O002: the city has no mode 'emergncy' (did you mean emergency?)")]
    [InlineData("when: {from: 2026-02-02, until: 2026-02-01}", "overlays/x.yaml:1:26: error O003: until is not after from (write from before until, both in the city's time)")]
    [InlineData("campaign: spring", "overlays/x.yaml:1:11: error O004: campaign 'spring' has no end (add until: to its when:, so that it ends by itself)")]
    [InlineData("changes: [{alert: waste-dumped, levels: [{severity: critical, for: 1m}]}]", "overlays/x.yaml:1:42: error O005: rule 'waste-dumped' has no level critical (the rule has no such level; write its expr: too, or correct the severity)")]
    [InlineData("changes: [{alert: waste-dumped, levels: [{severity: info, expr: \"scoer > 1\"}]}]", "overlays/x.yaml:1:66: error R104: kind camera has no field 'scoer' (did you mean score?)")]
    [InlineData("when: {mode: emergency}\nchanges: [{alert: waste-dumped, levels: [{severity: info, expr: \"scoer > 1\"}]}]", "overlays/x.yaml:2:66: error R104: kind camera has no field 'scoer' (did you mean score?)")]
    [InlineData("changes: [{alert: waste-dumped, lvels: []}]", "overlays/x.yaml:1:33: error Y010: unknown key 'lvels' in change (did you mean levels?)")]
    [InlineData("rules: [{alert: waste-dumped, match: {kind: camera}, expr: \"score > 0.5\", severity: info}]", "overlays/x.yaml:1:17: error R001: rule 'waste-dumped' is written twice, first at rules/camera-")]
    public void Slips_are_told_also_those_of_another_mode(string overlay, string finding)
    {
        CitySnapshotResult made = Make(("x", overlay));
        Assert.Null(made.Snapshot);
        Assert.Contains(made.Findings, f => f.ToString().StartsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void Test_of_an_overlay_that_fails_refuses_the_city()
    {
        CitySnapshotResult made = Make(("10-local", Local.Replace("water_level >= 0.12", "water_level >= 0.14", StringComparison.Ordinal)));
        Assert.Null(made.Snapshot);
        Assert.Equal(["overlays/10-local.yaml:14"], made.Findings.Where(f => f.Code == "T001").Select(f => $"{f.Location.File}:{f.Location.Line}").Distinct());
    }

    [Fact]
    public void Overlays_that_combine_in_too_many_ways_are_refused()
    {
        (string, string)[] many = [.. Enumerable.Range(1, 40).Select(i => ($"c{i:D2}", $"when: {{from: 2026-03-{1 + (i % 28):D2} {i % 24:D2}:00, until: 2026-04-{1 + (i % 28):D2} {(i * 7) % 24:D2}:00}}"))];
        Assert.Contains(Make(many).Findings, f => f.Code == "O006");
    }
}
