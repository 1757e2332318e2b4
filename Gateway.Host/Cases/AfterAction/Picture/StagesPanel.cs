using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>Who had the case in which status: a coloured band, the stages that were passed through at once above it, the parties below.</summary>
internal static class StagesPanel
{
    private const double BandHeight = 34;
    private const double PartyHeight = 20;

    /// <summary>Draws it; returns where the next panel begins.</summary>
    public static double Draw(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        TimelinePicture.Heading(svg, y + 34, new Label("阶段", "stages"));
        y += Passed(svg, timeline, scale, y);
        foreach (CaseStretch stretch in timeline.Stages.Where(s => s.To > s.From && s.From <= timeline.Window.To))
        {
            double from = scale.X(stretch.From), to = scale.X(stretch.To);
            bool isDeferred = stretch.Stage == CaseStage.Deferred;
            Label label = isDeferred ? PictureWords.Of(CaseStage.Deferred) : PictureWords.Of(stretch.Status);
            svg.Box(from, y, to - from, BandHeight, "band", isDeferred ? PictureWords.DeferredColour : PictureWords.Colour(stretch.Status), $"{label} {PictureText.Duration(stretch.To - stretch.From)}: {timeline.Names.Party(stretch.Party)}");
            double room = to - from - 6;
            if (PictureText.Width(label.Chinese, 13) <= room)
            {
                svg.Text((from + to) / 2, y + 15, label.Chinese, 13, room, "c");
                string length = PictureText.Duration(stretch.To - stretch.From);
                string below = new[] { $"{label.English} {length}", label.English, length }.FirstOrDefault(t => PictureText.Width(t, 10) <= room, "");
                svg.Text((from + to) / 2, y + 28, below, 10, room, "mc");
            }
        }

        y += BandHeight + 2;
        foreach ((string party, EventTime begin, EventTime end) in Parties(timeline))
        {
            double from = scale.X(begin), to = scale.X(end);
            svg.Box(from, y, to - from, PartyHeight, "band", "#f5f5f5", timeline.Names.Party(party));
            svg.Text((from + to) / 2, y + 14, timeline.Names.Party(party), 11, to - from - 6, "c");
        }

        return y + PartyHeight + 12;
    }

    // What took no time has no width: it gets a mark, several of one moment one together.
    private static double Passed(SvgCanvas svg, Timeline timeline, TimeScale scale, double y)
    {
        double taken = double.MinValue;
        foreach (IGrouping<EventTime, CaseStretch> moment in timeline.Stages.Where(s => s.To == s.From && s.From <= timeline.Window.To).GroupBy(s => s.From))
        {
            double x = scale.X(moment.Key);
            string text = string.Join("→", moment.Select(s => PictureWords.Of(s.Status).Chinese).Distinct());
            svg.Shape([(x - 4, y + 14), (x + 4, y + 14), (x, y + 20)], "t", "#607d8b");
            double width = PictureText.Width(text, 11);
            double left = Math.Min(x - 4, TimeScale.Right - width);
            if (left > taken)
            {
                svg.Text(left, y + 11, text, 11, style: "m");
                taken = left + width + 6;
            }
        }

        return 22;
    }

    private static IEnumerable<(string Party, EventTime From, EventTime To)> Parties(Timeline timeline)
    {
        (string Party, EventTime From, EventTime To)? last = null;
        foreach (CaseStretch stretch in timeline.Stages.Where(s => s.Stage is not null && s.Party.Length > 0 && s.From <= timeline.Window.To))
        {
            if (last is { } known && known.Party == stretch.Party && known.To == stretch.From)
            {
                last = known with { To = stretch.To };
                continue;
            }

            if (last is { } done && done.To > done.From)
            {
                yield return done;
            }

            last = (stretch.Party, stretch.From, stretch.To);
        }

        if (last is { } rest && rest.To > rest.From)
        {
            yield return rest;
        }
    }
}
