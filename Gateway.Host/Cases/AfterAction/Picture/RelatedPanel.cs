using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>Other cases that were open in that time; of a storm how many parts of it were.</summary>
internal static class RelatedPanel
{
    private const int RowLimit = 8;
    private const double RowHeight = 20;
    private const double ChildrenHeight = 80;

    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        if (timeline.Children.Count > 0)
        {
            y = Children(svg, timeline, scale, y);
        }

        RelatedCase[] others = [.. timeline.Related.Where(r => r.Relation != CaseRelation.Child)];
        if (others.Length == 0)
        {
            return y + 6;
        }

        TimelinePicture.Heading(svg, y + 12, new Label("相关案件", "related cases"));
        RelatedCase[] shown = [.. others.OrderBy(r => r.Relation).Take(RowLimit).OrderBy(r => r.Case.OpenedAt)];
        foreach (RelatedCase related in shown)
        {
            Case other = related.Case;
            double from = scale.X(other.OpenedAt), to = scale.X(other.ClosedAt ?? timeline.Window.To);
            string text = $"{other.CaseNo} {other.Facts.Key.Event} · {PictureWords.Of(other.Severity)} · {PictureWords.Of(related.Relation)}";
            svg.Box(from, y + 3, to - from, RowHeight - 6, "t", PictureWords.Colour(other.Severity) + "40", text, 3);
            double width = PictureText.Width(text, 10);
            svg.Text(Math.Max(TimeScale.Left, Math.Min(from + 4, TimeScale.Right - width - 4)), y + 14, text, 10, TimeScale.Right - TimeScale.Left);
            y += RowHeight;
        }

        int left = others.Length - shown.Length + (timeline.Children.Count == 0 ? timeline.RelatedLeftOut : 0);
        if (left > 0)
        {
            svg.Text(TimeScale.Left, y + 12, string.Create(CultureInfo.InvariantCulture, $"另有 {left} 个相关案件 and {left} more"), 11, style: "m");
            y += 18;
        }

        return y + 12;
    }

    private static double Children(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        TimelinePicture.Heading(svg, y + 14, new Label("在办子案", "open parts"));
        (EventTime At, int Change)[] changes = [.. timeline.Children.SelectMany(c => new[] { (c.From, 1), (c.To, -1) }).Where(c => c.Item1 <= timeline.Window.To).OrderBy(c => c.Item1)];
        int open = 0, most = 0;
        double bottom = y + ChildrenHeight;
        List<(double X, int Peak, int Open)> steps = [];
        foreach ((EventTime at, int change) in changes)
        {
            double x = scale.X(at);
            open += change;
            most = Math.Max(most, open);
            if (steps is [.., var last] && x - last.X < 0.5)
            {
                steps[^1] = (last.X, Math.Max(last.Peak, open), open); // no more steps than there are pixels
            }
            else
            {
                steps.Add((x, open, open));
            }
        }

        double Y(int count) => bottom - (count * (ChildrenHeight - 16) / Math.Max(1, most));
        List<(double X, double Y)> outline = [(steps[0].X, bottom)];
        foreach ((double x, int peak, int left) in steps)
        {
            outline.Add((x, outline[^1].Y));
            outline.Add((x, Y(peak)));
            if (left != peak)
            {
                outline.Add((x, Y(left)));
            }
        }

        double right = scale.X(timeline.Window.To);
        outline.Add((right, outline[^1].Y));
        outline.Add((right, bottom));
        svg.Shape(outline, "t", "#ffccbc");
        svg.Line(TimeScale.Left, bottom, TimeScale.Right, bottom, "axis");
        svg.Text(TimeScale.Left - 6, Y(most) + 4, most.ToString(CultureInfo.InvariantCulture), 10, style: "me");
        svg.Grid(TimeScale.Left, Y(most), TimeScale.Right, Y(most));
        svg.Text(TimeScale.Left + 6, y + 12, string.Create(CultureInfo.InvariantCulture, $"共 {timeline.Children.Count} 个子案,同时在办最多 {most} 个 {timeline.Children.Count} parts, at most {most} open at once"), 11, style: "m");
        return bottom + 14;
    }
}
