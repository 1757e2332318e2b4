using Gateway.Rules.Cases;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>What the devices measured: a curve each, the limits of the rules as lines, red where it was beyond them, grey where nothing came.</summary>
internal static class ReadingsPanel
{
    private const double Space = 14;
    private const string CurveColour = "#1565c0";

    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        TimelineReadings readings = timeline.Readings;
        if (readings.Series.Count == 0)
        {
            string why = timeline.Window.Breach is null
                ? "无读数:由人工反映立案 No readings: people reported it"
                : "无可绘制的读数 No readings that can be drawn";
            svg.Box(TimeScale.Left, y, TimeScale.Right - TimeScale.Left, 40, "gap");
            svg.Text((TimeScale.Left + TimeScale.Right) / 2, y + 25, why, 13, style: "mc");
            return y + 48;
        }

        double height = readings.Series.Count switch { <= 2 => 170, <= 4 => 110, _ => 70 };
        IReadOnlyList<TimelineLimit> told = [];
        foreach (DeviceReadings series in readings.Series)
        {
            One(svg, timeline, series, scale, y, height, tellsLimits: !told.SequenceEqual(series.Limits));
            told = series.Limits;
            y += height + Space;
        }

        if (readings.DevicesLeftOut > 0 || readings.IsCutShort)
        {
            string left = readings.DevicesLeftOut > 0 ? $"另有 {readings.DevicesLeftOut} 台设备未绘 and {readings.DevicesLeftOut} more devices. " : "";
            svg.Text(TimeScale.Left, y + 6, $"{left}{(readings.IsCutShort ? "读数过多,只读取一部分 too many samples, only part was read" : "")}", 11, style: "m");
            y += 16;
        }

