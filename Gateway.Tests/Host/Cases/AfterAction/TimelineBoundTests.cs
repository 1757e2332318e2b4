using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Xunit.Abstractions;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>However much there is of a case, its timeline stays small, and says what it leaves out.</summary>
public sealed class TimelineBoundTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30); // it takes one or two; machines that test are busy

    [Fact]
    public void Ten_thousand_occurrences_and_four_hundred_parts_are_few_entries_and_none_is_lost()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Storm(children: 400, occurrences: 10_000);
        using (drill)
        {
            int events = drill.Store.History(caseNo).Count;
            Assert.True(events > 10_400);
            long begin = Stopwatch.GetTimestamp();
            Timeline timeline = drill.Timeline(caseNo, now);
            TimeSpan made = Stopwatch.GetElapsedTime(begin);
            string svg = TimelinePicture.Draw(timeline);
            TimeSpan all = Stopwatch.GetElapsedTime(begin);
            output.WriteLine($"read and made in {made.TotalMilliseconds:F0} ms, drawn in {(all - made).TotalMilliseconds:F0} ms, {svg.Length} characters");
            Assert.InRange(all, TimeSpan.Zero, Limit);
            Assert.InRange(timeline.Entries.Count, 1, TimelineFold.Limit);
            Assert.Equal(events, timeline.Entries.Where(e => e.Type is not (TimelineEntry.FiringType or TimelineEntry.ResolvedType)).Sum(e => e.Count));
            Assert.Equal((TimelineBuilder.RelatedLimit, 400 - TimelineBuilder.RelatedLimit, 400), (timeline.Related.Count, timeline.RelatedLeftOut, timeline.Children.Count));
            Assert.Equal(TimelineReader.DeviceLimit, timeline.Readings.Series.Select(s => s.Key.DeviceId).Union(timeline.Related.Select(r => r.Case.Facts.DeviceId)).Take(TimelineReader.DeviceLimit).Count());
            Assert.True(timeline.Readings.DevicesLeftOut > 0);

            Assert.InRange(Encoding.UTF8.GetByteCount(svg), 1_000, 300_000);
            Assert.InRange(Encoding.UTF8.GetByteCount(TimelineGoldenTests.Json(timeline)), 1_000, 4_000_000);
            XDocument picture = XDocument.Parse(svg);
            Assert.InRange((double)picture.Root!.Attribute("height")!, 400, 2_500);
            Assert.Contains("400 parts", svg, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(365 * 40)]
    [InlineData(365 * 1_500)]
    public void Picture_of_a_case_open_for_years_is_no_larger_than_that_of_a_day(int days)
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Reported();
        using (drill)
        {
            string old = drill.Report(now, new CaseIntake { Source = "hotline", Event = "flood.road", Area = "330105001001G01", OccurredAt = EventTime.MinValue, Description = "积水" });
            Timeline timeline = drill.Timeline(old, now + (days * 24.0 * 60));
            Assert.True(timeline.Window.From >= timeline.Case.OpenedAt - TimeSpan.FromDays(32));
            Assert.InRange(TimelinePicture.Draw(timeline).Length, 1_000, 40_000);
            Assert.InRange(TimelinePicture.Draw(drill.Timeline(caseNo, now)).Length, 1_000, 40_000);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(TimelineFold.Limit, TimelineFold.Limit)]
    public void Few_entries_are_left_as_they_are(int count, int expected) => Assert.Equal(expected, Folded(count, types: 1).Count);

    [Theory]
    [InlineData(401, 1)]
    [InlineData(5_000, 40)]
    [InlineData(100_000, 3)]
    public void Many_are_folded_and_counted(int count, int types)
    {
        IReadOnlyList<TimelineEntry> folded = Folded(count, types);
        Assert.InRange(folded.Count, types, TimelineFold.Limit);
        Assert.Equal(count, folded.Sum(e => e.Count));
        Assert.Equal(folded.OrderBy(e => e.At), folded);
        Assert.All(folded, e => Assert.True(e.Until >= e.At));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7_200)]
    [InlineData(86_400 * 400)]
    [InlineData(86_400 * 4_000)]
    public void Buckets_are_few_whatever_the_window(int seconds)
    {
        TimeSpan length = TimeSpan.FromSeconds(seconds);
        double buckets = length / ReadingsReader.StepOf(length, ReadingsReader.BucketLimit);
        Assert.InRange(buckets, 0, ReadingsReader.BucketLimit - 2);
    }

    private static IReadOnlyList<TimelineEntry> Folded(int count, int types)
    {
        TimelineWindow window = new(TimelineDrill.At(0), TimelineDrill.At(100), null);
        return TimelineFold.Fold(
            [.. Enumerable.Range(0, count).Select(i => new TimelineEntry(At(i), At(i), $"type{i % types}", TimelineLane.Sensing, "gateway", $"entry {i}"))], window);

        EventTime At(int i) => TimelineDrill.At(100.0 * i / count);
    }
}
