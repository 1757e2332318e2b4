using System.Text;
using Gateway.Host.Cases.Evidence;

namespace Gateway.Tests.Host.Cases.Evidence;

/// <summary>Devices that send megabytes beside a breach take neither the evidence nor the gateway's memory.</summary>
public sealed class EvidenceLimitsTests
{
    [Fact]
    public void Megabytes_before_a_breach_do_not_hide_what_decided()
    {
        EvidenceHistory history = new();
        for (int i = 0; i < 80; i++)
        {
            history.Wait(TimeSpan.FromSeconds(1));
            history.Babble(2);
        }

        history.Flood(2, 0.45);
        history.Wait(TimeSpan.FromSeconds(61));
        history.Flood(2, 0.25);
        DecisionToSeal decision = history.Decisions[0];

        EvidenceBundle bundle = Assert.Single(history.Seal([decision]));

        Assert.True(bundle.Reproduces, bundle.Reason);
        Assert.InRange(bundle.Records.Sum(r => (long)r.Bytes.Length), 7 << 20, EvidenceWindow.LengthLimitBytes + 1024);
        ReadOnlyMemory<byte> file = EvidenceFormat.Write(bundle);
        Assert.InRange(file.Length, 7 << 20, EvidenceWindow.LengthLimitBytes / 2 * 3); // once, in base64: nobody reads a mebibyte as text
        Assert.Contains("\"payload\": null", Encoding.UTF8.GetString(file.Span), StringComparison.Ordinal);
        Assert.True(new DecisionComparison(bundle.Events, new DecisionReplay(EvidenceFormat.Read(file), history.City).Run()).IsSame);
    }

    [Fact]
    public void Records_of_many_decisions_are_held_a_part_at_a_time()
    {
        EvidenceHistory history = new();
        for (int device = 0; device < 24; device++)
        {
            for (int i = 0; i < 6; i++)
            {
                history.Wait(TimeSpan.FromSeconds(1));
                history.Babble(device);
            }

            history.Flood(device, 0.70);
        }

        IReadOnlyList<DecisionToSeal> decisions = history.Decisions;
        Assert.True(decisions.Count >= 12, $"{decisions.Count} decisions");
        List<EvidenceBundle> bundles = [];
        Dictionary<int, HashSet<(long Offset, int Length)>> held = [];
        foreach (EvidenceBundle bundle in history.SealOneByOne(decisions))
        {
            bundles.Add(bundle);
            (held.TryGetValue(history.LogReadings, out HashSet<(long Offset, int Length)>? part) ? part : held[history.LogReadings] = [])
                .UnionWith(bundle.Records.Select(r => (r.Offset, r.Bytes.Length)));
        }

        Assert.Equal(decisions.Select(d => (d.CaseNo, d.Decision)), bundles.Select(b => (b.CaseNo, b.Decision)));
        Assert.All(bundles, b => Assert.True(b.Reproduces, $"{b.CaseNo} {b.Rule?.Name}: {b.Reason}"));
        Assert.True(held.Values.SelectMany(p => p).Sum(r => (long)r.Length) > 2 * EvidenceCollector.HeldLimitBytes);
        Assert.All(held.Values, p => Assert.True(p.Sum(r => (long)r.Length) <= EvidenceCollector.HeldLimitBytes));
    }
}
