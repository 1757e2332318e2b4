using System.Globalization;
using System.Text;
using Gateway.Host.Cases.Evidence;
using Gateway.Rules.Cases;

namespace Gateway.Tests.Host.Cases.Evidence;

/// <summary>Whatever happened in a city, what is sealed of a decision leads to it by itself.</summary>
public sealed class EvidencePropertyTests
{
    [Fact]
    public void Every_decision_of_random_histories_is_reproduced_byte_for_byte()
    {
        HashSet<string> rules = [];
        List<CaseEvent> joined = [];
        for (int seed = 1; seed <= 3; seed++)
        {
            EvidenceHistory history = new EvidenceHistory(seed).Live(500);
            IReadOnlyList<DecisionToSeal> decisions = history.Decisions;
            joined.AddRange(history.Cases.SelectMany(c => history.Of(c.CaseNo)).Where(e => e is OccurrenceAdded { Place: not null } or CaseReportJoined));
            rules.UnionWith(decisions.Select(d => d.Occurrence?.Evidence.Rule.Name ?? "report"));

            IReadOnlyList<EvidenceBundle> bundles = history.Seal(decisions);

            Assert.Equal(decisions.Select(d => (d.CaseNo, d.Decision)), bundles.Select(b => (b.CaseNo, b.Decision)));
            Assert.All(bundles, b => Assert.True(b.Reproduces, $"{seed}: {b.CaseNo} {b.Rule?.Name} {b.DeviceId} {b.DecidedAt}: {b.Reason}"));
            Assert.All(bundles, b =>
            {
                byte[] bytes = EvidenceFormat.Write(b).ToArray();
                EvidenceBundle read = EvidenceFormat.Read(bytes);
                Assert.Equal(bytes, EvidenceFormat.Write(read).ToArray());
                Assert.True(new DecisionComparison(read.Events, new DecisionReplay(read, history.City).Run()).IsSame);
            });
        }

        Assert.Superset(new HashSet<string> { "t-fire", "t-haze", "t-late", "t-several", "t-silent", "t-after", "report" }, rules);
        Assert.Contains(joined, e => e is OccurrenceAdded);
        Assert.Contains(joined, e => e is CaseReportJoined);
    }

    [Fact]
    public void Same_log_gives_the_same_bytes_however_the_decisions_are_taken_together()
    {
        EvidenceHistory history = new EvidenceHistory(7).Live(150);
        IReadOnlyList<DecisionToSeal> decisions = history.Decisions;
        Assert.True(decisions.Count > 3, $"{decisions.Count} decisions");

        string[] together = [.. history.Seal(decisions).Select(b => Encoding.UTF8.GetString(EvidenceFormat.Write(b).Span))];
        string[] alone = [.. decisions.SelectMany(d => history.Seal([d])).Select(b => Encoding.UTF8.GetString(EvidenceFormat.Write(b).Span))];

        Assert.Equal(together, alone);
    }

