using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>What the golden set knows of one of its cases without asking a case.</summary>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="DueAt">When its resolve limit was.</param>
/// <param name="DoneAt">When it was reported done; null for never.</param>
/// <param name="ClosedAt">When it was closed; null for never.</param>
/// <param name="IsAcceptedLate">Whether it was accepted behind its limit.</param>
/// <param name="Source">Who opened it.</param>
internal sealed record GoldenCase(EventTime OpenedAt, EventTime DueAt, EventTime? DoneAt, EventTime? ClosedAt, bool IsAcceptedLate, string Source);

/// <summary>
/// The cases of a January of one grid of the sample city with figures known from elsewhere: 972 due, 911 closed, 737 on time, none deferred. Each was
/// decided by the real book on the sample city's terms and stored by the real store, whose history, states and figures are as a gateway's. Among
/// them are false alarms, exercises, merged cases and, in February, what came again.
/// </summary>
internal sealed class GoldenCases
{
    public const int Due = 972;
    public const int Closed = 911;
    public const int OnTime = 737;
    public const int Voided = 12;
    public const int Merged = 8;
    public const int Exercises = 9;
    public const int CameAgain = 3;
    public const int CameAgainTooLate = 2;
    public const string Grid = "330105001001G01";
    public const string From = "2026-01-01T00:00:00Z";
    public const string To = "2026-02-01T00:00:00Z";

    private const int Shuffle = 389; // prime to 972, so that what becomes of them is spread over the month
    private const string Event = "order.litter";
    private const long BeforeTheLog = -1; // their evidence is in no log

    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(40); // no storm
    private static readonly RuleDefinition Rule = CaseWorld.Odd with
    {
        Case = new CaseDefinition { Event = new SourceText(Event, CaseWorld.Location), Scope = CaseScope.Building },
    };

    private readonly PriorityQueue<Action<EventTime>, (EventTime At, int Order)> _agenda = new();
    private readonly CaseChanges _changes = new();
    private readonly List<GoldenCase> _cases = [];
    private readonly List<(EventTime At, string Building)> _closings = [];
    private readonly CaseBook _book;
    private readonly (double Longitude, double Latitude) _middle;
    private int _order;

    private GoldenCases()
    {
        CitySnapshot city = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;
        Dictionary<string, CaseTerms> terms = new(StringComparer.Ordinal) { [Event] = new CaseTerms(false, TimeSpan.Zero, TimeSpan.Zero, CaseScope.Building) };
        _book = new CaseBook(city.CaseSettingsAt(CaseWorld.Time(From), exercise: false) with { Terms = terms });
        _middle = _book.Settings.Areas.Find(Grid)!.Middle!.Value;
    }

    /// <summary>Makes a store of them; returns the 972, in the order they were opened.</summary>
    public static IReadOnlyList<GoldenCase> Write(string path)
    {
        GoldenCases golden = new();
        EventTime end = golden.Play();
        using SqliteCaseStore store = SqliteCaseStore.Open(path);
        CaseCommit commit = new() { Partition = 0, NextOffset = 0, LogTime = end, Events = [.. golden._changes.Events], Cases = [.. golden._changes.Cases] };
        Assert.True(store.Commit(commit).Applied);
        return [.. golden._cases.OrderBy(c => c.OpenedAt)];
    }

    private EventTime Play()
    {
        EventTime begin = CaseWorld.Time(From), last = begin;
        for (int i = 0; i < Due; i++)
        {
            int one = i;
            At(begin + (Apart * i), at => Begin(one, at));
        }

        for (int i = 0; i < Voided; i++)
        {
            int one = i;
            At(begin + TimeSpan.FromHours(9 + (50 * i)), at => Ask(Report($"V-{one}", "hotline", at), CaseCommandKind.Void, "inspector", at));
        }

        for (int i = 0; i < Exercises; i++)
        {
            int one = i;
            At(begin + TimeSpan.FromHours(7 + (70 * i)), at =>
            {
                _book.Settings = _book.Settings with { Exercise = true };
                Report($"E-{one}", "hotline", at);
                _book.Settings = _book.Settings with { Exercise = false };
            });
        }

        bool hasPlannedAgain = false;
        while (_agenda.TryDequeue(out Action<EventTime>? act, out (EventTime At, int Order) when))
        {
            act(last = when.At);
            if (_agenda.Count == 0 && !hasPlannedAgain)
            {
                hasPlannedAgain = true;
                PlanAgain();
            }
        }

        return last;
    }

