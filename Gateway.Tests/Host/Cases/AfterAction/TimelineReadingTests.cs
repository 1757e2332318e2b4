using System.Globalization;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Host.City;
using Gateway.Host.Series;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>What is read for a timeline, how much of it, and what is drawn of it.</summary>
public sealed class TimelineReadingTests
{
    private static readonly SeriesKey Key = new(TimelineScenes.Gauge, "water_level");

    [Fact]
    public void Of_the_life_of_a_series_before_the_window_one_page_is_read()
    {
        using TimelineDrill drill = new();
        for (int round = 0; round < 3; round++)
        {
            // Flushed three times over the same time: what is listed of such a series is read as a whole.
            for (double minute = -20_000; minute <= 60; minute += 2)
            {
                drill.Series.Append(Level(drill.City, minute + (round * 0.5), 0.03), 0, 1, drill.City.Definition.Devices);
            }

            drill.Series.Flush();
        }

        using CountingStore counted = new(drill.Series);
        TimelineWindow window = new(TimelineDrill.At(0), TimelineDrill.At(60), null);
        DeviceReadings series = new ReadingsReader(counted, Catalog(drill), window, []).Read(Key, [], CancellationToken.None)!;
        Assert.Equal(91, series.Buckets.Sum(b => b.Received));
        Assert.InRange(counted.Samples, 91, 91 + 4_096);
        Assert.Equal(0, counted.Lists);
    }

    [Fact]
    public void Series_that_began_within_the_window_expects_nothing_before_and_one_that_never_was_is_none()
    {
        using TimelineDrill drill = new();
        drill.Levels(TimelineScenes.Gauge, 30, 60, 0.03, 0.03);
        TimelineWindow window = new(TimelineDrill.At(0), TimelineDrill.At(60), null);
        ReadingsReader reader = new(drill.Series, Catalog(drill), window, []);
        DeviceReadings series = reader.Read(Key, [], CancellationToken.None)!;
        Assert.All(series.Buckets, b => Assert.Equal(b.Start + b.Width <= TimelineDrill.At(30), b.Expected is null));
        Assert.Empty(series.Silences);
        Assert.Null(reader.Read(new SeriesKey("FLD-000002", "water_level"), [], CancellationToken.None));
    }

    [Fact]
    public void Picture_says_why_there_are_no_readings()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            DeviceReadings series = Assert.Single(timeline.Readings.Series);
            ReadingBucket[] empty = [.. series.Buckets.Select(b => b with { Minimum = null, Maximum = null, Last = null, Received = 0 })];
            Assert.Contains("nothing was received within the window", Drawn(empty), StringComparison.Ordinal);
            Assert.Contains("nothing is kept of the window", Drawn([.. empty.Select(b => b with { Expected = null })]), StringComparison.Ordinal);
            Assert.Contains("these were not read", Drawn([]), StringComparison.Ordinal);

