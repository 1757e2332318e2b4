namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>What warned, and how long before it came true: an arrow from the one to the other.</summary>
internal static class WarningsPanel
{
    private const int RowLimit = 5;
    private const double RowHeight = 22;

    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        if (timeline.Window.Breach is { } breach)
        {
            double x = scale.X(breach);
            bool isRight = x > TimeScale.Right - 200;
            svg.Text(isRight ? x - 4 : x + 4, y + 12, $"越限 breach {timeline.Names.Local(breach):HH:mm:ss}", 11, 190, isRight ? "e" : "t", "#b71c1c");
        }

        if (timeline.Warnings.Count == 0)
        {
            return y + 20;
        }

        TimelinePicture.Heading(svg, y + 30, new Label("预警提前量", "lead time"));
        y += 20;
        foreach (Forewarning warning in timeline.Warnings.Take(RowLimit))
        {
            double from = scale.X(warning.At), to = scale.X(warning.Breach);
            svg.Box(from, y + 4, to - from, RowHeight - 6, "t", "#ffe0b2", $"{warning.Rule} {warning.Cause}", 3);
            svg.Line(from, y + 2, from, y + RowHeight, "warned");
            svg.Shape([(to - 7, y + 6), (to, y + 11), (to - 7, y + 16)], "t", "#ef6c00");
            string what = warning.Source switch
            {
                ForewarningSource.Case => $"案件 case {warning.CaseNo}",
                ForewarningSource.Severity => $"立案早于升级为{PictureWords.Of(warning.Ahead).Chinese} opened before it got {PictureWords.Of(warning.Ahead).English}",
                _ => $"规则 rule {warning.Rule}{(warning.IsOfThen ? "" : " (现行规则 today's)")}",
            };
            string text = $"提前 {PictureText.Duration(warning.Lead)} 预警 warned {PictureText.Duration(warning.Lead)} before · {what}{(warning.DeviceId.Length > 0 ? $" · {warning.DeviceId}" : "")}";
            double width = PictureText.Width(text, 12);
            double x = width <= to - from - 16 ? from + 6 : to + 8 + width <= TimeScale.Right ? to + 8 : Math.Max(TimeScale.Left, Math.Min(from + 6, TimeScale.Right - width));
            svg.Text(x, y + 15, text, 12, TimeScale.Right - x, "b", "#bf360c");
            y += RowHeight;
        }

        if (timeline.Warnings.Count > RowLimit)
        {
            svg.Text(TimeScale.Left, y + 12, $"另有 {timeline.Warnings.Count - RowLimit} 条预警 and {timeline.Warnings.Count - RowLimit} more", 11, style: "m");
            y += 18;
        }

        return y + 6;
    }
}
