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
    private readonly List<long> _leadsMs = [];
    private readonly Dictionary<long, EventTime> _later = [];
    private long _due, _closed, _onTime, _deferred, _dispatched, _acceptedOnTime, _returned, _verified, _reworked, _voided, _recurred, _whistled, _sensed, _score, _scored, _rated, _satisfied;

    /// <summary>Cases filed.</summary>
    public long Filed { get; private set; }

    /// <summary>Cases that are open.</summary>
    public long Open { get; private set; }

    /// <summary>Takes a case in, as it stands; the cases come newest first, as lists give them.</summary>
    public void Add(Case c) => Add(CaseFigures.Of(c));

    /// <summary>Takes a case in by what it counts as; the cases come newest first.</summary>
    public void Add(in CaseFigures c)
    {
        if (c.IsExercise || c.Status == CaseStatus.Merged || c.IsRollUp)
        {
            return;
        }

        Filed++;
        Open += c.Status.IsOpen() ? 1 : 0;
        _sensed += c.IsSensed || c.IsStormSensed ? 1 : 0;
        _whistled += c.IsWhistled ? 1 : 0;
        _voided += c.Status == CaseStatus.Voided ? 1 : 0;
        if (c.IsSensed)
        {
            _lagsMs.Add(c.Lag.Ticks / TimeSpan.TicksPerMillisecond);
        }

        if (c is { Lead: { } lead, Status: not CaseStatus.Voided })
        {
            _leadsMs.Add(lead.Ticks / TimeSpan.TicksPerMillisecond);
        }

        // A voided alarm is no work, and one that comes again no recurrence.
        if (c.Status != CaseStatus.Voided)
        {
            CountWork(c);
            bool again = _later.TryGetValue(c.Key, out EventTime opened) && opened - c.ClosedAt <= TimeSpan.FromDays(RecurrenceDays);
            _recurred += c.IsClosed && (again || c.IsReopened) ? 1 : 0;
            _later[c.Key] = c.OpenedAt;
        }
    }

    /// <summary>Time from the first breaching reading to the case, milliseconds, at a share of the cases that sensors opened, 0 to 1; null without any.</summary>
    public long? DetectionLagMs(double share) => At(_lagsMs, share);

    /// <summary>
    /// Time from the first breaching reading to the first report of a person, milliseconds, at a share of the cases that both brought, 0 to 1; negative
    /// where people were first, null without any.
    /// </summary>
    public long? LeadTimeMs(double share) => At(_leadsMs, share);

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

    private static long? At(List<long> valuesMs, double share)
    {
        valuesMs.Sort();
        return valuesMs.Count == 0 ? null : valuesMs[(int)Math.Ceiling(share * valuesMs.Count) is var rank && rank > 0 ? rank - 1 : 0];
    }

    private void CountWork(in CaseFigures c)
    {
        bool isDue = c.IsClosed || c.IsDeferred || c.ResolveDueAt <= at;
        _due += isDue ? 1 : 0;
        _deferred += isDue && c.IsDeferred ? 1 : 0;
        _closed += c.IsClosed ? 1 : 0;
        _onTime += c.IsClosed && c.IsDoneOnTime ? 1 : 0;
        _dispatched += c.IsLed ? 1 : 0;
        _acceptedOnTime += c.IsAcceptedOnTime ? 1 : 0;
        _returned += c.IsReturned ? 1 : 0;
        _verified += c.IsClosed || c.IsReworked ? 1 : 0;
        _reworked += c.IsReworked ? 1 : 0;
        _score += c.Score;
        _scored += c.Score == 0 ? 0 : 1;
        _rated += c.Rating == 0 ? 0 : 1;
        _satisfied += c.Rating >= SatisfiedFrom ? 1 : 0;
    }
}
