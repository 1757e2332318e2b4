using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Host.Pipeline;

/// <summary>Silences and inhibitions between alerts and cases.</summary>
public sealed class SuppressionTests
{
    private const string Rules = """
        rules:
          - alert: fire
            match: {kind: smoke}
            expr: alarm
            severity: critical
            case: {event: fire.test, scope: device}
            inhibits: {rules: [haze, weak], area: building}
          - alert: haze
            match: {kind: smoke}
            levels:
              - {severity: info, expr: "smoke_density >= 5"}
              - {severity: warning, expr: "smoke_density >= 6"}
            case: {event: device.haze, scope: device}
          - alert: weak
            match: {kind: smoke}
            expr: battery < 1
            severity: info
            case: {event: device.weak, scope: device}
        """;

    private const string Silences = """
        silences:
          - {id: works, rules: [haze], devices: [SMK-000001], until: 2026-02-14 09:00, reason: welding, by: fire-brigade}
        """;

    private static readonly DateTimeOffset Begin = new(2026, 2, 14, 8, 0, 0, TimeSpan.FromHours(8));

    private static PartitionRig Rig(string silences = "") =>
        silences.Length == 0 ? new PartitionRig(Begin, ("rules/test.yaml", Rules)) : new PartitionRig(Begin, ("rules/test.yaml", Rules), ("silences/today.yaml", silences));

    private static object Smoke(double density = 0, bool alarm = false, int battery = 90) => new { smoke_density = density, alarm, battery };

    private static string[] Test(PartitionRig rig) => [.. rig.Filed.Where(f => f.Contains("test") || f.Contains("device.haze") || f.Contains("device.weak"))];

    [Fact]
    public void Alert_that_is_covered_files_nothing_and_files_when_the_cover_ends_while_it_fires()
    {
        PartitionRig rig = Rig().Send(0, "smoke", "SMK-000001", Smoke(alarm: true)).Send(10, "smoke", "SMK-000001", Smoke(5, alarm: true));
        Assert.Equal(["fire.test SMK-000001"], Test(rig));
        ActiveAlert held = Assert.Single(rig.Partition.ActiveAlerts(), a => a.RuleName == "haze");
        Assert.Equal((AlertState.Firing, "alert fire"), (held.State, held.SuppressedBy));

        rig.Restart();
        Assert.Equal("alert fire", Assert.Single(rig.Partition.ActiveAlerts(), a => a.RuleName == "haze").SuppressedBy);
        rig.Send(20, "smoke", "SMK-000001", Smoke(6, alarm: true)).Send(30, "smoke", "SMK-000001", Smoke(6));
        Case filed = Assert.Single(rig.Partition.Effects.Cases.Cases, c => c.Facts.Key.Event == "device.haze");
        Assert.Equal((AlertSeverity.Warning, rig.At(30), rig.At(10)), (filed.Severity, filed.OpenedAt, filed.Facts.OccurredAt));
    }

    [Fact]
    public void Alert_that_ends_under_its_cover_files_nothing()
    {
        PartitionRig rig = Rig().Send(0, "smoke", "SMK-000001", Smoke(alarm: true)).Send(10, "smoke", "SMK-000001", Smoke(5, alarm: true))
            .Send(20, "smoke", "SMK-000001", Smoke(0, alarm: true)).Send(30, "smoke", "SMK-000001", Smoke());
        Assert.Equal(["fire.test SMK-000001"], Test(rig));
    }

    [Fact]
    public void Of_one_reading_the_covering_alert_counts_whichever_comes_first()
    {
        // haze stands behind fire here and before it in the other order of rules: the reading raises both at once.
        Assert.Equal(["fire.test SMK-000001"], Test(Rig().Send(0, "smoke", "SMK-000001", Smoke(7, alarm: true))));
        string turned = Rules.Replace("- alert: fire", "- alert: zz", StringComparison.Ordinal);
        Assert.Equal(["fire.test SMK-000001"], Test(new PartitionRig(Begin, ("rules/test.yaml", turned)).Send(0, "smoke", "SMK-000001", Smoke(7, alarm: true))));
    }

    [Fact]
    public void Case_that_exists_is_told_everything()
    {
        PartitionRig rig = Rig().Send(0, "smoke", "SMK-000001", Smoke(5)).Send(10, "smoke", "SMK-000001", Smoke(6, alarm: true));
        Assert.Equal(["device.haze SMK-000001", "fire.test SMK-000001"], Test(rig));
        Assert.Equal(AlertSeverity.Warning, Assert.Single(rig.Partition.Effects.Cases.Cases, c => c.Facts.Key.Event == "device.haze").Severity);
    }

