using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>What the picture is about.</summary>
internal static class HeadPanel
{
    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline)
    {
        Case c = timeline.Case;
        CaseFacts facts = c.Facts;
        svg.Box(0, 0, TimelinePicture.Width, 6, "t", PictureWords.Colour(c.Severity));
        svg.Text(16, 40, $"事后复盘 After-action · {c.CaseNo}", 24, 620, "b");
        double x = Chip(svg, 640, 22, PictureWords.Of(c.Severity).ToString(), PictureWords.Colour(c.Severity));
        x = Chip(svg, x, 22, PictureWords.Of(c.Status).ToString(), "#455a64");
        if (facts.Exercise)
        {
            x = Chip(svg, x, 22, "演练 EXERCISE", "#6a1b9a");
        }

        if (facts.Mode != Rules.Compilation.CityContext.NormalMode)
        {
            Chip(svg, x, 22, $"模式 mode {facts.Mode}", "#ad1457");
        }

        string device = facts.DeviceId.Length > 0 ? $" · {facts.DeviceId}" : "";
        string address = facts.Address.Length > 0 ? $" · {facts.Address}" : "";
        svg.Text(16, 66, $"{facts.Key.Event} · {string.Join(" / ", timeline.Names.Places.Reverse())}{device}{address}", 14, 1368);
        string breach = timeline.Window.Breach is { } at ? $"首次越限 breached {When(timeline, at)} → " : "";
        string end = c is { IsOpen: false, ClosedAt: { } closed }
            ? $"{PictureWords.Of(c.Status == CaseStatus.Evaluated ? CaseStatus.Closed : c.Status)} {When(timeline, closed)}"
            : $"未结 open, 截至 as of {When(timeline, timeline.Now)}";
        TimeSpan total = TimeSpan.FromTicks(timeline.TimeSpent.Sum(s => s.Spent.Ticks));
        string more = $"{Count(c.Occurrences, "次告警 occurrences")}{Count(c.ReportCount, "次反映 reports")}{Count(c.Reworks, "次返工 reworks")}{Count(c.Reopens, "次重开 reopenings")}{(c.Score is { } score ? $" · 评价 score {score}/5" : "")}{(c.Rating is { } rating ? $" · 群众评价 rating {rating}/5" : "")}";
        svg.Text(16, 88, $"{breach}立案 opened {When(timeline, c.OpenedAt)} → {end} · 历时 total {PictureText.Duration(total)}{more}", 13, 1368, "m");
        svg.Line(16, 100, TimelinePicture.Width - 16, 100, "axis");
        return 108;
    }

    /// <summary>A time of the city, with its day.</summary>
    public static string When(Timeline timeline, EventTime time) => timeline.Names.Local(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Count(int count, string what) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" · {count} {what}");

    private static double Chip(SvgCanvas svg, double x, double y, string text, string colour)
    {
        string clean = PictureText.Fit(text, 240, 12);
        double width = PictureText.Width(clean, 12) + 16;
        svg.Box(x, y, width, 22, "t", colour, radius: 11);
        svg.Text(x + 8, y + 15, clean, 12, 240, "w", "#ffffff");
        return x + width + 8;
    }
}
