using Gateway.Host.Cases;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Cases;

namespace Gateway.Tests.Host.Cases;

/// <summary>Thousands of random steps, committed, and now and then a crash: what is stored and what the history folds to stay the same.</summary>
public sealed class CaseHistoryPropertyTests
{
    private static readonly RuleDefinition[] Rules = [CaseWorld.Underpass, CaseWorld.Rising, CaseWorld.Latched, CaseWorld.Odd];
    private static readonly string[] Actors = ["li", "wang", "chen"];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Random_steps_with_crashes_keep_store_fold_and_keys_in_order(int seed)
    {
        const int StepCount = 2000;
        using var rig = new StoreRig();
        CaseDriver steady = CaseDriver.New();
        var stormy = new CaseDriver(rig.Restore());
        var random = new Random(seed);
        double minute = 0;
        int committed = 0;
        var log = new List<Action<CaseDriver>>();
        for (int step = 0; step < StepCount; step++)
        {
            minute += random.NextDouble() * 10;
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
                stormy = new CaseDriver(rig.Restore());
                log.Skip(committed).ToList().ForEach(a => a(stormy)); // the log is read again from the stored offset
            }
        }

        rig.Commit(stormy, log.Count, minute);
        string[] expected = [.. steady.Events.Select(CaseWorld.Json)];
        Assert.Equal(expected, Stored(rig.Store).Select(CaseWorld.Json));
        Assert.True(expected.Length > StepCount, $"{expected.Length} events");
        AssertEveryStatusWasSeen(steady.Events);
        foreach (IGrouping<string, CaseEvent> history in steady.Events.GroupBy(e => e.CaseNo))
        {
            Assert.Equal(CaseWorld.Json(Case.Fold(history)), CaseWorld.Json(rig.Store.Find(history.Key)));
        }
    }

    private static void AssertEveryStatusWasSeen(IReadOnlyList<CaseEvent> events)
    {
        Assert.Contains(events, e => e is CaseClosed);
        Assert.Contains(events, e => e is CaseReopened);
        Assert.Contains(events, e => e is VerificationFailed);
        Assert.Contains(events, e => e is CaseUnowned);
        Assert.Contains(events, e => e is ClockOverdue);
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
    private static Action<CaseDriver> Draw(Random random, double minute)
    {
        int device = random.Next(CaseWorld.Devices.Length);
        RuleDefinition rule = Rules[random.Next(Rules.Length)];
        var kind = (AlertTransitionKind)random.Next(8);
        var severity = (AlertSeverity)random.Next(1, 5);
        int pick = random.Next();
        var command = (CaseCommandKind)random.Next(7);
        string actor = Actors[random.Next(Actors.Length)];
        bool fieldCheck = random.Next(2) == 0;
        string to = random.Next(2) == 0 ? "street" : "";
        bool commanded = command != CaseCommandKind.Void || random.Next(8) == 0;
        return random.Next(10) switch
        {
            0 => d => d.Alert(minute, kind, device, rule, severity),
            1 or 2 => d => d.Alert(minute, AlertTransitionKind.Resolved, device, rule, severity),
            3 or 4 => d => d.Reading(minute, CaseWorld.Devices[device].Id),
            5 => d => d.Advance(minute),
            _ => d =>
            {
                Case[] held = [.. d.Book.Cases.OrderBy(c => c.Number)];
                if (held.Length > 0 && commanded)
                {
                    d.Command(minute, command, actor, fieldCheck, to, held[pick % held.Length].CaseNo);
                }
            },
        };
    }
}