    [Fact]
    public void Reports_of_people_and_reopened_cases_are_reproduced()
    {
        const string Area = "330102001001G03";
        EvidenceHistory history = new();
        history.Report("flood.road", Area);
        string caseNo = Assert.Single(history.Cases).CaseNo;
        Close(history, caseNo);
        history.Wait(TimeSpan.FromMinutes(5));
        history.Flood(2, 0.55);
        Assert.Equal(CaseStatus.Dispatched, Assert.Single(history.Cases, c => c.CaseNo == caseNo).Status);

        IReadOnlyList<EvidenceBundle> bundles = history.Seal([.. history.Decisions.Where(d => d.CaseNo == caseNo)]);

        Assert.Equal([DecisionKind.Opened, DecisionKind.Reopened], bundles.Select(b => b.Kind));
        Assert.All(bundles, b => Assert.True(b.Reproduces, b.Reason));
        Assert.Equal(["", "FLD-000002"], bundles.Select(b => b.DeviceId));
        Assert.Contains("water on the road", Encoding.UTF8.GetString(EvidenceFormat.Write(bundles[0]).Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Decision_whose_readings_are_gone_is_sealed_and_says_so()
    {
        EvidenceHistory history = new();
        history.Flood(2, 0.25);
        history.Wait(TimeSpan.FromSeconds(61));
        history.Flood(2, 0.25);
        DecisionToSeal decision = Assert.Single(history.Decisions, d => d.Occurrence?.Evidence.Rule.Name == "road-ponding");

        EvidenceBundle whole = Assert.Single(history.Seal([decision]));
        EvidenceBundle cut = Assert.Single(history.Seal([decision], firstOffset: decision.Offset));

        Assert.True(whole.Reproduces, whole.Reason);
        Assert.False(cut.Reproduces);
        Assert.Contains("the replay has no event 1", cut.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decision_at_which_the_replay_breaks_is_sealed_and_says_so()
    {
        EvidenceHistory history = new();
        history.Flood(2, 0.45);
        DecisionToSeal decision = history.Decisions[0];
        int asked = 0;
        EvidenceBundle bundle = Assert.Single(history.SealOneByOne([decision], cities: revision => asked++ == 0 ? history.City(revision) : throw new ArgumentNullException(nameof(revision))));

        Assert.False(bundle.Reproduces);
        Assert.StartsWith("the replay failed at it, please report this: ArgumentNullException: ", bundle.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(bundle.Records);
    }

    [Fact]
    public void Only_the_readings_that_matter_are_in_it()
    {
        EvidenceHistory history = new();
        for (int i = 0; i < 60; i++)
        {
            history.Wait(TimeSpan.FromMinutes(1));
            history.Flood(0, 0.01);
            history.Flood(1, 0.01);
            history.Flood(2, i == 59 ? 0.5 : 0.01);
        }

        EvidenceBundle bundle = Assert.Single(history.Seal([Assert.Single(history.Decisions, d => d.Occurrence?.Evidence.Rule.Name == "road-ponding")]));

        Assert.True(bundle.Reproduces, bundle.Reason);
        Assert.Equal(["FLD-000002"], bundle.Devices);
        Assert.All(bundle.Records.SelectMany(r => r.Readings), t => Assert.StartsWith("FLD-000002 ", t, StringComparison.Ordinal));
        Assert.InRange(bundle.Records.Count, 10, 70);
        Assert.EndsWith("water_level 0.5 m", Assert.Single(bundle.Records[^1].Readings), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_rule_is_shown_with_what_it_would_have_decided()
    {
        EvidenceHistory history = new();
        history.Flood(2, 0.25);
        history.Wait(TimeSpan.FromSeconds(61));
        history.Flood(2, 0.25);
        EvidenceBundle bundle = Assert.Single(history.Seal([Assert.Single(history.Decisions, d => d.Occurrence?.Evidence.Rule.Name == "road-ponding")]));

        DecisionReplay replay = new(bundle, history.City);
        OtherOutcome same = replay.Under(history.City(bundle.City));
        Case filed = Assert.Single(same.Cases);
        Assert.Equal((bundle.DecidedAt, "flood.road"), (filed.OpenedAt, filed.Facts.Key.Event));
    }

    [Fact]
    public void Cases_of_a_storm_are_reproduced_and_the_storm_itself_rests_on_them()
    {
        EvidenceHistory history = new();
        history.Take(EvidenceHistory.MoreRules, storms: "{community: 2, street: 3, district: 4, city: 5}");
        for (int device = 0; device < 24; device++)
        {
            history.Wait(TimeSpan.FromSeconds(10));
            history.Flood(device, 0.70);
        }

        IReadOnlyList<DecisionToSeal> decisions = history.Decisions;
        Case[] storms = [.. history.Cases.Where(c => c.IsStorm)];
        Assert.Contains(storms, s => s.Facts.Rule is null);
        Assert.DoesNotContain(decisions, d => storms.Any(s => s.CaseNo == d.CaseNo && s.Facts.Rule is null));
        Assert.Contains(decisions, d => d.Storm is not null);

        Assert.All(history.Seal(decisions), b => Assert.True(b.Reproduces, $"{b.CaseNo} {b.Rule?.Name} {b.DeviceId}: {b.Reason}"));
    }

    [Theory]
    [InlineData("{community: 2, street: 0, district: 0, city: 0, children: 1}", true)] // by what it took itself
    [InlineData("{community: 2, street: 2, district: 0, city: 0, children: 1}", true)]
    [InlineData("{community: 2, street: 2, district: 0, city: 0, children: 1}", false)] // by what breaches anew while a wider storm is on
    public void Storm_that_is_opened_again_is_reproduced(string storms, bool byItsOwn)
    {
        EvidenceHistory history = new();
        history.Take(EvidenceHistory.MoreRules, storms: storms);
        Flood(history, 0, 24, 0.70);
        Case storm = history.Cases.Where(c => c.IsStorm && c.Occurrences > 0).MaxBy(c => c.Facts.AreaPath.Count)!;
        for (int minute = 0; minute < 30; minute++)
        {
            history.Wait(TimeSpan.FromMinutes(1));
            Flood(history, 0, 24, 0.01);
        }

        storm = history.Cases.Single(c => c.CaseNo == storm.CaseNo);
        foreach (string child in storm.Children)
        {
            history.Command(child, CaseCommandKind.Void);
        }

        history.Command(storm.CaseNo, CaseCommandKind.Accept);
        history.Command(storm.CaseNo, CaseCommandKind.Report);
        for (int minute = 0; minute < 45; minute++)
        {
            history.Wait(TimeSpan.FromMinutes(1));
            Flood(history, 0, 24, 0.01);
        }

        history.Command(storm.CaseNo, CaseCommandKind.Verify);
        Assert.Equal(CaseStatus.Closed, history.Cases.Single(c => c.CaseNo == storm.CaseNo).Status);
        storm = history.Cases.Single(c => c.CaseNo == storm.CaseNo);
        int[] had = [.. storm.Alerts.Select(a => int.Parse(a.DeviceId.AsSpan(4), CultureInfo.InvariantCulture)).Distinct()];
        for (int minute = 0; minute < 3; minute++)
        {
            history.Wait(TimeSpan.FromMinutes(1));
            foreach (int device in byItsOwn ? had : Enumerable.Range(0, 24))
            {
                history.Flood(device, 0.70);
            }
        }

        Assert.Equal(1, history.Cases.Single(c => c.CaseNo == storm.CaseNo).Reopens);
        DecisionToSeal[] decisions = [.. history.Decisions.Where(d => d.Kind == DecisionKind.Reopened)];
        DecisionToSeal again = Assert.Single(decisions, d => d.CaseNo == storm.CaseNo);
        CaseEvidence cause = again.Occurrence!.Evidence;
        Assert.Equal(byItsOwn, storm.Alerts.Any(a => a.Rule == cause.Rule.Name && a.DeviceId == cause.DeviceId));
        Assert.All(history.Seal(decisions), b => Assert.True(b.Reproduces, $"{b.CaseNo} {b.Rule?.Name} {b.DeviceId}: {b.Reason}"));
    }

    private static void Flood(EvidenceHistory history, int from, int to, double level)
    {
        for (int device = from; device < to; device++)
        {
            history.Flood(device, level);
        }
    }

    private static void Close(EvidenceHistory history, string caseNo)
    {
        foreach (CaseCommandKind command in new[] { CaseCommandKind.Accept, CaseCommandKind.Report, CaseCommandKind.Verify })
        {
            history.Wait(TimeSpan.FromMinutes(1));
            history.Command(caseNo, command);
        }

        Assert.Equal(CaseStatus.Closed, Assert.Single(history.Cases, c => c.CaseNo == caseNo).Status);
    }
}