        return y;
    }

    /// <summary>The worst severity whose limit the values of a bucket are beyond; null for none.</summary>
    public static AlertSeverity? Beyond(ReadingBucket bucket, IReadOnlyList<TimelineLimit> limits)
    {
        AlertSeverity? worst = null;
        foreach (RuleLimit limit in limits.Select(l => l.Limit).Where(l => l.Kind == RuleLimitKind.Raise))
        {
            bool isBeyond = bucket is { Minimum: { } low, Maximum: { } high } && (limit.IsUpward
                ? high > limit.Value || (limit.IsInclusive && high == limit.Value)
                : low < limit.Value || (limit.IsInclusive && low == limit.Value));
            worst = isBeyond && (worst is null || limit.Severity > worst) ? limit.Severity : worst;
        }

        return worst;
    }

    private static void One(SvgCanvas svg, Timeline timeline, DeviceReadings series, TimeScale scale, double y, double height, bool tellsLimits)
    {
        svg.Text(16, y + 16, series.Key.DeviceId, 13, 140, "b");
        svg.Text(16, y + 32, $"{series.Key.Metric}{(series.Unit.Length > 0 ? $" ({series.Unit})" : "")}", 11, 120, "m");
        svg.Box(TimeScale.Left, y, TimeScale.Right - TimeScale.Left, height, "frame");
        ReadingBucket[] filled = [.. series.Buckets.Where(IsDrawable)];
        double drawn = double.MinValue;
        foreach (TimeStretch silence in series.Silences)
        {
            double from = scale.X(silence.From), to = scale.X(silence.To);
            if (to < drawn + 0.5)
            {
                continue; // no more of them than there are pixels
            }

            drawn = to;
            svg.Box(from, y + 1, to - from, height - 2, "gap", tooltip: $"静默 silent {HeadPanel.When(timeline, silence.From)} – {HeadPanel.When(timeline, silence.To)}");
            string text = $"静默 silent {PictureText.Duration(silence.To - silence.From)}";
            svg.Text((from + to) / 2, y + 14, PictureText.Width(text, 11) + 8 <= to - from ? text : "", 11, style: "mc");
        }

        if (filled.Length == 0)
        {
            svg.Text((TimeScale.Left + TimeScale.Right) / 2, y + (height / 2) + 14, WhyEmpty(series), 12, style: "mc");
            return;
        }

        ValueScale values = ValueScale.Of(filled, series.Limits, y + 6, y + height - 6);
        foreach (double tick in values.Ticks((int)(height / 40) + 1))
        {
            svg.Grid(TimeScale.Left, values.Y(tick), TimeScale.Right, values.Y(tick));
            svg.Text(TimeScale.Left - 6, values.Y(tick) + 4, PictureText.Number(tick), 10, style: "me");
        }

        Limits(svg, series.Limits, values, height, tellsLimits);
        foreach (List<ReadingBucket> run in Runs(filled, series))
        {
            Curve(svg, timeline, run, series, scale, values);
        }
    }

    // What is beyond all numbers has no place.
    private static bool IsDrawable(ReadingBucket bucket) =>
        bucket is { Minimum: { } low, Maximum: { } high, Last: { } last } && double.IsFinite(low) && double.IsFinite(high) && double.IsFinite(last);

    private static string WhyEmpty(DeviceReadings series) =>
        series.Buckets.Count == 0 ? "读数过多,未读取 too many samples, these were not read"
        : series.Buckets.Any(b => b.Received > 0) ? "没有可绘制的读数 nothing that can be drawn"
        : series.Interval is not null && series.Buckets.All(b => b.Expected is null) ? "窗口内的读数未保存 nothing is kept of the window"
        : "窗口内没有读数 nothing was received within the window";

    private static void Limits(SvgCanvas svg, IReadOnlyList<TimelineLimit> limits, ValueScale values, double height, bool tells)
    {
        List<(double Y, double X)> labels = [];
        double lineHeight = height < 100 ? 10 : 13;
        foreach (TimelineLimit one in limits.Where(l => values.Has(l.Limit.Value)).OrderByDescending(l => l.Limit.Severity).DistinctBy(l => (l.Limit.Kind, l.Limit.Value, l.Limit.IsUpward)))
        {
            RuleLimit limit = one.Limit;
            double y = values.Y(limit.Value);
            string colour = limit.Kind switch { RuleLimitKind.Clear or RuleLimitKind.Part => "#78909c", RuleLimitKind.Forecast => "#8e24aa", _ => PictureWords.Colour(limit.Severity) };
            svg.Line(TimeScale.Left, y, TimeScale.Right, y, limit.Kind switch { RuleLimitKind.Clear or RuleLimitKind.Part => "clear", RuleLimitKind.Forecast => "forecast", _ => "limit" }, colour);
            if (!tells)
            {
                continue; // those above are the same
            }

            string what = limit.Kind switch
            {
                RuleLimitKind.Part => $"其一 with others {TimelineJson.Operator(limit)} {PictureText.Number(limit.Value)}",
                RuleLimitKind.Clear => $"解除 clear {TimelineJson.Operator(limit)} {PictureText.Number(limit.Value)}",
                RuleLimitKind.Forecast => $"预测 forecast {TimelineJson.Operator(limit)} {PictureText.Number(limit.Value)}",
                _ => $"{TimelineJson.Operator(limit)} {PictureText.Number(limit.Value)} {PictureWords.Of(limit.Severity)}",
            };
            string text = one.IsOfThen ? what : $"{what} (现行规则 today's)";
            double x = TimeScale.Left + 6;
            while (labels.Exists(l => Math.Abs(l.Y - y) < lineHeight && Math.Abs(l.X - x) < 1))
            {
                x += 230;
            }

            labels.Add((y, x));
            svg.Text(x, y - 3, text, 10, 224, "h", colour);
        }
    }

    private static IEnumerable<List<ReadingBucket>> Runs(ReadingBucket[] filled, DeviceReadings series)
    {
        List<ReadingBucket> run = [];
        foreach (ReadingBucket bucket in filled)
        {
            // A device without an interval tells of events: what lies between two of them nobody knows.
            if (run is [.., var last] && (series.Interval is null || series.Silences.Any(s => s.From < bucket.Start + bucket.Width && s.To > last.Start && s.To - s.From > bucket.Start - last.Start - last.Width - bucket.Width)))
            {
                yield return run;
                run = [];
            }

            run.Add(bucket);
        }

        yield return run;
    }

    private static void Curve(SvgCanvas svg, Timeline timeline, List<ReadingBucket> run, DeviceReadings series, TimeScale scale, ValueScale values)
    {
        double X(ReadingBucket bucket) => scale.X(bucket.Start + (bucket.Width / 2));
        if (run.Count == 1)
        {
            svg.Dot(X(run[0]), values.Y(run[0].Last!.Value), 3, Beyond(run[0], series.Limits) is { } alone ? PictureWords.Colour(alone) : CurveColour, $"{HeadPanel.When(timeline, run[0].Start)}: {PictureText.Number(run[0].Last!.Value)} {series.Unit}");
            return;
        }

        if (run.Exists(b => b.Maximum > b.Minimum))
        {
            svg.Shape([.. run.Select(b => (X(b), values.Y(b.Maximum!.Value))), .. Enumerable.Reverse(run).Select(b => (X(b), values.Y(b.Minimum!.Value)))], "spread", CurveColour);
        }

        svg.Shape(run.Select(b => (X(b), values.Y(b.Last!.Value))), "curve", stroke: CurveColour);
        for (int i = 0; i < run.Count;)
        {
            AlertSeverity? beyond = Beyond(run[i], series.Limits);
            int end = i;
            while (end < run.Count && Beyond(run[end], series.Limits) == beyond)
            {
                end++;
            }

            if (beyond is { } severity)
            {
                svg.Shape(run[Math.Max(0, i - 1)..end].Select(b => (X(b), values.Y(b.Last!.Value))), "over", stroke: PictureWords.Colour(severity));
            }

            i = end;
        }
    }

    /// <summary>Where a value lies.</summary>
    private sealed class ValueScale(double low, double high, double top, double bottom)
    {
        // A limit far from all that was measured would leave nothing to see of it.
        private const double Reach = 0.8;

        public static ValueScale Of(IReadOnlyList<ReadingBucket> filled, IReadOnlyList<TimelineLimit> limits, double top, double bottom)
        {
            double low = filled.Min(b => b.Minimum!.Value), high = filled.Max(b => b.Maximum!.Value);
            double span = Math.Max(high - low, Math.Max(Math.Abs(high) * 0.05, 1e-3));
            (double least, double most) = (low - (span * Reach), high + (span * Reach));
            foreach (RuleLimit limit in limits.Select(l => l.Limit).Where(l => l.Value >= least && l.Value <= most))
            {
                (low, high) = (Math.Min(low, limit.Value), Math.Max(high, limit.Value));
            }

            double margin = Math.Max(high - low, span) * 0.06;
            return new ValueScale(low - margin, high + margin, top, bottom);
        }

        public bool Has(double value) => value >= low && value <= high;

        public double Y(double value) => bottom - ((value - low) / (high - low) * (bottom - top));

        public IEnumerable<double> Ticks(int count)
        {
            double raw = (high - low) / count;
            double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
            double step = power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
            for (double tick = Math.Ceiling(low / step) * step; tick <= high; tick += step)
            {
                yield return Math.Abs(tick) < step / 1e6 ? 0 : tick;
            }
        }
    }
}
