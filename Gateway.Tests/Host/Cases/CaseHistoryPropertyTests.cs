using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Protocols.Devices;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Cases;

namespace Gateway.Tests.Host.Cases;

/// <summary>Thousands of random steps, committed, and now and then a crash: what is stored and what the history folds to stay the same.</summary>
public sealed class CaseHistoryPropertyTests
{
    private static readonly RuleDefinition[] Rules = [CaseWorld.Underpass, CaseWorld.Rising, CaseWorld.Latched, CaseWorld.Odd];
    private static readonly string[] Actors = ["li", "wang", "chen", "zhao", "sun", "qian", "zhou", "wu"];
    internal static readonly CaseSettings Stormy = CaseWorld.Settings with
    {
        Storms = new StormSettings { Community = 2, Window = TimeSpan.FromHours(12), Children = 3 },
        Terms = CaseTerms.Of([CaseWorld.Underpass with { Case = CaseWorld.Underpass.Case! with { ReopenWithin = TimeSpan.FromHours(6) } }]), // of storms of floods
    };

    [Fact]
    public void Random_steps_with_crashes_keep_store_fold_and_keys_in_order()
    {
        List<CaseEvent> all = [.. new[] { 11, 12, 15 }.SelectMany(seed => RunOf(seed, CaseWorld.Settings))];
        AssertEveryStatusWasSeen(all);
        Assert.Contains(all, e => e is OccurrenceAdded { Place: not null });
    }

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    public void Random_steps_with_crashes_keep_storms_in_order(int seed)
    {
        IReadOnlyList<CaseEvent> all = RunOf(seed, Stormy);
        Assert.Contains(all, e => e is StormChildJoined);
        Assert.Contains(all, e => e is CaseClosed closed && closed.ReopenWithin > TimeSpan.Zero);
        Assert.Contains(all, e => e is CaseReopened { Gathered: true });
    }

    private static IReadOnlyList<CaseEvent> RunOf(int seed, CaseSettings settings)
    {
        const int StepCount = 6000;
        using var rig = new StoreRig();
        CaseDriver steady = CaseDriver.New(settings);
        var stormy = new CaseDriver(rig.Restore(settings));
        var random = new Random(seed);
        double minute = 0;
        int committed = 0;
        var log = new List<Action<CaseDriver>>();
        for (int step = 0; step < StepCount; step++)
        {
            minute += random.NextDouble() * 6;
            Action<CaseDriver> act = Draw(random, minute);
            log.Add(act);
            act(steady);
            act(stormy);
            if (random.Next(4) == 0)
            {
                rig.Commit(stormy, log.Count, minute);
                committed = log.Count;
                Assert.Distinct(stormy.Book.Cases.Where(c => c.IsOpen).Select(c => c.Facts.Key));
            }
            else if (random.Next(200) == 0)
            {
                rig.Reopen();
                Assert.Equal(committed, rig.Store.Position(0).NextOffset);
                stormy = new CaseDriver(rig.Restore(settings));
                log.Skip(committed).ToList().ForEach(a => a(stormy)); // the log is read again from the stored offset
            }
        }

        rig.Commit(stormy, log.Count, minute);
        string[] expected = [.. steady.Events.Select(CaseWorld.Json)];
        Assert.Equal(expected, Stored(rig.Store).Select(CaseWorld.Json));
        Assert.True(expected.Length > StepCount / 2, $"{expected.Length} events");
        foreach (IGrouping<string, CaseEvent> history in steady.Events.GroupBy(e => e.CaseNo))
        {
            Assert.Equal(CaseWorld.Json(Case.Fold(history)), CaseWorld.Json(rig.Store.Find(history.Key)));
            AssertTimesAddUp([.. history]);
            CaseStepTable.Check(history);
        }

        AuditReport audit = new AuditVerifier { CaseStore = rig.Path }.Run();
        Assert.Empty(audit.Findings);
        Assert.Equal(expected.Length, audit.Entries);
        return steady.Events;
    }

    private static void AssertEveryStatusWasSeen(IReadOnlyList<CaseEvent> events)
    {
        Assert.Contains(events, e => e is CaseClosed);
        Assert.Contains(events, e => e is CaseReopened);
        Assert.Contains(events, e => e is VerificationFailed);
        Assert.Contains(events, e => e is CaseUnowned);
        Assert.Contains(events, e => e is ClockOverdue);
        Assert.Contains(events, e => e is CaseDeferralEnded);
        Assert.Contains(events, e => e is CaseExtended);
        Assert.Contains(events, e => e is PartyArrived);
        Assert.Contains(events, e => e is CaseMemberJoined);
        Assert.Contains(events, e => e is CaseReportJoined or CaseCollected { Report: not null });
        Assert.Contains(events, e => e is CaseEvaluated);
        Assert.Contains(events, e => e is CaseRated);
        Assert.Contains(events, e => e is CaseSupervised { Actor: CaseEvent.GatewayActor });
    }

