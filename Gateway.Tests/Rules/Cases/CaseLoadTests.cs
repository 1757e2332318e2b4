using System.Globalization;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>The load of units and leads, of cases decided by the real book.</summary>
public sealed class CaseLoadTests
{
    [Theory]
    [InlineData(AreaLevel.Grid, "", "330102001001G01 open 1 (warning 1) overdue 1 opened 1 closed 0 voided 1 median -; 330102001001G02 open 0 overdue 0 opened 1 closed 1 voided 0 median 40")]
    [InlineData(AreaLevel.Street, "", "330102001 open 1 (warning 1) overdue 1 opened 2 closed 1 voided 1 median 40")]
    [InlineData(AreaLevel.Street, "330102001001G02", "330102001 open 0 overdue 0 opened 1 closed 1 voided 0 median 40")]
    public void Units_have_what_is_open_now_and_what_came_and_went_in_the_period(AreaLevel level, string area, string expected)
    {
        CaseLoad load = Load(level, area.Length == 0 ? null : area);
        Assert.Equal(expected, Text(load.Units));
    }

    [Fact]
    public void Leads_have_the_same_cases() => Assert.Equal(
        "330102001 open 0 overdue 0 opened 0 closed 0 voided 1 median -; water open 1 (warning 1) overdue 1 opened 2 closed 1 voided 0 median 40", Text(Load(AreaLevel.Grid, null).Leads));

    [Fact]
    public void Case_filed_with_a_unit_above_the_level_has_a_row_without_code()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Book.Handle(CaseWorld.Intake("330102001", "flood.underpass"), CaseWorld.At(0), 1, drive.Changes);
        CaseLoad load = new(AreaLevel.Grid, null, CaseWorld.At(0), CaseWorld.At(1), CaseWorld.At(1));
        load.Expect("330102001001G01");
        load.Add(CaseFigures.Of(drive.Case), drive.Case.Lead, drive.Case.Facts.AreaPath);
        Assert.Equal(["", "330102001001G01"], load.Units.Keys);
        Assert.Equal((1, 0), (load.Units[""].Open, load.Units["330102001001G01"].Open));
    }

    [Fact]
    public void Exercises_and_merged_cases_count_nowhere()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        CaseLoad load = new(AreaLevel.Grid, null, CaseWorld.At(0), CaseWorld.At(1), CaseWorld.At(1));
        foreach (Case one in new[] { drive.Case with { Facts = drive.Case.Facts with { Exercise = true } }, drive.Case with { Status = CaseStatus.Merged } })
        {
            load.Add(CaseFigures.Of(one), one.Lead, one.Facts.AreaPath);
        }

        Assert.Empty(load.Units);
    }

    /// <summary>
    /// Opened at 0 in grid 2 and closed at 40; voided at 15 in grid 1, opened before the period; opened at 35 in grid 1 and never accepted. The
    /// period is minute 0 to 100, seen from there.
    /// </summary>
    private static CaseLoad Load(AreaLevel level, string? area)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(-10, AlertTransitionKind.Firing, device: 0, rule: CaseWorld.Odd);
        string odd = drive.Case.CaseNo;
        drive.Alert(0, AlertTransitionKind.Firing, device: 2);
        string flood = drive.Events[^1].CaseNo;
        Assert.Null(drive.Command(5, CaseCommandKind.Accept, caseNo: flood));
        drive.Alert(10, AlertTransitionKind.Resolved, device: 2);
        Assert.Null(drive.Command(15, CaseCommandKind.Void, caseNo: odd));
        Assert.Null(drive.Command(20, CaseCommandKind.Report, caseNo: flood));
        drive.Reading(30, "FLD-3");
        drive.Alert(35, AlertTransitionKind.Firing, device: 0);
        Assert.Null(drive.Command(40, CaseCommandKind.Verify, "wang", caseNo: flood));
        drive.Advance(100);
        CaseLoad load = new(level, area, CaseWorld.At(0), CaseWorld.At(100), CaseWorld.At(100));
        foreach (Case one in drive.Changes.Cases)
        {
            load.Add(CaseFigures.Of(one), one.Lead, one.Facts.AreaPath);
        }

        return load;
    }

    private static string Text(IReadOnlyDictionary<string, CaseLoadCounts> rows) => string.Join("; ", rows.Select(r => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Key} open {r.Value.Open}{Severities(r.Value)} overdue {r.Value.Overdue} opened {r.Value.Opened} closed {r.Value.Closed} voided {r.Value.Voided} median {r.Value.MedianTimeToClose?.TotalMinutes.ToString(CultureInfo.InvariantCulture) ?? "-"}")));

    private static string Severities(CaseLoadCounts counts) => counts.Open == 0 ? "" :
        $" ({string.Join(' ', Enum.GetValues<AlertSeverity>().Where(s => counts.OpenOf(s) > 0).Select(s => $"{s.ToString().ToLowerInvariant()} {counts.OpenOf(s)}"))})";
}