            string Drawn(ReadingBucket[] buckets) => TimelinePicture.Draw(timeline with { Readings = timeline.Readings with { Series = [series with { Buckets = buckets, Silences = [] }] } });
        }
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Value_beyond_all_numbers_is_null_and_is_not_drawn(double value)
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            DeviceReadings series = Assert.Single(timeline.Readings.Series);
            Timeline infinite = timeline with { Readings = timeline.Readings with { Series = [series with { Buckets = [.. series.Buckets.Select((b, i) => i == 5 ? b with { Received = 1, Minimum = value, Maximum = value, Last = value } : b)] }] } };
            Assert.Contains("\"max\": null", TimelineGoldenTests.Json(infinite), StringComparison.Ordinal);
            Assert.DoesNotContain("NaN", TimelinePicture.Draw(infinite), StringComparison.Ordinal);
            Assert.DoesNotContain("∞", TimelinePicture.Draw(infinite), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parts_that_are_all_closed_within_half_a_pixel_leave_none_open()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Storm(children: 20);
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            EventTime closed = timeline.Window.From + ((timeline.Window.To - timeline.Window.From) / 2);
            Timeline over = timeline with { Children = [.. Enumerable.Range(0, 100).Select(i => new TimeStretch(timeline.Window.From, closed + TimeSpan.FromMilliseconds(i)))] };
            string svg = TimelinePicture.Draw(over);
            int end = svg.IndexOf("fill=\"#ffccbc\"", StringComparison.Ordinal);
            string path = svg[svg.LastIndexOf("d=\"", end, StringComparison.Ordinal)..end].Split('"')[1];
            double[] heights = [.. path.Trim('M', 'Z').Split('L').Select(p => double.Parse(p.Split(' ')[1], CultureInfo.InvariantCulture))];
            Assert.Contains("at most 100 open at once", svg, StringComparison.Ordinal);
            Assert.Equal(heights.Max(), heights[^2]); // what goes on to the right edge lies on the axis
            Assert.True(heights.Min() < heights.Max());
        }
    }

    [Fact]
    public void Clock_that_was_extended_after_its_limit_had_passed_was_missed_whatever_came_then()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            CaseClockRun met = timeline.Clocks.First(k => k is { EndedAt: not null, BreachedAt: null, Clock.StoppedAt: not null });
            Assert.Contains("\"state\": \"met\"", Json(met), StringComparison.Ordinal);
            Assert.Contains("\"state\": \"missed\"", Json(met with { Late = [new TimeStretch(TimelineDrill.At(1), TimelineDrill.At(2))] }), StringComparison.Ordinal);
            Assert.Contains("\"state\": \"replaced\"", Json(met with { Clock = met.Clock with { StoppedAt = null } }), StringComparison.Ordinal);

            string Json(CaseClockRun run) => TimelineGoldenTests.Json(timeline with { Clocks = [run] });
        }
    }

    [Fact]
    public void Silences_apart_stay_apart_however_much_is_folded()
    {
        TimelineWindow window = new(TimelineDrill.At(0), TimelineDrill.At(100), null);
        TimelineEntry Entry(double from, double to, string type) => new(TimelineDrill.At(from), TimelineDrill.At(to), type, TimelineLane.Surroundings, "gateway", type);
        IReadOnlyList<TimelineEntry> folded = TimelineFold.Fold(
            [.. Enumerable.Range(0, 50_000).Select(i => Entry(i / 500.0, i / 500.0, $"type{i % 90}")), Entry(10, 20, TimelineEntry.SilenceType), Entry(11, 12, TimelineEntry.SilenceType)], window);
        Assert.InRange(folded.Count, 1, TimelineFold.Limit);
        Assert.Equal(2, folded.Count(e => e.Type == TimelineEntry.SilenceType));
    }

    [Fact]
    public void Parties_beyond_those_drawn_are_counted()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            string svg = TimelinePicture.Draw(timeline with { TimeSpent = [.. Enumerable.Range(1, 11).Select(i => new CaseSpan($"unit-{i}", CaseStage.Handling, TimeSpan.FromMinutes(i)))] });
            Assert.Contains("and 3 more parties", svg, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Turn_is_waited_for_some_seconds_and_no_longer()
    {
        VirtualTime time = new();
        TimelineTurns turns = new(1, time);
        Assert.True(await turns.TakeAsync(CancellationToken.None));
        Task<bool> second = turns.TakeAsync(CancellationToken.None);
        time.Pass(TimelineTurns.Patience);
        Assert.False(await second.WaitAsync(TimeSpan.FromSeconds(60)));

        Task<bool> third = turns.TakeAsync(CancellationToken.None);
        turns.End();
        Assert.True(await third.WaitAsync(TimeSpan.FromSeconds(60)));
        using CancellationTokenSource gone = new();
        Task<bool> fourth = turns.TakeAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Device_with_more_values_than_are_looked_at_again_is_left_out_and_looked_at_until_an_earlier_time()
    {
        using TimelineDrill drill = new();
        Device gauge = drill.City.Definition.Devices.Find(TimelineScenes.Gauge)!, other = drill.City.Definition.Devices.Find("FLD-000002")!;
        ReadingBatch batch = new(gauge.Profile);
        for (int second = 0; second <= ReadingsReader.RecallLimit; second++)
        {
            EventTime at = TimelineDrill.At(second / 60.0);
            batch.Add(new ReadingBatch.Row(gauge.Index, at, at, TimeQuality.Ok, -1))[gauge.Profile.ColumnByName["water_level"]] = 0.03;
        }

        drill.Series.Append(batch, 0, ReadingsReader.RecallLimit + 1, drill.City.Definition.Devices);
        drill.Level(1, other.Id, 0.03);
        ReadingsReader reader = new(drill.Series, Catalog(drill), new TimelineWindow(TimelineDrill.At(0), TimelineDrill.At(10_000), TimelineDrill.At(60)), []);
        (IReadOnlyList<RecalledValue> values, bool isWhole) = reader.Recall([gauge, other], TimeSpan.Zero, TimelineDrill.At(10_000), CancellationToken.None);
        Assert.Equal((other.Id, false, true), (Assert.Single(values).DeviceId, isWhole, reader.IsCutShort));
        (values, isWhole) = reader.Recall([gauge, other], TimeSpan.Zero, TimelineDrill.At(60), CancellationToken.None);
        Assert.Equal((3_601, true), (values.Count, isWhole));
    }

    [Fact]
    public void Rule_that_does_not_compile_any_more_silences_no_other()
    {
        using TimelineDrill drill = new();
        Device gauge = drill.City.Definition.Devices.Find(TimelineScenes.Gauge)!;
        RuleDefinition good = drill.City.Find("underpass-flood")!.Rule with { Case = null };
        RuleDefinition bad = Assert.Single(CityReader.Read([new CityFile("rules/gone.yaml", """
            rules:
              - alert: gone
                match: {kind: flood}
                expr: "no_such_field >= 5"
                severity: info
            """)]).Draft.Rules);
        RecalledValue[] values = [.. Enumerable.Range(0, 30).Select(i => new RecalledValue(gauge.Id, TimelineDrill.At(i), "water_level", 0.6))];
        int alone = AlertRecollection.Of([good], [gauge], drill.City.AreasAt(TimelineDrill.Start), CityContext.Of(drill.City.Definition), values, TimelineDrill.At(30)).Count;
        Assert.True(alone > 0);
        Assert.Equal(alone, AlertRecollection.Of([good, bad], [gauge], drill.City.AreasAt(TimelineDrill.Start), CityContext.Of(drill.City.Definition), values, TimelineDrill.At(30)).Count);
    }

    private static SeriesCatalog Catalog(TimelineDrill drill) => new(drill.City.Definition.Devices, drill.City.AreasAt(TimelineDrill.Start));

    private static ReadingBatch Level(CitySnapshot city, double minute, double metres)
    {
        Device device = city.Definition.Devices.Find(TimelineScenes.Gauge)!;
        ReadingBatch batch = new(device.Profile);
        EventTime at = TimelineDrill.At(minute);
        batch.Add(new ReadingBatch.Row(device.Index, at, at, TimeQuality.Ok, -1))[device.Profile.ColumnByName["water_level"]] = metres;
        return batch;
    }

    /// <summary>A real store, and how much is read of it.</summary>
    private sealed class CountingStore(ISeriesStore store) : ISeriesStore
    {
        public long Samples { get; private set; }

        public int Lists { get; private set; }

        public SeriesStoreStatus Status => store.Status;

        public void Append(ReadingBatch batch, int firstRow, int count, DeviceRegister register) => store.Append(batch, firstRow, count, register);

        public void Flush() => store.Flush();

        public void Maintain(EventTime now) => store.Maintain(now);

        public IReadOnlyList<SeriesInfo> List(SeriesSelection selection, CancellationToken cancellation = default)
        {
            Lists++;
            return store.List(selection, cancellation);
        }

        public IEnumerable<SeriesPage> Scan(SeriesSelection selection, EventTime from, EventTime to, CancellationToken cancellation = default)
        {
            foreach (SeriesPage page in store.Scan(selection, from, to, cancellation))
            {
                Samples += page.Count;
                yield return page;
            }
        }

        public SeriesAnswer Query(SeriesQuery query, SeriesCatalog catalog, CancellationToken cancellation = default) => store.Query(query, catalog, cancellation);

        public void Dispose()
        {
            // The drill owns it.
        }
    }
}