    // The last to be closed come again, in places of their own.
    private void PlanAgain()
    {
        (EventTime At, string Building)[] late = [.. _closings.OrderByDescending(c => c.At).DistinctBy(c => c.Building).Take(CameAgain + CameAgainTooLate)];
        for (int i = 0; i < late.Length; i++)
        {
            (EventTime closed, string building) = late[i];
            At(closed + (i < CameAgain ? TimeSpan.FromDays(30) : TimeSpan.FromDays(30) + TimeSpan.FromMilliseconds(1)), at => Report(building, "hotline", at));
        }
    }

    private void Begin(int i, EventTime at)
    {
        string source = (i % 10) switch { 0 => "patrol", <= 3 => "sensor", _ => "hotline" };
        string caseNo = source == "sensor" ? Breach(i, at, AlertTransitionKind.Firing) : Report($"B-{i}", source, at);
        int fate = i * Shuffle % Due;
        EventTime due = Find(caseNo).Clocks.Single(k => k.Kind == ClockKind.Resolve).DueAt;
        bool isLate = i % 7 == 0;
        EventTime? done = fate >= Closed ? null : fate >= OnTime ? due + TimeSpan.FromMilliseconds(1) : i % 2 == 0 ? due : at + TimeSpan.FromHours(2);
        EventTime? closed = done + TimeSpan.FromMinutes(10);
        _cases.Add(new GoldenCase(at, due, done, closed, isLate, source));
        At(at + (isLate ? TimeSpan.FromMinutes(30) + TimeSpan.FromMilliseconds(1) : TimeSpan.FromMinutes(30)), then => Ask(caseNo, CaseCommandKind.Accept, "crew", then));
        if (i % 120 == 5)
        {
            At(at + TimeSpan.FromMinutes(5), then => Ask(Report($"M-{i}", "hotline", then), CaseCommandKind.Merge, "inspector", then, caseNo));
        }

        if (done is { } reported && closed is { } over)
        {
            if (source == "sensor")
            {
                At(at + TimeSpan.FromMinutes(35), then => Breach(i, then, AlertTransitionKind.Resolved));
                At(reported + TimeSpan.FromMinutes(6), then => _book.Observe(DeviceOf(i).Id, then, then, BeforeTheLog, _changes));
            }

            At(reported, then => Ask(caseNo, CaseCommandKind.Report, "crew", then));
            At(over, then =>
            {
                Ask(caseNo, CaseCommandKind.Verify, "inspector", then);
                _closings.Add((then, $"B-{i}"));
            });
        }
    }

    private void At(EventTime at, Action<EventTime> act) => _agenda.Enqueue(act, (at, _order++));

    private string Report(string building, string source, EventTime at)
    {
        CaseIntake intake = new() { Source = source, Event = Event, Area = Grid, Building = building, Description = "垃圾堆放" };
        CaseIntakeResult result = _book.Handle(intake, at, BeforeTheLog, _changes);
        Assert.False(result.Joined);
        return result.CaseNo;
    }

    private string Breach(int i, EventTime at, AlertTransitionKind kind)
    {
        Device device = DeviceOf(i);
        AlertTransition transition = new(0, i, kind, AlertSeverity.Warning, at, at - Lag, at - Lag, false, "fill 92 % >= 90") { RuleName = Rule.Alert.Text, DeviceId = device.Id };
        _book.Handle(transition, new AlertContext { Rule = Rule, RuleSha256 = "ab12", Device = device, Offset = BeforeTheLog, Values = "fill=92" }, _changes);
        return _changes.Cases.Single(c => c.Facts.DeviceId == device.Id).CaseNo;
    }

    private Device DeviceOf(int i) => new()
    {
        Index = i,
        Id = $"BIN-{i}",
        Profile = CaseWorld.Devices[0].Profile,
        Area = Grid,
        Building = $"B-{i}",
        Latitude = _middle.Latitude,
        Longitude = _middle.Longitude,
    };

    private Case Find(string caseNo) => _changes.Find(caseNo)!;

    private void Ask(string caseNo, CaseCommandKind command, string actor, EventTime at, string to = "") =>
        Assert.Null(_book.Handle(CaseWorld.Command(caseNo, command, actor, fieldCheck: true, to), at, BeforeTheLog, _changes));
}
