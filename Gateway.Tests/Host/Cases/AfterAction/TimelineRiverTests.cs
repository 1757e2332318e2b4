using System.Globalization;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>The flood of the River Taw of 27 January 2026, as it was recorded: its timelines show that the warning came before the water.</summary>
public sealed class TimelineRiverTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(12);

    [RecordingFact]
    public void Timeline_of_a_recorded_flood_shows_how_long_before_it_the_river_was_known_to_rise()
    {
        using TimelineDrill drill = new("Gateway.Tests/Fixtures/river-taw");
        List<(EventTime Time, string Device, double Level)> readings = [];
        foreach (string file in SharedData.Levels)
        {
            foreach (string[] cells in File.ReadLines(file).Skip(1).Select(l => l.Split(',')))
            {
                if (double.TryParse(cells[1], CultureInfo.InvariantCulture, out double level) && EventTime.TryParse(cells[0], out EventTime time) && time >= Day(26) && time < Day(29))
                {
                    readings.Add((time, cells[3], level));
                }
            }
        }

        foreach ((EventTime time, string device, double level) in readings.OrderBy(r => r.Time))
        {
            drill.Reading(time, device, ("water_level", level));
        }

        Case[] floods = [.. drill.Cases.Where(c => c.Facts.Key.Event == "flood.river" && c.Facts.OccurredAt >= Day(27) && c.Facts.OccurredAt < Day(28)).OrderBy(c => c.Facts.OccurredAt)];
        Assert.Equal(["50119", "50132", "50140"], floods.Select(c => c.Facts.DeviceId).Order());
        foreach (Case flood in floods)
        {
            TimelineSources sources = drill.Reader.Read(flood.CaseNo, Ahead, TimelineWindow.Usual, drill.City, Day(29), CancellationToken.None)!;
            Timeline timeline = TimelineBuilder.Build(sources);
            Forewarning warning = Assert.Single(timeline.Warnings, w => w.Source == ForewarningSource.Alert);
            output.WriteLine($"{flood.Facts.DeviceId}: {warning.Rule} warned at {warning.At}, the water was out at {warning.Breach}: {warning.Lead.TotalMinutes:F0} min");
            Assert.EndsWith("-rising", warning.Rule, StringComparison.Ordinal);
            Assert.InRange(warning.Lead, TimeSpan.FromMinutes(15), Ahead);
            Assert.Contains(timeline.Readings.Series[0].Limits, l => l is { IsOfThen: true, Limit.Kind: RuleLimitKind.Raise });
            Assert.Contains($"warned {PictureText.Duration(warning.Lead)} before", TimelinePicture.Draw(timeline), StringComparison.Ordinal);
        }
    }

    private static EventTime Day(int day) => EventTime.From(new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero));
}
