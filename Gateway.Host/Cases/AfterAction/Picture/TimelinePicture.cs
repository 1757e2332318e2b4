using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>
/// A timeline as one picture, SVG without script, link or anything from outside, to be looked at rather than read. From the top: what it is about,
/// what warned, what was measured, who had it, its clocks, what happened, other cases, and how long each party had it. Pure.
/// </summary>
internal static class TimelinePicture
{
    /// <summary>Width of the picture, pixels.</summary>
    public const double Width = 1400;

    private const string Styles =
        "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif}" +
        ".b{font-weight:700}.h{paint-order:stroke;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}.m{fill:#607d8b}.e{text-anchor:end}.me{text-anchor:end;fill:#607d8b}.c{text-anchor:middle}.mc{text-anchor:middle;fill:#607d8b}.w{fill:#ffffff;font-weight:700}" +
        ".grid{stroke:#eceff1}.axis{stroke:#90a4ae}.frame{fill:none;stroke:#cfd8dc}.gap{fill:#eceff1}.band{stroke:#ffffff}.thin{stroke-width:1}.lead{stroke:#90a4ae;stroke-width:.6}" +
        ".limit{stroke-width:1.2;stroke-dasharray:6 4}.clear{stroke-width:1;stroke-dasharray:2 4}.forecast{stroke-width:1.2;stroke-dasharray:10 3 2 3}" +
        ".curve{stroke-width:1.6;stroke-linejoin:round}.over{stroke-width:2.6;stroke-linejoin:round}.spread{opacity:.25}" +
        ".breach{stroke:#b71c1c;stroke-width:1.2}.warned{stroke:#ef6c00;stroke-width:1.2;stroke-dasharray:3 3}.due{stroke:#263238;stroke-width:2}.break{stroke:#b0bec5;stroke-dasharray:3 3}.dot{stroke:#ffffff;stroke-width:1}";

    /// <summary>The document.</summary>
    public static string Draw(Timeline timeline)
    {
        SvgCanvas svg = new();
        TimeScale scale = TimeScale.Of(timeline);
        double y = HeadPanel.Draw(svg, timeline);
        double top = y;
        y = WarningsPanel.Draw(svg, timeline, scale, y);
        double measured = y;
        y = ReadingsPanel.Draw(svg, timeline, scale, y);
        y = Axis(svg, timeline, scale, measured, y);
        y = StagesPanel.Draw(svg, timeline, scale, y);
        y = ClocksPanel.Draw(svg, timeline, scale, y);
        y = EventsPanel.Draw(svg, timeline, scale, y);
        y = RelatedPanel.Draw(svg, timeline, scale, y);
        y = Axis(svg, timeline, scale, y, y);
        Across(svg, timeline, scale, top, y - 34);
        y = SummaryPanel.Draw(svg, timeline, y);
        return svg.Document(Width, y, $"事后复盘 After-action timeline {timeline.Case.CaseNo}", Description(timeline), Styles);
    }

    /// <summary>Heading of a panel, in the margin.</summary>
    public static void Heading(SvgCanvas svg, double y, Label label)
    {
        svg.Text(16, y, label.Chinese, 13, 140, "b");
        svg.Text(16, y + 14, label.English, 11, 140, "m");
    }

    private static double Axis(SvgCanvas svg, Timeline timeline, TimeScale scale, double top, double y)
    {
        svg.Line(TimeScale.Left, y, TimeScale.Right, y, "axis");
        string day = "";
        foreach (EventTime tick in scale.Ticks(timeline.Names))
        {
            double x = scale.X(tick);
            DateTimeOffset local = timeline.Names.Local(tick);
            svg.Grid(x, top, x, y);
            svg.Line(x, y, x, y + 4, "axis");
            svg.Text(x, y + 16, local.ToString("HH:mm", CultureInfo.InvariantCulture), 11, style: "c");
            string next = local.ToString("MM-dd", CultureInfo.InvariantCulture);
            if (next != day)
            {
                svg.Text(x, y + 29, next, 10, style: "mc");
                day = next;
            }
        }

        svg.Text(16, y + 16, $"当地时间 {timeline.Names.TimeZone.Id}", 10, 150, "m");
        return y + 40;
    }

    // Lines that belong to all panels: the breach, the warnings, and where time is drawn narrow.
    private static void Across(SvgCanvas svg, Timeline timeline, TimeScale scale, double top, double bottom)
    {
        foreach (TimeStretch pause in scale.Breaks)
        {
            double from = scale.X(pause.From), to = scale.X(pause.To);
            svg.Line(from, top, from, bottom, "break");
            svg.Line(to, top, to, bottom, "break");
            svg.Text((from + to) / 2, bottom + 16, $"⋯ {PictureText.Duration(pause.To - pause.From)}", 11, to - from + 20, "mc");
        }

        if (timeline.Window.Breach is { } breach)
        {
            svg.Line(scale.X(breach), top, scale.X(breach), bottom, "breach");
        }
    }

    private static string Description(Timeline timeline)
    {
        Case c = timeline.Case;
        string warned = timeline.Warnings is [var first, ..] ? $" Warned {PictureText.Duration(first.Lead)} before by {(first.Rule.Length > 0 ? first.Rule : first.CaseNo)}." : "";
        return $"Case {c.CaseNo}, {c.Facts.Key.Event}, {PictureWords.Of(c.Severity).English}, {PictureWords.Of(c.Status).English}. Opened {HeadPanel.When(timeline, c.OpenedAt)}, {(c.ClosedAt is { } closed ? $"over {HeadPanel.When(timeline, closed)}" : "not over")}.{warned}"
            + $" {timeline.Readings.Series.Count} series, {timeline.Clocks.Count} clocks, {timeline.Entries.Sum(e => e.Count)} events.";
    }
}