    [Fact]
    public void Other_building_is_not_covered()
    {
        PartitionRig rig = Rig().Send(0, "smoke", "SMK-000001", Smoke(alarm: true)).Send(10, "smoke", "SMK-000002", Smoke(5));
        Assert.Equal(["fire.test SMK-000001", "device.haze SMK-000002"], Test(rig));
    }

    [Fact]
    public void Silence_ends_by_itself_and_what_still_fires_files_then()
    {
        PartitionRig rig = Rig(Silences).Send(3000, "smoke", "SMK-000001", Smoke(5)).Send(3000, "smoke", "SMK-000003", Smoke(5));
        Assert.Equal(["device.haze SMK-000003"], Test(rig));
        Assert.Equal("silence works", Assert.Single(rig.Partition.ActiveAlerts(), a => a is { RuleName: "haze", DeviceId: "SMK-000001" }).SuppressedBy);

        rig.Restart().Tick(3700);
        Case filed = Assert.Single(rig.Partition.Effects.Cases.Cases, c => c.Facts is { DeviceId: "SMK-000001", Rule.Name: "haze" });
        Assert.Equal((rig.At(3600), rig.At(3000)), (filed.OpenedAt, filed.Facts.OccurredAt));
    }

    [Fact]
    public void Silence_that_is_taken_out_lets_its_alerts_through_at_once()
    {
        PartitionRig rig = Rig(Silences).Send(10, "smoke", "SMK-000001", Smoke(5));
        Assert.Empty(Test(rig));
        Assert.Equal(["device.haze SMK-000001"], Test(rig.Take(20, ("rules/test.yaml", Rules))));
    }

    [Fact]
    public void Storm_under_inhibition_lets_at_least_one_alert_through()
    {
        PartitionRig rig = Rig();
        for (int device = 0; device < 50; device++)
        {
            rig.Send(device, "smoke", $"SMK-{device:D6}", Smoke(7, alarm: true, battery: 0));
        }

        Assert.Equal(50, Test(rig).Count(f => f.StartsWith("fire.test", StringComparison.Ordinal)));
        Assert.DoesNotContain(Test(rig), f => f.StartsWith("device.", StringComparison.Ordinal));
    }

    [Fact]
    public void Case_that_heard_of_a_pending_alert_hears_of_its_end_also_under_a_silence()
    {
        string slow = Rules.Replace("{severity: info, expr: \"smoke_density >= 5\"}", "{severity: info, expr: \"smoke_density >= 5\", for: 1m}", StringComparison.Ordinal);
        PartitionRig rig = new PartitionRig(Begin, ("rules/test.yaml", slow)).Send(0, "smoke", "SMK-000001", Smoke(5)).Tick(70).Send(100, "smoke", "SMK-000001", Smoke());
        Case Haze() => Assert.Single(rig.Partition.Effects.Cases.Cases, c => c.Facts.Key.Event == "device.haze");
        Assert.NotNull(Haze().ClearedAt);

        rig.Take(110, ("rules/test.yaml", slow), ("silences/today.yaml", Silences)).Send(120, "smoke", "SMK-000001", Smoke(5)).Tick(190);
        Assert.Equal("silence works", Assert.Single(rig.Partition.ActiveAlerts(), a => a.RuleName == "haze").SuppressedBy);
        rig.Send(200, "smoke", "SMK-000001", Smoke());
        Assert.Equal(rig.At(200), Haze().ClearedAt);
    }

    [Fact]
    public void Silence_that_ends_while_the_gateway_is_down_ends_then()
    {
        string slow = Rules.Replace("{severity: info, expr: \"smoke_density >= 5\"}", "{severity: info, expr: \"smoke_density >= 5\", for: 1m}", StringComparison.Ordinal);
        PartitionRig rig = new PartitionRig(Begin, ("rules/test.yaml", slow), ("silences/today.yaml", Silences)).Send(0, "smoke", "SMK-000001", Smoke(5)).Start(7_200);
        Assert.Equal(rig.At(3_600), Assert.Single(rig.Partition.Effects.Cases.Cases, c => c.Facts.Key.Event == "device.haze").OpenedAt);
    }
}