    // Every moment belongs to one party: their times add up to how long the case was open.
    private static void AssertTimesAddUp(CaseEvent[] history)
    {
        Case? state = null;
        TimeSpan open = TimeSpan.Zero;
        foreach (CaseEvent next in history)
        {
            open += state is { IsOpen: true } ? next.At - state.UpdatedAt : TimeSpan.Zero;
            state = Case.Apply(state, next);
        }

        IReadOnlyList<CaseSpan> spans = CaseTime.Of(history, state!.UpdatedAt);
        Assert.Equal(open, spans.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Spent));
        if (state.ClosedAt is { } closed && state.Reopens == 0)
        {
            Assert.Equal(closed - state.OpenedAt, open);
        }
    }

    private static List<CaseEvent> Stored(ICaseStore store)
    {
        var all = new List<CaseEvent>();
        long after = 0;
        for (IReadOnlyList<SequencedEvent> page = store.EventsAfter(after, 500); page.Count > 0; page = store.EventsAfter(after, 500))
        {
            all.AddRange(page.Select(p => p.Event));
            after = page[^1].Sequence;
        }

        return all;
    }

    /// <summary>One random step: an alert, a reading, a command on one of the cases held, or time passing.</summary>
    internal static Action<CaseDriver> Draw(Random random, double minute)
    {
        int device = random.Next(CaseWorld.Devices.Length);
        RuleDefinition rule = Rules[random.Next(Rules.Length)];
        var kind = (AlertTransitionKind)random.Next(8);
        var severity = (AlertSeverity)random.Next(1, 5);
        int pick = random.Next();
        var command = (CaseCommandKind)random.Next(Enum.GetValues<CaseCommandKind>().Length);
        double until = minute + (random.NextDouble() * 600);
        string actor = Actors[random.Next(Actors.Length)];
        bool fieldCheck = random.Next(2) == 0;
        string unit = random.Next(2) == 0 ? "street" : "";
        bool legally = random.Next(3) > 0; // the others are mostly refused
        bool mayVoid = random.Next(12) == 0;
        bool mayMerge = (pick >> 12) % 5 == 0;
        return random.Next(13) switch
        {
            12 => d => WorkStorm(d, minute, pick),
            0 => d => d.Alert(minute, kind, device, rule, severity),
            1 when pick % 3 == 0 => d => d.Book.Handle(ReportOf(CaseWorld.Devices[device], rule, pick), CaseWorld.At(minute), 13, d.Changes),
            1 or 2 => d => ResolveAll(d, minute, pick),
            3 => d => d.Reading(minute, CaseWorld.Devices[device].Id),
            4 => d => ReadAll(d, minute),
            5 => d => d.Advance(minute),
            6 => d => d.Alert(minute, AlertTransitionKind.Firing, device, Rules[pick % 2], severity), // the rules whose cases reopen
            _ => d =>
            {
                Case[] held = Held(d);
                if (held.Length > 0)
                {
                    Case c = held[pick % held.Length];
                    CaseCommandKind[] legal = [.. CaseCommands.Legal(c).Where(k => IsDrawn(k, mayVoid, mayVoid || mayMerge, pick % 4 == 0))];
                    CaseCommandKind chosen = !c.IsOpen && pick % 3 == 0 ? CaseCommandKind.Rate : legally && legal.Length > 0 ? legal[(int)command % legal.Length] : command;
                    string to = chosen == CaseCommandKind.Merge ? held[(pick >> 8) % held.Length].CaseNo : unit;
                    if (chosen is not (CaseCommandKind.Void or CaseCommandKind.Merge) || mayVoid || (mayMerge && chosen == CaseCommandKind.Merge))
                    {
                        CaseCommand asked = CaseWorld.Command(c.CaseNo, chosen, chosen == CaseCommandKind.Rate ? CaseCommand.PublicActor : actor, fieldCheck, to) with { Until = CaseWorld.At(until), Score = 3 };
                        Ask(d, asked, minute);
                    }
                }
            }
            ,
        };
    }

    // What a refused command finds due is noted; it leaves nothing else.
    private static void Ask(CaseDriver drive, CaseCommand asked, double minute)
    {
        drive.Advance(minute);
        int before = drive.Events.Count;
        CaseRefusal? refusal = drive.Book.Handle(asked, CaseWorld.At(minute), 9, drive.Changes);
        bool isMergedAlready = asked.Command == CaseCommandKind.Merge && drive.Book.Find(asked.To)?.Members.Any(m => m.CaseNo == asked.CaseNo) == true;
        if (refusal is not null)
        {
            Assert.Equal(before, drive.Events.Count);
        }
        else if (!isMergedAlready)
        {
            Assert.Contains(drive.Events.Skip(before), e => e.CaseNo == asked.CaseNo && e.Actor == asked.Actor);
        }
    }

    /// <summary>One open storm is led towards its end, which chance alone would hardly ever come to: all of its cases must be over at once.</summary>
    private static void WorkStorm(CaseDriver drive, double minute, int pick)
    {
        Case[] storms = [.. Held(drive).Where(c => c is { IsStorm: true, IsOpen: true })];
        if (storms.Length == 0)
        {
            return;
        }

        Case storm = storms[pick % storms.Length];
        foreach (CaseAlert alert in storm.Alerts)
        {
            drive.Alert(minute, AlertTransitionKind.Resolved, Array.FindIndex(CaseWorld.Devices, d => d.Id == alert.DeviceId), Array.Find(Rules, r => r.Alert.Text == alert.Rule));
        }

        foreach (string child in storm.Children.Where(c => drive.Book.Find(c) is { IsOpen: true }))
        {
            Ask(drive, CaseWorld.Command(child, CaseCommandKind.Void, "zheng"), minute);
        }

        ReadAll(drive, minute);
        foreach (CaseCommandKind kind in (ReadOnlySpan<CaseCommandKind>)[CaseCommandKind.Verify, CaseCommandKind.Accept, CaseCommandKind.Report])
        {
            Ask(drive, CaseWorld.Command(storm.CaseNo, kind, kind == CaseCommandKind.Verify ? "zheng" : "feng", fieldCheck: true), minute);
        }
    }

    /// <summary>What somebody says of the place of a device: of much or little, and now and then what was said before.</summary>
    private static CaseIntake ReportOf(Device device, RuleDefinition rule, int pick)
    {
        CaseIntake report = CaseWorld.Intake(device.Area, rule.Case!.Event.Text, externalId: (pick >> 4) % 3 == 0 ? $"H-{(pick >> 8) % 40}" : "");
        return ((pick >> 16) % 6) switch
        {
            0 => report with { DeviceId = device.Id, Building = device.Building, Latitude = device.Latitude, Longitude = device.Longitude },
            1 => report with { Building = device.Building },
            2 => report with { Area = "330102001001" },
            3 => report with { Latitude = device.Latitude, Longitude = device.Longitude + ((pick >> 20) % 4 * 0.0005) },
            4 => report with { Area = "330102001", Building = device.Building },
            _ => report,
        };
    }

    // Most steps lead on, or hardly a case would ever be closed.
    private static bool IsDrawn(CaseCommandKind kind, bool mayEnd, bool mayMerge, bool mayLinger) => kind switch
    {
        CaseCommandKind.Void => mayEnd,
        CaseCommandKind.Merge => mayMerge,
        CaseCommandKind.Comment or CaseCommandKind.Whistle or CaseCommandKind.Supervise or CaseCommandKind.Defer or CaseCommandKind.Extend or CaseCommandKind.Return => mayLinger,
        _ => true,
    };

    private static Case[] Held(CaseDriver drive) => [.. drive.Book.Cases.OrderBy(c => c.Number)];

    /// <summary>Every alert of one case held ends: left to chance alone, a case of several alerts would hardly ever clear.</summary>
    private static void ResolveAll(CaseDriver drive, double minute, int pick)
    {
        Case[] held = Held(drive);
        foreach (CaseAlert alert in held.Length == 0 ? [] : held[pick % held.Length].Alerts)
        {
            int device = Array.FindIndex(CaseWorld.Devices, d => d.Id == alert.DeviceId);
            drive.Alert(minute, AlertTransitionKind.Resolved, device, Array.Find(Rules, r => r.Alert.Text == alert.Rule));
        }
    }

    private static void ReadAll(CaseDriver drive, double minute) =>
        Array.ForEach(CaseWorld.Devices, d => drive.Reading(minute, d.Id));
}
