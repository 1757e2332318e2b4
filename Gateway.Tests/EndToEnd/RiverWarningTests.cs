using System.Globalization;
using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Support;
using Xunit.Abstractions;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// The two months of the River Taw through the rule engine: what warns, and how long before the water is out of its banks. The rules are
/// those of the fixture; what the tests cannot know is whether they would be as good on another river.
/// </summary>
public sealed class RiverWarningTests(ITestOutputHelper output)
{
    private const string Rising = "-rising";
    private const string Flood = "-flood";
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(12);

    [RecordingFact]
    public void Every_flood_is_warned_of_before_it_and_no_warning_is_followed_by_none()
    {
        CitySnapshot city = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Tests/Fixtures/river-taw")).Snapshot!;
        List<AlertTransition> firings = [.. Play(city).Where(t => t.Kind == AlertTransitionKind.Firing)];
        List<AlertTransition> floods = [.. firings.Where(f => f.RuleName.EndsWith(Flood, StringComparison.Ordinal))];
        List<AlertTransition> warnings = [.. firings.Where(f => f.RuleName.EndsWith(Rising, StringComparison.Ordinal))];

        output.WriteLine("| gauge | warned | out of its banks | lead |\n|---|---|---|---|");
        foreach (AlertTransition flood in floods)
        {
            AlertTransition? warning = warnings.Find(w => w.DeviceId == flood.DeviceId && w.At < flood.OccurredAt && flood.OccurredAt - w.At <= Ahead);
            Assert.True(warning is not null, $"{flood.RuleName} at {flood.OccurredAt} came without a warning");
            output.WriteLine($"| {flood.DeviceId} | {warning.At} | {flood.OccurredAt} | {(flood.OccurredAt - warning.At).TotalMinutes:F0} min |");
        }

        Assert.All(warnings, w => Assert.True(
            floods.Exists(f => f.DeviceId == w.DeviceId && f.OccurredAt > w.At && f.OccurredAt - w.At <= Ahead),
            $"{w.RuleName} at {w.At} was a false alarm: {w.Cause}"));
        Assert.Equal(["50119", "50132", "50140"], floods.Where(f => f.OccurredAt.ToDateTimeOffset().Date == new DateTime(2026, 1, 27)).Select(f => f.DeviceId).Order());
        Assert.DoesNotContain(firings, f => f.DeviceId == "50198");
    }

    private static List<AlertTransition> Play(CitySnapshot city)
    {
        DeviceRegister devices = city.Definition.Devices;
        RuleEngine engine = new(city.Rules, devices);
        List<(EventTime Time, int Device, double Level)> readings = [];
        foreach (string file in SharedData.Levels)
        {
            foreach (string[] cells in File.ReadLines(file).Skip(1).Select(l => l.Split(',')))
            {
                if (double.TryParse(cells[1], CultureInfo.InvariantCulture, out double level))
                {
                    Assert.True(EventTime.TryParse(cells[0], out EventTime time));
                    readings.Add((time, devices.Find(cells[3])!.Index, level));
                }
            }
        }

        List<AlertTransition> transitions = [];
        ReadingBatch batch = new(devices.Profiles.Single());
        int column = batch.Profile.ColumnByName["water_level"];
        foreach ((EventTime time, int device, double level) in readings.OrderBy(r => r.Time))
        {
            batch.Clear();
            batch.Add(new ReadingBatch.Row(device, time, time, TimeQuality.Ok, -1))[column] = level;
            engine.Evaluate(batch, 0, transitions);
        }

        return transitions;
    }
}
