using System.Diagnostics;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;
using Xunit.Abstractions;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>No time is asserted; the times are printed.</summary>
public sealed class AuditCostTests(ITestOutputHelper output) : IDisposable
{
    private readonly AuditRig _rig = new AuditRig().WithCases();

    [Fact]
    public void Commits_of_a_thousand_events_and_an_audit_of_them_all()
    {
        const int Commits = 20;
        List<double> times = [];
        for (int i = 0; i < Commits; i++)
        {
            for (int n = 0; n < 1000; n++)
            {
                _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: n % 2 == 0 ? AuditRig.Second : "AJ-20260127-000003");
            }

            long began = Stopwatch.GetTimestamp();
            _rig.Commit(40);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"commit of 1,000 events: best {times[0]:F1} ms, median {times[Commits / 2]:F1} ms");
        long seal = Stopwatch.GetTimestamp();
        _rig.Seal();
        output.WriteLine($"checkpoint over {_rig.Store.LastSequence:N0} events: {Stopwatch.GetElapsedTime(seal).TotalMilliseconds:F1} ms");
        long verify = Stopwatch.GetTimestamp();
        AuditReport report = _rig.Verify();
        output.WriteLine($"audit of {report.Entries:N0} events: {Stopwatch.GetElapsedTime(verify).TotalMilliseconds:F1} ms");
        Assert.Empty(AuditRig.Faults(report));
    }

    public void Dispose() => _rig.Dispose();
}
