using Gateway.Protocols.Readings;
using Gateway.Rules.Functions;
using Gateway.Tests.Rules.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Functions;

/// <summary>What is in a window, whatever order readings come in, and what rules make of it.</summary>
public sealed class WindowTests
{
    /// <summary>Against the plain thing: all readings in a sorted list, filtered anew for each question.</summary>
    [Fact]
    public void History_holds_what_a_sorted_list_of_everything_would()
    {
        const long keep = 60_000;
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            SampleHistory history = new();
            SortedDictionary<long, double> all = [];
            long newest = long.MinValue;
            for (int i = 0; i < 300; i++)
            {
                long time = 1_000_000 + (i * 500) - (random.Next(4) == 0 ? random.Next(70_000) : 0);
                double value = random.Next(100);
                bool reaches = newest == long.MinValue || newest - time <= keep;
                history.Add(time, value, keep);
                if (reaches)
                {
                    all[time] = value;
                }

                newest = Math.Max(newest, time);
                long window = random.Next(1, (int)keep);
                SampleWindow seen = history.Window(newest, window);
                (long, double)[] wanted = [.. all.Where(s => newest - s.Key <= window).Select(s => (s.Key, s.Value))];
                (long, double)[] shown = new (long, double)[seen.Count];
                for (int n = 0; n < shown.Length; n++)
                {
                    shown[n] = (seen.Time(n), seen.Value(n));
                }

                Assert.Equal(wanted, shown);
            }
        }
    }

    [Fact]
    public void History_of_a_field_that_reports_too_fast_keeps_the_newest()
    {
        SampleHistory history = new();
        for (int i = 0; i < 3 * SampleHistory.CountLimit; i++)
        {
            history.Add(i, i, long.MaxValue / 2);
        }

        Assert.Equal(SampleHistory.CountLimit, history.Count);
        Assert.Equal(2 * SampleHistory.CountLimit, history.Time(0));
        history.Add(1, 1, long.MaxValue / 2);
        Assert.Equal(2 * SampleHistory.CountLimit, history.Time(0));
        history.Add((2 * SampleHistory.CountLimit) + 7, -1, long.MaxValue / 2);
        Assert.Equal(-1, history.Value(7));
    }

    [Fact]
    public void Both_ends_of_a_window_belong_to_it()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "rise(water_level, 15m) >= 0.5")));
        gauge.Series("water_level", 900, 1.0, 1.5);
        Assert.Equal(["900s Firing Warning FLD-1"], gauge.Told);
    }

    [Fact]
    public void Reading_that_comes_late_counts_from_the_next_one_on()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "max(water_level, 5m) >= 2")));
        gauge.Send(0, "FLD-1", "water_level=1").Send(60, "FLD-1", "water_level=1").Send(70, "FLD-1", "water_level=2", age: 30);
        Assert.Empty(gauge.Told);
        gauge.Send(120, "FLD-1", "water_level=1");
        Assert.Equal(["120s Firing Warning FLD-1"], gauge.Told);
    }

    [Fact]
    public void Historical_reading_is_in_no_window()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "max(water_level, 5m) >= 2")));
        gauge.Send(0, "FLD-1", "water_level=2", quality: TimeQuality.Historical).Send(60, "FLD-1", "water_level=1");
        Assert.Empty(gauge.Told);
    }

    [Fact]
    public void Window_moves_on_with_readings_that_do_not_bring_its_field()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "count(rainfall, 2m) == 0 and water_level > 1")));
        gauge.Send(0, "FLD-1", "water_level=2 rainfall=1").Send(60, "FLD-1", "water_level=2");
        Assert.Empty(gauge.Told);
        gauge.Send(121, "FLD-1", "water_level=2");
        Assert.Equal(["121s Firing Warning FLD-1"], gauge.Told);
    }

    [Fact]
    public void Reload_keeps_what_was_seen_for_a_rule_that_is_new()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "rise(water_level, 1h) >= 9")));
        gauge.Series("water_level", 60, 1.0, 1.2, 1.4);
        gauge.Reload(Compile(Register(), Rule("r", "rise(water_level, 30m) >= 0.5")));
        gauge.Send(180, "FLD-1", "water_level=1.5");
        Assert.Equal(["180s Firing Warning FLD-1"], gauge.Told);
    }

    [Fact]
    public void Devices_have_histories_of_their_own()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "hits(water_level >= 1, 3) >= 2")));
        gauge.Send(0, "FLD-1", "water_level=1").Send(10, "FLD-2", "water_level=1").Send(20, "FLD-2", "water_level=1");
        Assert.Equal(["20s Firing Warning FLD-2"], gauge.Told);
    }

    [Fact]
    public void Cause_names_the_call_and_its_value()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "rise(water_level, 5m) >= 0.5 or time_to(water_level, 5, 5m) <= 1h")));
        gauge.Series("water_level", 60, 1.0, 1.25, 1.5);
        Assert.Equal("rise(water_level, 5m) 0.5 m >= 0.5 or time_to(water_level, 5, 5m) 14m <= 1h", gauge.Transitions[^1].Cause);
    }

    [Fact]
    public void Rules_of_a_kind_that_make_too_many_different_calls_are_refused()
    {
        string many = string.Join(" or ", Enumerable.Range(1, 70).Select(i => $"rise(water_level, {i}m) > 5"));
        Assert.Equal("R116", Assert.Single(Findings(Rule("r", many))).Code);
    }
}
