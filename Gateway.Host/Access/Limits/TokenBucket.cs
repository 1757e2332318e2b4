using Gateway.Protocols.Readings;

namespace Gateway.Host.Access.Limits;

/// <summary>
/// An allowance that grows with time up to one second's worth. It is open while anything is left of it, and what is taken may be more
/// than that: the rest is owed and comes off what grows. So a single large message passes, and the average holds. No clock; not safe
/// for threads.
/// </summary>
internal struct TokenBucket(long perSecond, EventTime now)
{
    private double _left = perSecond;
    private EventTime _filledAt = now;

    /// <summary>Time until it is open; zero when it is, or when there is no limit (zero a second).</summary>
    public TimeSpan UntilOpen(EventTime now)
    {
        if (perSecond == 0)
        {
            return TimeSpan.Zero;
        }

        double seconds = Math.Max(0, (now - _filledAt).TotalSeconds);
        _left = Math.Min(perSecond, _left + (seconds * perSecond));
        _filledAt = EventTime.Max(now, _filledAt);
        return _left > 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1 + (-_left * 1000 / perSecond));
    }

    /// <summary>Takes an amount.</summary>
    public void Take(long amount) => _left -= perSecond == 0 ? 0 : amount;
}
