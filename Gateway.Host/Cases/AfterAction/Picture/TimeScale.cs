using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>
/// Where a time lies in the picture. Days in which nothing happens are drawn narrow, so that the hours that matter stay wide: each such
/// stretch is a break. Immutable.
/// </summary>
internal sealed class TimeScale
{
    /// <summary>Left edge of the plot, pixels.</summary>
    public const double Left = 170;

    /// <summary>Right edge.</summary>
    public const double Right = 1370;

    private const double BreakWidth = 70;
    private const double SpacePerTick = 64;

    private static readonly int[] StepsMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 14_400, 43_200];

    private readonly List<(double FromMs, double ToMs, double FromX, double ToX)> _parts = [];

    private TimeScale(TimelineWindow window, IReadOnlyList<TimeStretch> breaks)
    {
        Window = window;
        Breaks = breaks;
        double from = window.From.UnixMilliseconds, to = Math.Max(window.To.UnixMilliseconds, from + 1);
        double wide = to - from - breaks.Sum(b => (b.To - b.From).TotalMilliseconds);
        double perMs = (Right - Left - (BreakWidth * breaks.Count)) / wide;
        double at = from, x = Left;
        foreach (TimeStretch pause in breaks)
        {
            x = Add(at, pause.From.UnixMilliseconds, x, perMs);
            _parts.Add((pause.From.UnixMilliseconds, pause.To.UnixMilliseconds, x, x + BreakWidth));
            (at, x) = (pause.To.UnixMilliseconds, x + BreakWidth);
        }

        Add(at, to, x, perMs);
    }

    /// <summary>What it covers.</summary>
    public TimelineWindow Window { get; }

    /// <summary>Stretches that are drawn narrow.</summary>
    public IReadOnlyList<TimeStretch> Breaks { get; }

    /// <summary>The scale of a timeline.</summary>
    public static TimeScale Of(Timeline timeline) => new(timeline.Window, timeline.Quiet);

    /// <summary>Where a time lies, pixels; at the edge for what lies outside.</summary>
    public double X(EventTime time)
    {
        double ms = time.UnixMilliseconds;
        foreach ((double fromMs, double toMs, double fromX, double toX) in _parts)
        {
            if (ms <= toMs)
            {
                return fromX + (Math.Clamp((ms - fromMs) / (toMs - fromMs), 0, 1) * (toX - fromX));
            }
        }

        return Right;
    }

    /// <summary>Round times of the city to write below the picture, those in breaks left out.</summary>
    public IEnumerable<EventTime> Ticks(TimelineNames names)
    {
        foreach ((double fromMs, double toMs, double fromX, double toX) in _parts.Where(p => !Breaks.Any(b => b.From.UnixMilliseconds == p.FromMs)))
        {
            double minutes = (toMs - fromMs) / 60_000 * SpacePerTick / Math.Max(1, toX - fromX);
            long step = StepsMinutes.FirstOrDefault(s => s >= minutes, StepsMinutes[^1] * (int)Math.Ceiling(minutes / StepsMinutes[^1])) * 60_000L;
            long offset = (long)names.Local(new EventTime((long)fromMs)).Offset.TotalMilliseconds;
            for (long at = (((long)fromMs + offset) / step * step) - offset; at <= toMs; at += step)
            {
                if (at >= fromMs)
                {
                    yield return new EventTime(at);
                }
            }
        }
    }

    private double Add(double fromMs, double toMs, double x, double perMs)
    {
        double end = x + ((toMs - fromMs) * perMs);
        _parts.Add((fromMs, Math.Max(toMs, fromMs + 1), x, end));
        return end;
    }
}
