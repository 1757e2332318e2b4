using System.Text;
using System.Text.Json;
using Gateway.Host.Cli.Simulate;
using Gateway.Host.Cli.Simulate.Scenarios;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Simulate;

public sealed class ScenarioStreamTests
{
    private static readonly EventTime Start = new(1_769_504_400_000);
    private static readonly SimulatedFleet Fleet = SimulatedFleet.Generate(80);

    public static TheoryData<string> Scenarios => [.. ScenarioTable.Names.Where(n => n != ScenarioTable.Replay)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Same_seed_gives_the_same_stream(string scenario) =>
        Assert.Equal(Texts(Play(scenario, seed: 7)), Texts(Play(scenario, seed: 7)));

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Other_seed_gives_another_stream(string scenario) =>
        Assert.NotEqual(Texts(Play(scenario, seed: 7)), Texts(Play(scenario, seed: 8)));

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Stream_keeps_rate_order_and_time(string scenario)
    {
        List<SimulatedMessage> messages = Play(scenario);

        Assert.Equal(6000, messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            Assert.Equal(i / 100.0, messages[i].Offset.TotalSeconds, 6);
            Assert.Equal(Start + (messages[i].Offset * 2), messages[i].ObservedAt);
            using JsonDocument json = JsonDocument.Parse(messages[i].Payload);
            Assert.Equal(messages[i].ObservedAt.UnixMilliseconds, json.RootElement.GetProperty("ts").GetInt64());
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_device_reports_and_counts_its_sequence(string scenario)
    {
        foreach (IGrouping<SimulatedDevice, SimulatedMessage> device in Play(scenario).GroupBy(m => m.Device))
        {
            Assert.Equal(Enumerable.Range(1, device.Count()).Select(i => (long)i), device.Select(m => Json(m).GetProperty("seq").GetInt64()));
        }

        Assert.Equal(Fleet.Devices.Count, Play(scenario).Select(m => m.Device).Distinct().Count());
    }

    [Fact]
    public void Calm_day_breaches_nothing()
    {
        List<SimulatedMessage> messages = Play("calm");

        Assert.All(Numbers(messages, "smoke_density"), v => Assert.InRange(v.Value, 0, 0.05));
        Assert.All(Numbers(messages, "temperature"), v => Assert.InRange(v.Value, 10, 35));
        Assert.All(Numbers(messages, "water_level"), v => Assert.InRange(v.Value, 0, 0.1));
        Assert.All(Numbers(messages, "battery"), v => Assert.InRange(v.Value, 5, 100));
        Assert.DoesNotContain("intrusion", Texts(messages), StringComparison.Ordinal);
        Assert.DoesNotContain("door_forced", Texts(messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Fire_fills_one_building_with_smoke_and_heat()
    {
        List<SimulatedMessage> messages = Play("fire");
        IReadOnlyList<SimulatedDevice> smoking = [.. Numbers(messages, "smoke_density").Where(v => v.Value > 1).Select(v => v.Device).Distinct()];

        Assert.Single(smoking.Select(d => d.Place).Distinct());
        Assert.Equal(Fleet.OfKind("smoke").Count(d => d.Place == smoking[0].Place), smoking.Count);
        Assert.Contains(Numbers(messages, "temperature"), v => v.Value > 60);
        Assert.All(Numbers([.. messages.Take(500)], "smoke_density"), v => Assert.InRange(v.Value, 0, 0.05));
        List<(SimulatedDevice Device, double Value)> densities = Numbers(messages, "smoke_density");
        Assert.All(smoking, d => Assert.True(densities.Last(v => v.Device == d).Value > 1));
    }

    [Fact]
    public void Flood_wave_runs_down_the_gauges_and_recedes()
    {
        List<(SimulatedDevice Device, double Value)> levels = Numbers(Play("flood"), "water_level");
        List<SimulatedDevice> gauges = [.. levels.Where(v => v.Value > 0.2).Select(v => v.Device).Distinct()];
        List<int> peaks = [.. gauges.Select(g => levels.IndexOf(levels.Where(v => v.Device == g).MaxBy(v => v.Value)))];

        Assert.Equal(3, gauges.Count);
        Assert.Equal(peaks.Order(), peaks);
        Assert.All(gauges, g => Assert.InRange(levels.Last(v => v.Device == g).Value, 0, 0.15));
        Assert.Contains(Numbers(Play("flood"), "rainfall"), v => v.Value > 3);
    }

    [Fact]
    public void Intrusion_forces_a_door_and_shows_on_a_camera_nearby()
    {
        List<SimulatedMessage> messages = Play("intrusion");
        SimulatedDevice door = Assert.Single(messages.Where(m => Text(m).Contains("\"door_forced\"", StringComparison.Ordinal)).Select(m => m.Device).Distinct());
        SimulatedDevice camera = Assert.Single(messages.Where(m => Text(m).Contains("\"intrusion\"", StringComparison.Ordinal)).Select(m => m.Device).Distinct());

        Assert.Equal(("access", "camera", door.Place), (door.Kind, camera.Kind, camera.Place));
        Assert.All(messages.Where(m => m.Device.Kind is "access" or "camera"), m => Assert.EndsWith("/event", m.Topic, StringComparison.Ordinal));
    }

    [Fact]
    public void Storm_breaches_everywhere_at_once()
    {
        List<SimulatedMessage> middle = [.. Play("storm").Skip(3000).Take(80)];

        Assert.Equal(80, middle.Select(m => m.Device).Distinct().Count());
        Assert.All(Numbers(middle, "smoke_density"), v => Assert.True(v.Value > 1));
        Assert.All(Numbers(middle, "water_level"), v => Assert.True(v.Value > 0.3));
    }

    [Fact]
    public void Affected_devices_report_more_often_than_others()
    {
        List<SimulatedMessage> messages = Play("intrusion");
        SimulatedDevice door = messages.First(m => Text(m).Contains("door_forced", StringComparison.Ordinal)).Device;

        Assert.True(messages.Count(m => m.Device == door) > 5 * messages.Count / Fleet.Devices.Count);
    }

    private static List<SimulatedMessage> Play(string scenario, int seed = 7) =>
        [.. ScenarioStream.Play(Fleet, scenario, new ScenarioSettings(100, TimeSpan.FromSeconds(60L), seed, Start, Speed: 2))];

    private static List<(SimulatedDevice Device, double Value)> Numbers(List<SimulatedMessage> messages, string field) =>
        [.. messages.SelectMany(m => Json(m).TryGetProperty(field, out JsonElement value) ? [(m.Device, value.GetDouble())] : Array.Empty<(SimulatedDevice, double)>())];

    private static JsonElement Json(SimulatedMessage message) => JsonDocument.Parse(message.Payload).RootElement;

    private static string Text(SimulatedMessage message) => Encoding.UTF8.GetString(message.Payload);

    private static string Texts(List<SimulatedMessage> messages) => string.Join('\n', messages.Select(m => m.Topic + " " + Text(m)));
}
