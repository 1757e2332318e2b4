using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>The evaluation figures, against figures known from elsewhere and case by case.</summary>
public sealed class CaseMetricsTests
{
    private static readonly EventTime End = CaseWorld.At(60 * 24 * 40);

    [Fact]
    public void Golden_figures_come_out()
    {
        CaseMetrics metrics = new(End);
        Case onTime = Closed(done: 100), late = Closed(done: 300), open = Filed();
        for (int i = 0; i < 972; i++)
        {
            metrics.Add(i < 737 ? onTime : i < 911 ? late : open);
        }

        Assert.Equal((972L, 0L), metrics.Due);
        Assert.Equal("93.72 %", Text(metrics, "closingRate"));
        Assert.Equal("75.82 %", Text(metrics, "onTimeClosingRate"));
    }

    [Fact]
    public void Deferred_cases_are_taken_out_of_the_due_ones()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(1, CaseCommandKind.Accept);
        drive.Ask(2, CaseCommandKind.Defer, 60 * 24 * 90);
        drive.Command(3, CaseCommandKind.Approve, "wang");
        CaseMetrics metrics = new(End);
        metrics.Add(drive.Case);
        metrics.Add(Closed(done: 100));
        Assert.Equal((2L, 1L), metrics.Due);
        Assert.Equal(1, Ratio(metrics, "closingRate").Value);
    }

    [Fact]
    public void Lead_over_the_first_report_is_the_median_of_the_cases_that_both_brought()
    {
        CaseMetrics metrics = new(End);
        metrics.Add(Filed());
        Assert.Null(metrics.LeadTimeMs(0.5));
        foreach (int minutes in new[] { 30, -5, 10 })
        {
            CaseDriver drive = CaseDriver.New();
            if (minutes > 0)
            {
                drive.Alert(60, AlertTransitionKind.Firing);
            }

            drive.Book.Handle(CaseWorld.Intake("330102001001G01", "flood.underpass"), CaseWorld.At(60 + minutes), 5, drive.Changes);
            drive.Alert(100, AlertTransitionKind.Firing);
            CaseFigures figures = CaseFigures.Of(drive.Case);
            Assert.True(CaseFigures.TryRead(figures.ToBytes(), out CaseFigures read));
            Assert.Equal(figures, read);
            Assert.True(CaseFigures.TryRead(figures.ToBytes().AsSpan(0, 56), out CaseFigures earlier)); // as it was stored before
            Assert.Equal(figures with { Lead = null, First = CaseFirst.None, ChangedAt = EventTime.MaxValue }, earlier);
            Assert.True(figures.IsStoredAs(earlier.ToBytes().AsSpan(0, 56)));
            Assert.False(figures.IsStoredAs(earlier.ToBytes()));
            metrics.Add(read);
        }

        Assert.Equal(10 * 60_000, metrics.LeadTimeMs(0.5)); // of -45, 10 and 30 minutes
    }

    [Fact]
    public void Exercises_and_merged_cases_count_nowhere_and_nothing_is_no_figure()
    {
        CaseMetrics metrics = new(End);
        Case filed = Filed();
        metrics.Add(filed with { Facts = filed.Facts with { Exercise = true } });
        metrics.Add(filed with { Status = CaseStatus.Merged });
        Assert.Equal(0, metrics.Filed);
        Assert.All(metrics.Ratios, r => Assert.Null(r.Value));
        Assert.Null(metrics.DetectionLagMs(0.5));
        Assert.Null(metrics.Score);
    }

    [Fact]
    public void Each_figure_counts_what_its_formula_says()
    {
        CaseMetrics metrics = new(End);
        Case closed = Closed(done: 100);
        metrics.Add(closed with { OpenedAt = closed.OpenedAt + TimeSpan.FromDays(20), Score = 4 }); // the same matter twenty days later
        metrics.Add(closed with { Reworks = 2, Whistles = 1, Score = 2 });
        metrics.Add(closed with { Status = CaseStatus.Voided });
        metrics.Add(Told("hotline") with { Returns = 1 });
        metrics.Add(Told("patrol"));

        Assert.Equal((1, 2), Parts(metrics, "recurrenceRate"));
        Assert.Equal((1, 2), Parts(metrics, "reworkRate"));
        Assert.Equal((1, 5), Parts(metrics, "whistleRate"));
        Assert.Equal((1, 5), Parts(metrics, "falseAlarmRate"));
        Assert.Equal((1, 4), Parts(metrics, "returnRate"));
        Assert.Equal((2, 4), Parts(metrics, "acceptedOnTimeRate"));
        Assert.Equal((2, 3), Parts(metrics, "beforeComplaintRate")); // neither the void one nor the patrol's
        Assert.Equal(3, metrics.Score);
        Assert.All(metrics.Ratios, r => Assert.NotEqual("", r.Formula));
    }

    /// <summary>
    /// What happened, by minutes: <c>sensor</c> breaches then and fires five minutes later, a word reports, <c>merge</c> merges the case of a report of that
    /// minute into the sensor's.
    /// </summary>
    [Theory]
    [InlineData("sensor 0", CaseFirst.Sensor)]
    [InlineData("hotline 0", CaseFirst.Citizen)]
    [InlineData("app_12345 0", CaseFirst.Citizen)] // whatever a city calls it
    [InlineData("patrol 0", CaseFirst.None)]
    [InlineData("cap 0", CaseFirst.None)]
    [InlineData("sensor 0, hotline 10", CaseFirst.Sensor)]
    [InlineData("sensor 0, hotline 2", CaseFirst.Sensor)] // the case was opened for the citizen, and the water was there before
    [InlineData("sensor 0, hotline 0", CaseFirst.Sensor)]
    [InlineData("hotline 0, sensor 1", CaseFirst.Citizen)]
    [InlineData("patrol 0, sensor 1", CaseFirst.Sensor)]
    [InlineData("patrol 0, hotline 1, sensor 2", CaseFirst.Citizen)]
    [InlineData("patrol 0, sensor 1, hotline 9", CaseFirst.Sensor)]
    [InlineData("patrol 0, hotline 9", CaseFirst.Citizen)]
    [InlineData("merge 0, sensor 1", CaseFirst.Citizen)]
    [InlineData("sensor 0, merge 7", CaseFirst.Sensor)]
    public void First_is_whose_word_is_older_of_a_sensor_and_a_citizen(string happened, CaseFirst first)
    {
        const string Grid = "330102001001G01";
        CaseDriver drive = CaseDriver.New();
        (string What, double Minute)[] steps = [.. happened.Split(", ").Select(s => s.Split(' ')).Select(s => (s[0], double.Parse(s[1], CultureInfo.InvariantCulture)))];
        foreach ((string what, double minute) in steps.OrderBy(s => s.What == "sensor" ? s.Minute + 5 : s.Minute))
        {
            if (what == "sensor")
            {
                AlertTransition firing = CaseWorld.Alert(AlertTransitionKind.Firing, CaseWorld.At(minute + 5));
                drive.Book.Handle(firing with { OccurredAt = CaseWorld.At(minute), ObservedAt = CaseWorld.At(minute) }, CaseWorld.Context(CaseWorld.Underpass, 0), drive.Changes);
            }
            else if (what == "merge")
            {
                drive.Book.Handle(CaseWorld.Intake("330102001001G02", "flood.underpass"), CaseWorld.At(minute), 5, drive.Changes);
            }
            else
            {
                drive.Book.Handle(CaseWorld.Intake(Grid, "flood.underpass", what), CaseWorld.At(minute), 5, drive.Changes);
            }
        }

        if (happened.Contains("merge", StringComparison.Ordinal))
        {
            string sensed = drive.Book.Cases.Single(c => c.Occurrences > 0).CaseNo, told = drive.Book.Cases.Single(c => c.Occurrences == 0).CaseNo;
            Assert.Null(drive.Command(20, CaseCommandKind.Merge, caseNo: told, to: sensed));
        }

        Case one = Assert.Single(drive.Book.Cases, c => c.IsOpen);
        Assert.Equal(first, one.First);
        CaseMetrics metrics = new(End);
        metrics.Add(one);
        Assert.Equal((first == CaseFirst.Sensor ? 1 : 0, first == CaseFirst.None ? 0 : 1), Parts(metrics, "beforeComplaintRate"));
        metrics.Add(one with { Status = CaseStatus.Voided });
        Assert.Equal(first == CaseFirst.None ? 0 : 1, Ratio(metrics, "beforeComplaintRate").Denominator);
    }

    [Theory]
    [InlineData(29.9, 40, 1, 0)]
    [InlineData(30, 40, 1, 0)] // to the millisecond
    [InlineData(30.1, 40, 0, 0)]
    [InlineData(-1, 29, 0, 1)] // nothing yet, and it may still
    [InlineData(-1, 40, 0, 0)]
    public void What_comes_again_after_the_period_counts_until_thirty_days_after_closing(double againDays, double asOfDays, int recurred, int open)
    {
        Case closed = Closed(done: 100);
        CaseMetrics metrics = new(closed.ClosedAt!.Value + TimeSpan.FromDays(asOfDays));
        metrics.Add(closed);
        Assert.Equal(EventTime.Min(closed.ClosedAt.Value + TimeSpan.FromDays(30), closed.ClosedAt.Value + TimeSpan.FromDays(asOfDays)), metrics.RecursUntil);
        Case again = Filed() with { OpenedAt = closed.ClosedAt.Value + TimeSpan.FromDays(againDays) };
        if (againDays > 0)
        {
            metrics.AddLater(CaseFigures.Of(again with { Status = CaseStatus.Voided })); // false alarms, exercises, what was merged and other matters are no recurrence
            metrics.AddLater(CaseFigures.Of(again with { Status = CaseStatus.Merged }));
            metrics.AddLater(CaseFigures.Of(again with { Facts = again.Facts with { Exercise = true } }));
            metrics.AddLater(CaseFigures.Of(again with { Facts = again.Facts with { Key = CaseDriver.Other().Facts.Key } }));
            Assert.Equal((0, 1), Parts(metrics, "recurrenceRate"));
            metrics.AddLater(CaseFigures.Of(again));
            metrics.AddLater(CaseFigures.Of(again)); // once is enough
        }

        Assert.Equal((recurred, 1), Parts(metrics, "recurrenceRate"));
        Assert.Equal(open, metrics.RecurrenceOpen);
        Assert.Equal((1L, 1L), (metrics.Filed, metrics.Due.Due)); // what came later counts nowhere else
    }

    [Fact]
    public void What_came_again_in_the_period_or_was_reopened_awaits_nothing()
    {
        Case closed = Closed(done: 100);
        CaseMetrics metrics = new(End);
        metrics.Add(closed with { OpenedAt = closed.ClosedAt!.Value + TimeSpan.FromDays(1), ClosedAt = closed.ClosedAt + TimeSpan.FromDays(2), Reopens = 1 });
        metrics.Add(closed);
        Assert.Equal((2, 2), Parts(metrics, "recurrenceRate"));
        Assert.Null(metrics.RecursUntil);
        Assert.Equal(0, metrics.RecurrenceOpen);
    }

    [Fact]
    public void Detection_lag_is_from_the_first_breaching_reading_to_the_case()
    {
        CaseMetrics metrics = new(End);
        Case filed = Filed();
        foreach (int seconds in Enumerable.Range(1, 100))
        {
            metrics.Add(filed with { Facts = filed.Facts with { OccurredAt = filed.OpenedAt - TimeSpan.FromSeconds(seconds) } });
        }

        Assert.Equal((50_000L, 95_000L), (metrics.DetectionLagMs(0.5), metrics.DetectionLagMs(0.95)));
    }

    [Fact]
    public void Figures_that_were_stored_are_read_as_they_were()
    {
        Case full = Closed(done: 300) with { Reworks = 1, Whistles = 1, Returns = 1, Reopens = 1, Score = 5, Rating = 4 };
        foreach (CaseFigures figures in new[] { CaseFigures.Of(full), CaseFigures.Of(Filed()) })
        {
            byte[] stored = figures.ToBytes();
            Assert.True(CaseFigures.TryRead(stored, out CaseFigures read));
            Assert.Equal(figures, read);
            Assert.True(CaseFigures.TryRead([.. stored, 1, 2], out read)); // a later version added a member
            Assert.Equal(figures, read);
            Assert.True(CaseFigures.TryRead(stored.AsSpan(0, 56), out read)); // an earlier one knew no lead time
            Assert.Equal(figures with { Lead = null, First = CaseFirst.None, ChangedAt = EventTime.MaxValue }, read);
            Assert.True(CaseFigures.TryRead(stored.AsSpan(0, 64), out read)); // one after it did not know who was first
            Assert.Equal(figures with { First = CaseFirst.None, ChangedAt = EventTime.MaxValue }, read);
            Assert.All(new[] { 56, 64, 73 }, length => Assert.True(figures.IsStoredAs(stored.AsSpan(0, length))));
            Assert.All(new[] { 0, 55, 57, 65, 72 }, length => Assert.False(figures.IsStoredAs(stored.AsSpan(0, length))));
            Assert.False(figures.IsStoredAs((figures with { First = CaseFirst.Citizen }).ToBytes()));
            Assert.False(figures.IsStoredAs((figures with { ChangedAt = default }).ToBytes()));
            Assert.False(CaseFigures.TryRead(stored.AsSpan(0, 55), out _));
        }
    }

    /// <summary>Rows of a store are for ever: what these bytes mean must not change.</summary>
    [Fact]
    public void Stored_form_of_before_reads()
    {
        byte[] stored = Convert.FromHexString("070101820000000000000199F3A2B8000000019BFE4D6A1C8000000000000000800000000000000000000000000000050000000000000190");
        Assert.True(CaseFigures.TryRead(stored, out CaseFigures read));
        Assert.Equal((CaseStatus.Closed, true, true, true, 5L, TimeSpan.FromMilliseconds(400)), (read.Status, read.IsSensed, read.IsLed, read.IsAcceptedOnTime, read.Key, read.Lag));
        Assert.Null(read.ResolveDueAt);
    }

    // Resolve limit four hours: 240 minutes.
    private static Case Closed(double done)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(5, CaseCommandKind.Accept);
        drive.Alert(10, AlertTransitionKind.Resolved);
        drive.Command(done, CaseCommandKind.Report);
        drive.Reading(done + 10);
        Assert.Null(drive.Command(done + 11, CaseCommandKind.Verify, "wang"));
        return drive.Case;
    }

    private static Case Told(string source)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Book.Handle(CaseWorld.Intake("330102001001G01", "flood.underpass", source), CaseWorld.At(0), 5, drive.Changes);
        return drive.Case;
    }

    private static Case Filed()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        return drive.Case;
    }

    private static CaseRatio Ratio(CaseMetrics metrics, string name) => metrics.Ratios.Single(r => r.Name == name);

    private static (long, long) Parts(CaseMetrics metrics, string name) => (Ratio(metrics, name).Numerator, Ratio(metrics, name).Denominator);

    private static string Text(CaseMetrics metrics, string name) => FormattableString.Invariant($"{100 * Ratio(metrics, name).Value:F2} %");
}
