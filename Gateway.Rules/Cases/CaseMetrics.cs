using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>One evaluation figure with how it is made, so that nobody has to guess what it says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Chinese">Its name in Chinese.</param>
/// <param name="Formula">How it is made.</param>
/// <param name="Numerator">What is counted.</param>
/// <param name="Denominator">Of how many.</param>
public sealed record CaseRatio(string Name, string Chinese, string Formula, long Numerator, long Denominator)
{
    /// <summary>0 to 1; null where there is nothing to count.</summary>
    public double? Value => Denominator == 0 ? null : (double)Numerator / Denominator;
}

/// <summary>
/// The evaluation figures 综合评价 of the cases of a period. Exercises count nowhere, and a case that was merged counts as the one it went into.
/// Every figure is judged at the period's end, or now where that is earlier. Not safe for threads.
/// </summary>
/// <param name="at">The time it is judged at.</param>
public sealed class CaseMetrics(EventTime at)
{
    private const int RecurrenceDays = 30;
    private const int SatisfiedFrom = 4;

    private readonly List<long> _lagsMs = [];
    private readonly Dictionary<CaseKey, EventTime> _later = [];
    private long _due, _closed, _onTime, _deferred, _dispatched, _acceptedOnTime, _returned, _verified, _reworked, _voided, _recurred, _whistled, _sensed, _score, _scored, _rated, _satisfied;

    /// <summary>Cases filed.</summary>
    public long Filed { get; private set; }

    /// <summary>Cases that are open.</summary>
    public long Open { get; private set; }

    /// <summary>Takes a case in, as it stands; the cases come newest first, as lists give them.</summary>
    public void Add(Case c)
    {
        bool isRollUp = c.IsStorm && c.Occurrences == 0 && c.ReportCount == 0; // its cases count, each for itself
        if (c.Facts.Exercise || c.Status == CaseStatus.Merged || isRollUp)
        {
            return;
        }

        Filed++;
        Open += c.IsOpen ? 1 : 0;
        _sensed += c.Facts.Source == "sensor" || (c.IsStorm && c.Occurrences > 0) ? 1 : 0;
        _whistled += c.Whistles > 0 ? 1 : 0;
        _voided += c.Status == CaseStatus.Voided ? 1 : 0;
        if (c.Facts.Source == "sensor")
        {
            _lagsMs.Add((c.OpenedAt - c.Facts.OccurredAt).Ticks / TimeSpan.TicksPerMillisecond);
        }

        // A voided alarm is no work, and one that comes again no recurrence.
        if (c.Status != CaseStatus.Voided)
        {
            CountWork(c);
            bool again = _later.TryGetValue(c.Facts.Key, out EventTime opened) && opened - c.ClosedAt <= TimeSpan.FromDays(RecurrenceDays);
            _recurred += IsClosed(c) && (again || c.Reopens > 0) ? 1 : 0;
            _later[c.Facts.Key] = c.OpenedAt;
        }
    }

    /// <summary>Time from the first breaching reading to the case, milliseconds, at a share of the cases that sensors opened, 0 to 1; null without any.</summary>
    public long? DetectionLagMs(double share)
    {
        _lagsMs.Sort();
        return _lagsMs.Count == 0 ? null : _lagsMs[(int)Math.Ceiling(share * _lagsMs.Count) is var rank && rank > 0 ? rank - 1 : 0];
    }

    /// <summary>Mean score of the evaluated cases, 1 to 5; null without any.</summary>
    public double? Score => _scored == 0 ? null : (double)_score / _scored;

    /// <summary>How many were due, and of these deferred.</summary>
    public (long Due, long Deferred) Due => (_due, _deferred);

    /// <summary>All figures.</summary>
    public IReadOnlyList<CaseRatio> Ratios =>
    [
        new("closingRate", "结案率", "closed / (due - deferred)", _closed, _due - _deferred),
        new("onTimeClosingRate", "按期结案率", "closed on time / (due - deferred)", _onTime, _due - _deferred),
        new("acceptedOnTimeRate", "按期签收率", "accepted on time / dispatched", _acceptedOnTime, _dispatched),
        new("reworkRate", "返工率", "cases that failed verification / cases verified", _reworked, _verified),
        new("returnRate", "退单率", "cases returned / dispatched", _returned, _dispatched),
        new("falseAlarmRate", "误报率", "void / filed", _voided, Filed),
        new("recurrenceRate", "重复发生率", $"reopened, or the same matter within {RecurrenceDays} days / closed", _recurred, _closed),
        new("whistleRate", "吹哨率", "cases with a whistle / filed", _whistled, Filed),
        new("beforeComplaintRate", "未诉先办率", "sensor first / sensed or reported by people", _sensed, Filed),
        new("satisfactionRate", "群众满意率", "rated 4 or 5 / rated", _satisfied, _rated),
    ];

    private void CountWork(Case c)
    {
        CaseClock? resolve = Clock(c, ClockKind.Resolve), accept = Clock(c, ClockKind.Accept);
        bool isClosed = IsClosed(c);
        bool isDue = isClosed || c.DeferredUntil is not null || resolve?.DueAt <= at;
        _due += isDue ? 1 : 0;
        _deferred += isDue && c.DeferredUntil is not null ? 1 : 0;
        _closed += isClosed ? 1 : 0;
        _onTime += isClosed && (resolve is null || resolve.StoppedAt <= resolve.DueAt) ? 1 : 0;
        _dispatched += c.Lead.Length > 0 ? 1 : 0;
        _acceptedOnTime += c.AcceptedBy.Length > 0 && (accept is null || accept.StoppedAt <= accept.DueAt) ? 1 : 0;
        _returned += c.Returns > 0 ? 1 : 0;
        _verified += isClosed || c.Reworks > 0 ? 1 : 0;
        _reworked += c.Reworks > 0 ? 1 : 0;
        _score += c.Score ?? 0;
        _scored += c.Score is null ? 0 : 1;
        _rated += c.Rating is null ? 0 : 1;
        _satisfied += c.Rating >= SatisfiedFrom ? 1 : 0;
    }

    private static bool IsClosed(Case c) => c.Status is CaseStatus.Closed or CaseStatus.Evaluated;

    private static CaseClock? Clock(Case c, ClockKind kind) => c.Clocks.FirstOrDefault(k => k.Kind == kind);
}
