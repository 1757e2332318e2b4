using System.Globalization;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>What happened: a lane a kind, a mark each, labels where there is room for them; marks on top of each other are one that says how many it is.</summary>
internal static class EventsPanel
{
    private const double RowHeight = 16;
    private const double MarkWidth = 7;
    private const int LabelRows = 9;
    private const int QuietFrom = 12;
    private const int AfterLimit = 4;
    private const int SpanLimit = 4;

    private static readonly string[] Quiet = ["alertPending", "conditionHeld", "evidenceSealed", "childJoined"];

    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        TimelinePicture.Heading(svg, y + 12, new Label("经过", "events"));
        foreach (IGrouping<TimelineLane, TimelineEntry> lane in timeline.Entries.Where(e => !e.IsAfter).GroupBy(e => e.Lane).OrderBy(g => g.Key))
        {
            y = Lane(svg, timeline, scale, lane.Key, [.. lane], y);
        }

        TimelineEntry[] after = [.. timeline.Entries.Where(e => e.IsAfter)];
        foreach (TimelineEntry entry in after.Take(AfterLimit))
        {
            svg.Text(TimeScale.Left, y + 12, $"此后 later {HeadPanel.When(timeline, entry.At)} {PictureWords.Of(entry.Type)}{Times(entry)} · {entry.Text}", 11, TimeScale.Right - TimeScale.Left);
            y += RowHeight;
        }

        if (after.Length > AfterLimit)
        {
            svg.Text(TimeScale.Left, y + 12, string.Create(CultureInfo.InvariantCulture, $"此后另有 {after.Length - AfterLimit} 项 and {after.Length - AfterLimit} more later"), 11, style: "m");
            y += RowHeight;
        }

        return y + 10;
    }

    private static double Lane(SvgCanvas svg, Timeline timeline, TimeScale scale, TimelineLane lane, IReadOnlyList<TimelineEntry> entries, double y)
    {
        string colour = PictureWords.Colour(lane);
        double top = y;
        foreach (TimelineEntry span in entries.Where(e => e.IsSpan).Take(SpanLimit))
        {
            double from = scale.X(span.At), to = scale.X(span.Until);
            svg.Box(from, y + 3, to - from, RowHeight - 4, "t", "#e1bee7", span.Text, 3);
            svg.Text(from + 4, y + 12, $"{PictureWords.Of(span.Type)} {span.Text}", 10, Math.Max(to - from - 8, TimeScale.Right - from - 8));
            y += RowHeight;
        }

        (double X, TimelineEntry Entry)[] marks = [.. Marks(entries.Where(e => !e.IsSpan), scale)];
        double baseline = y + 10;
        double[] taken = new double[LabelRows]; // where the labels of a row begin, so far
        Array.Fill(taken, double.MaxValue);
        int rows = 0, unlabelled = 0;
        foreach ((double x, TimelineEntry entry) in marks.Reverse()) // from the right, so that no line to a mark crosses a label
        {
            string text = LabelOf(timeline, entry);
            double width = PictureText.Width(text, 10) + 4;
            double left = Math.Min(x, TimeScale.Right - width);
            int row = Quiet.Contains(entry.Type) && marks.Length > QuietFrom ? -1 : Array.FindIndex(taken, t => left + width + 4 < t);
            if (row < 0)
            {
                unlabelled += entry.Count;
                continue;
            }

            for (int above = 0; above < row; above++)
            {
                taken[above] = Math.Min(taken[above], x); // its line goes through them
            }

            taken[row] = left;
            rows = Math.Max(rows, row + 1);
            double labelY = baseline + 14 + (row * RowHeight);
            svg.Line(x, baseline, x, labelY - 3, "lead");
            svg.Text(left + 3, labelY + 2, text, 10, style: "h");
        }

        foreach ((double x, TimelineEntry entry) in marks)
        {
            svg.Dot(x, baseline, entry.Count > 1 ? 5 : 3.5, colour, $"{HeadPanel.When(timeline, entry.At)} {PictureWords.Of(entry.Type)}{Times(entry)}{(entry.Actor.Length > 0 ? $" {entry.Actor}" : "")}: {entry.Text}");
        }

        svg.Text(TimeScale.Left - 6, baseline + 4, PictureWords.Of(lane).ToString(), 11, 110, "e", colour);
        if (unlabelled > 0)
        {
            svg.Text(TimeScale.Left - 6, baseline + 18, string.Create(CultureInfo.InvariantCulture, $"+{unlabelled} 项未注 unlabelled"), 9, 150, "me");
        }

        double end = Math.Max(baseline + 16 + (rows * RowHeight), top + 34);
        svg.Grid(TimeScale.Left, end, TimeScale.Right, end);
        return end + 4;
    }

    // As many as there is room for, whatever there are: each takes a place of its own.
    private static IEnumerable<(double X, TimelineEntry Entry)> Marks(IEnumerable<TimelineEntry> entries, TimeScale scale) =>
        entries.OrderBy(e => e.At)
            .GroupBy(e => (e.Type, Place: (int)((scale.X(e.At) - TimeScale.Left) / MarkWidth)))
            .Select(g => (scale.X(g.First().At), TimelineFold.One([.. g])))
            .OrderBy(m => m.Item1);

    private static string LabelOf(Timeline timeline, TimelineEntry entry)
    {
        string time = timeline.Names.Local(entry.At).ToString("HH:mm", CultureInfo.InvariantCulture);
        string who = entry.Actor.Length > 0 && entry.Actor != CaseEvent.GatewayActor ? $" · {PictureText.Clean(entry.Actor, 20)}" : "";
        string clock = entry.Clock is { } kind ? $" · {PictureWords.Of(kind).Chinese}" : "";
        return PictureText.Clean($"{time} {PictureWords.Of(entry.Type)}{Times(entry)}{clock}{who}", 60);
    }

    private static string Times(TimelineEntry entry) => entry.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ×{entry.Count}");
}
