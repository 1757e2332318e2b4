using System.Globalization;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>How long each party had the case, and what the colours mean.</summary>
internal static class SummaryPanel
{
    private const double RowHeight = 24;
    private const int RowLimit = 8;
    private const double BarLeft = 420;
    private const double BarRight = 1100;

    /// <summary>Draws it; returns where the picture ends.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, double y)
    {
        TimelinePicture.Heading(svg, y + 12, new Label("各单位用时", "time per party"));
        (string Party, TimeSpan Total, CaseSpan[] Spans)[] parties =
        [
            .. timeline.TimeSpent.GroupBy(s => s.Party).Select(g => (g.Key, TimeSpan.FromTicks(g.Sum(s => s.Spent.Ticks)), g.ToArray())).OrderByDescending(p => p.Item2),
        ];
        double longest = Math.Max(1, parties.Select(p => p.Total.TotalSeconds).DefaultIfEmpty(1).Max());
        foreach ((string party, TimeSpan total, CaseSpan[] spans) in parties.Take(RowLimit))
        {
            svg.Text(TimeScale.Left, y + 15, timeline.Names.Party(party), 12, BarLeft - TimeScale.Left - 90, "b");
            svg.Text(BarLeft - 10, y + 15, PictureText.Duration(total), 12, 90, "e");
            double x = BarLeft;
            foreach (CaseSpan span in spans)
            {
                double width = span.Spent.TotalSeconds / longest * (BarRight - BarLeft);
                svg.Box(x, y + 3, width, RowHeight - 7, "band", PictureWords.Colour(span.Stage), $"{PictureWords.Of(span.Stage)} {PictureText.Duration(span.Spent)}");
                svg.Text(x + 4, y + 15, $"{PictureWords.Of(span.Stage).Chinese} {PictureText.Duration(span.Spent)}", 10, width - 6);
                x += width;
            }

            y += RowHeight;
        }

        if (parties.Length > RowLimit)
        {
            TimeSpan rest = TimeSpan.FromTicks(parties.Skip(RowLimit).Sum(p => p.Total.Ticks));
            svg.Text(TimeScale.Left, y + 14, string.Create(CultureInfo.InvariantCulture, $"另有 {parties.Length - RowLimit} 个单位,共 {PictureText.Duration(rest)} and {parties.Length - RowLimit} more parties, {PictureText.Duration(rest)} in all"), 11, style: "m");
            y += RowHeight;
        }

        return Legend(svg, y + 10) + 14;
    }

    private static double Legend(SvgCanvas svg, double y)
    {
        svg.Line(16, y, TimelinePicture.Width - 16, y, "axis");
        svg.Text(16, y + 20, "图例 legend", 11, 140, "m");
        double x = TimeScale.Left;
        foreach (CaseStage stage in Enum.GetValues<CaseStage>())
        {
            x = Swatch(svg, x, y + 11, PictureWords.Colour(stage), PictureWords.Of(stage).ToString());
        }

        foreach (AlertSeverity severity in Enum.GetValues<AlertSeverity>())
        {
            x = Swatch(svg, x, y + 11, PictureWords.Colour(severity), PictureWords.Of(severity).ToString());
        }

        x = TimeScale.Left;
        x = Swatch(svg, x, y + 31, "#81c784", "时限内 clock in time");
        x = Swatch(svg, x, y + 31, "#e53935", "超期 clock overdue");
        x = Swatch(svg, x, y + 31, "#eceff1", "静默 nothing received");
        x = Swatch(svg, x, y + 31, "#ffe0b2", "预警提前量 lead time");
        svg.Line(x, y + 36, x + 22, y + 36, "limit", "#455a64");
        svg.Text(x + 28, y + 40, "限值 limit", 11);
        svg.Line(x + 110, y + 36, x + 132, y + 36, "clear", "#455a64");
        svg.Text(x + 138, y + 40, "解除值 clear", 11);
        svg.Line(x + 235, y + 36, x + 257, y + 36, "forecast", "#8e24aa");
        svg.Text(x + 263, y + 40, "预测限值 forecast limit", 11);
        svg.Line(x + 420, y + 36, x + 442, y + 36, "breach");
        svg.Text(x + 448, y + 40, "首次越限 first breach", 11);
        return y + 48;
    }

    private static double Swatch(SvgCanvas svg, double x, double y, string colour, string text)
    {
        svg.Box(x, y, 14, 10, "t", colour);
        svg.Text(x + 20, y + 9, text, 11);
        return x + 20 + PictureText.Width(text, 11) + 18;
    }
}
