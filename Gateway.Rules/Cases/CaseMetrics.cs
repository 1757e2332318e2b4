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
/// The evaluation figures 综合评价 of the cases opened in a period, as they are known at one time. Exercises count nowhere, and a case that was merged
/// counts as the one it went into. Not safe for threads.
/// </summary>
/// <param name="asOf">The time at which the cases stand as they are taken in; what is due by then is due.</param>
public sealed class CaseMetrics(EventTime asOf)
{
    private const int RecurrenceDays = 30;
    private const int SatisfiedFrom = 4;

    /// <summary>Which cases count, for people.</summary>
    public const string Basis = "cases opened from `from` on and before `to`, as they stood at `asOf`; not exercises, not merged cases, not storms without breaches of their own";

    /// <summary>What due is, for people.</summary>
    public const string DueFormula = "cases that are not void and at `asOf` are closed, or deferred, or past their resolve limit";

    private readonly List<long> _lagsMs = [];
    private readonly List<long> _leadsMs = [];
    private readonly Dictionary<long, EventTime> _later = [];
    private readonly Dictionary<long, EventTime> _awaited = [];
    private long _due, _closed, _onTime, _deferred, _dispatched, _acceptedOnTime, _returned, _verified, _reworked, _voided, _recurred, _whistled, _sensed, _told, _score, _scored, _rated, _satisfied;

    /// <summary>Cases filed.</summary>
    public long Filed { get; private set; }

    /// <summary>Cases that are open.</summary>
    public long Open { get; private set; }

    /// <summary>Takes a case in, as it stands; the cases come newest first, as lists give them.</summary>
    public void Add(Case c) => Add(CaseFigures.Of(c));

    /// <summary>Takes a case of the period in by what it counts as; the cases come newest first.</summary>
    public void Add(in CaseFigures c)
    {
        if (!Counts(c))
        {
            return;
        }

        Filed++;
        Open += c.Status.IsOpen() ? 1 : 0;
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
            CountRecurrence(c);
        }
    }

    /// <summary>Takes in a case opened after the period, when all of the period are in: it is counted only as what comes again of them.</summary>
    public void AddLater(in CaseFigures c)
    {
        if (Counts(c) && c.Status != CaseStatus.Voided && _awaited.TryGetValue(c.Key, out EventTime closed) && IsAgain(c.OpenedAt, closed))
        {
            _recurred++;
            _awaited.Remove(c.Key);
        }
    }

    /// <summary>Until when, inclusive, a case may be opened that is a recurrence of one taken in; null when none can be.</summary>
    public EventTime? RecursUntil =>
        _awaited.Count == 0 ? null : EventTime.Min(_awaited.Values.Max() + TimeSpan.FromDays(RecurrenceDays), asOf);

    /// <summary>Closed cases that have not come again and still may: the recurrence rate is final when there are none.</summary>
    public long RecurrenceOpen => _awaited.Values.LongCount(closed => IsAgain(asOf, closed));

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
        new("recurrenceRate", "重复发生率", $"closed cases that had been reopened, or of whose event and place another case, not void, was opened within {RecurrenceDays} days of closing, also after `to`, by `asOf` / closed", _recurred, _closed),
        new("whistleRate", "吹哨率", "cases with a whistle / filed", _whistled, Filed),
        new("beforeComplaintRate", "未诉先办率", "first breaching reading not later than the first report of a citizen, or no such report / cases that a sensor or a citizen reported; not void; patrol and cap are no citizens", _sensed, _sensed + _told),
        new("satisfactionRate", "群众满意率", "rated 4 or 5 / rated", _satisfied, _rated),
    ];

    private static long? At(List<long> valuesMs, double share)
    {
        valuesMs.Sort();
        return valuesMs.Count == 0 ? null : valuesMs[(int)Math.Ceiling(share * valuesMs.Count) is var rank && rank > 0 ? rank - 1 : 0];
    }

    private static bool Counts(in CaseFigures c) => !c.IsExercise && c.Status != CaseStatus.Merged && !c.IsRollUp;

    private static bool IsAgain(EventTime opened, EventTime closed) => opened - closed <= TimeSpan.FromDays(RecurrenceDays);

    private void CountRecurrence(in CaseFigures c)
    {
        bool isLast = !_later.TryGetValue(c.Key, out EventTime opened);
        if (c is { IsClosed: true, ClosedAt: { } closed })
        {
            bool again = c.IsReopened || (!isLast && IsAgain(opened, closed));
            _recurred += again ? 1 : 0;
            if (isLast && !again)
            {
                _awaited.Add(c.Key, closed);
            }
        }

        _later[c.Key] = c.OpenedAt;
    }

    private void CountWork(in CaseFigures c)
    {
        bool isDue = c.IsClosed || c.IsDeferred || c.ResolveDueAt <= asOf;
        _sensed += c.First == CaseFirst.Sensor ? 1 : 0;
        _told += c.First == CaseFirst.Citizen ? 1 : 0;
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
