using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>The clocks: a bar each, green where it was in time, red from its limit on, grey where it stood still.</summary>
internal static class ClocksPanel
{
    private const int RowLimit = 14;
    private const double RowHeight = 20;

    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        if (timeline.Clocks.Count == 0)
        {
            return y;
        }

        // Those that were missed first, then the latest: what a review asks for.
        CaseClockRun[] shown = [.. timeline.Clocks.OrderBy(k => k.BreachedAt is null).ThenByDescending(k => k.Clock.StartedAt).Take(RowLimit).OrderBy(k => k.Clock.StartedAt).ThenBy(k => k.Clock.Kind)];
        TimelinePicture.Heading(svg, y + 12, new Label("时限", "clocks"));
        foreach (CaseClockRun run in shown)
        {
            One(svg, run, timeline, scale, y);
            y += RowHeight;
        }

        int left = timeline.Clocks.Count - shown.Length + timeline.ClocksLeftOut;
        if (left > 0)
        {
            svg.Text(TimeScale.Left, y + 12, string.Create(CultureInfo.InvariantCulture, $"另有 {left} 个时限未绘 and {left} more clocks"), 11, style: "m");
            y += 18;
        }

        return y + 12;
    }

    private static void One(SvgCanvas svg, CaseClockRun run, Timeline timeline, TimeScale scale, double y)
    {
        CaseClock clock = run.Clock;
        EventTime end = EventTime.Min(run.EndedAt ?? timeline.Window.To, timeline.Window.To);
        Label label = PictureWords.Of(clock.Kind);
        svg.Text(TimeScale.Left - 6, y + 13, label.ToString(), 10, 92, "me");
        double from = scale.X(clock.StartedAt), to = scale.X(end);
        string party = timeline.Names.Party(run.Party);
        string tooltip = $"{label} {party}: {HeadPanel.When(timeline, clock.StartedAt)} → {(run.EndedAt is { } ended ? HeadPanel.When(timeline, ended) : "…")}, due {HeadPanel.When(timeline, clock.DueAt)}";
        svg.Box(from, y + 4, to - from, RowHeight - 8, "t", run.EndedAt is null ? "#64b5f6" : "#81c784", tooltip, 2);
        foreach (TimeStretch late in run.Late)
        {
            svg.Box(scale.X(late.From), y + 4, scale.X(EventTime.Min(late.To, end)) - scale.X(late.From), RowHeight - 8, "t", "#e53935", tooltip, 2);
        }

        foreach (TimeStretch pause in run.Paused)
        {
            svg.Box(scale.X(pause.From), y + 4, scale.X(pause.To) - scale.X(pause.From), RowHeight - 8, "t", PictureWords.DeferredColour, $"缓办 paused {HeadPanel.When(timeline, pause.From)} – {HeadPanel.When(timeline, pause.To)}");
        }

        string state = run.BreachedAt is not null ? "超期 missed" : run.EndedAt is null ? clock.PausedAt is null ? "计时中 running" : "暂停 paused" : clock.StoppedAt is null ? "已换 replaced" : "按时 met";
        bool isBeyond = clock.DueAt > timeline.Window.To;
        string due = $"到期 due {timeline.Names.Local(clock.DueAt).ToString(isBeyond || timeline.Window.To - timeline.Window.From > TimeSpan.FromDays(1) ? "MM-dd HH:mm" : "HH:mm", CultureInfo.InvariantCulture)}{(isBeyond ? " →" : "")}";
        double last = to;
        foreach (EventTime limit in new[] { run.BreachedAt, clock.DueAt }.OfType<EventTime>().Distinct().Where(timeline.Window.Has))
        {
            svg.Line(scale.X(limit), y + 1, scale.X(limit), y + RowHeight - 1, "due", run.BreachedAt is null ? null : "#b71c1c");
            last = Math.Max(last, scale.X(limit));
        }

        string text = $"{state} · {due} · {party}";
        string colour = run.BreachedAt is null ? "#455a64" : "#b71c1c";
        double width = PictureText.Width(text, 10), room = TimeScale.Right - last - 8;
        if (width <= room)
        {
            svg.Text(last + 6, y + 13, text, 10, room, "t", colour);
        }
        else if (width <= to - from - 12)
        {
            svg.Text(from + 6, y + 13, text, 10, to - from - 12, "t", run.BreachedAt is null ? "#1b3a1d" : "#ffffff");
        }
        else if (from - TimeScale.Left > room)
        {
            svg.Text(from - 6, y + 13, text, 10, from - TimeScale.Left - 8, "e", colour);
        }
        else
        {
            svg.Text(last + 6, y + 13, text, 10, room, "t", colour);
        }
    }
}
