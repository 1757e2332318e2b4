using System.Text.RegularExpressions;
using Gateway.Host.Cases;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases;

/// <summary>Lists over every combination of filters: that they list what a plain filter would, and by which indexes they go, so that none reads a whole table.</summary>
public sealed partial class CaseListPlanTests : IDisposable
{
    private static readonly string?[] Areas = [null, "330102001001G01", "330102001001G02", "3301", "nowhere"];
    private static readonly string?[] Events = [null, "flood.underpass", "flood.*", "noise.*", "none.*", "*"];
    private static readonly CaseStatus[]?[] Statuses =
    [
        null, [.. CaseStatusExtensions.Open], [CaseStatus.Voided], [CaseStatus.Closed, CaseStatus.Evaluated, CaseStatus.Merged], [CaseStatus.Dispatched, CaseStatus.Voided], [],
    ];

    private static readonly (double? From, double? To)[] Periods = [(null, null), (12, null), (null, 30), (12, 30), (30, 12)];

    private readonly StoreRig _rig = new();

    public CaseListPlanTests() => Fill();

    [Fact]
    public void Every_combination_lists_what_a_plain_filter_would_page_by_page()
    {
        Case[] all = [.. _rig.Store.Walk(new CaseFilter())];
        Assert.Equal(60, all.Length);
        foreach (CaseFilter filter in Filters())
        {
            List<long> paged = [];
            CaseCursor? cursor = null;
            do
            {
                CasePage page = _rig.Store.List(filter, 7, cursor);
                paged.AddRange(page.Cases.Select(c => c.Number));
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.True(all.Where(c => Fits(c, filter)).Select(c => c.Number).SequenceEqual(paged), $"{Text(filter)}: {string.Join(' ', paged)}");
        }
    }

    [Fact]
    public void No_combination_reads_a_whole_table()
    {
        using SqliteConnection connection = SqliteFile.Reader(_rig.Path, TimeSpan.FromSeconds(1));
        connection.Open();
        foreach (CaseFilter filter in Filters())
        {
            foreach (CaseCursor? cursor in new[] { null, new CaseCursor(CaseWorld.At(20), 20) })
            {
                using SqliteCommand command = SqliteCaseList.Build(connection, filter, 51, cursor);
                string[] whole = [.. Plan(command).Where(line => line.StartsWith("SCAN ", StringComparison.Ordinal) && !MayBeWalked().IsMatch(line))];
                Assert.True(whole.Length == 0, $"{Text(filter)}: {string.Join(" | ", whole)}");
            }
        }
    }

    [Theory]
    [InlineData("status=Voided", "SEARCH w USING COVERING INDEX cases_over (status=?)")]
    [InlineData("status=Voided event=fire.smoke", "SEARCH w USING COVERING INDEX cases_over_by_event (status=? AND event=?)")]
    [InlineData("event=fire.smoke", "SEARCH w USING COVERING INDEX cases_by_event (event=?)")]
    [InlineData("event=fire.smoke area=3301", "SEARCH w USING PRIMARY KEY (area=? AND event=?)")]
    [InlineData("area=3301", "SEARCH w USING PRIMARY KEY (area=?)")]
    [InlineData("area=3301 after", "SEARCH w USING PRIMARY KEY (area=? AND (opened_at,number)<(?,?))")]
    [InlineData("after", "SEARCH w USING COVERING INDEX cases_by_time (opened_at<?)")]
    public void Walk_begins_where_the_page_does(string filter, string line)
    {
        using SqliteConnection connection = SqliteFile.Reader(_rig.Path, TimeSpan.FromSeconds(1));
        connection.Open();
        Dictionary<string, string> given = filter.Split(' ').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[^1]);
        CaseFilter wanted = new()
        {
            Statuses = given.TryGetValue("status", out string? status) ? [Enum.Parse<CaseStatus>(status)] : null,
            Event = given.GetValueOrDefault("event"),
            Area = given.GetValueOrDefault("area"),
        };
        using SqliteCommand command = SqliteCaseList.Build(connection, wanted, 51, given.ContainsKey("after") ? new CaseCursor(CaseWorld.At(20), 20) : null);
        Assert.Contains(line, Plan(command));
    }

    [Fact]
    public void Figures_of_the_store_are_those_of_its_cases()
    {
        foreach (string? area in Areas)
        {
            List<CaseFigures> stored = [];
            _rig.Store.Figures(area, CaseWorld.At(5), CaseWorld.At(40), EventTime.MaxValue, stored.Add);
            CaseFilter filter = new() { Area = area, From = CaseWorld.At(5), To = CaseWorld.At(40) };
            Assert.Equal(_rig.Store.Walk(filter).Select(CaseFigures.Of), stored);
        }

        List<CaseAtWork> work = [];
        _rig.Store.AtWork(CaseWorld.At(30), CaseWorld.At(40), work.Add);
        Case[] expected = [.. _rig.Store.Walk(new CaseFilter()).Where(c => c.IsOpen || In(c.OpenedAt) || (c.ClosedAt is { } closed && In(closed)))];
        Assert.Equal(expected.Select(CaseFigures.Of).OrderBy(f => (f.OpenedAt, f.Key)), work.Select(w => w.Figures).OrderBy(f => (f.OpenedAt, f.Key)));
        Assert.Equal(expected.Select(c => $"{c.Lead} {string.Join(' ', c.Facts.AreaPath)}").Order(), work.Select(w => $"{w.Lead} {string.Join(' ', w.AreaPath)}").Order());

        static bool In(EventTime time) => time >= CaseWorld.At(30) && time < CaseWorld.At(40);
    }

    [Fact]
    public void Store_of_the_version_before_gets_the_rows_it_would_have_had()
    {
        const int VersionBefore = 4;
        using Gateway.Tests.Support.TemporaryFolder folder = new();
        string path = folder.File("cases.db");
        using (SqliteConnection connection = SqliteFile.OpenWriter(path, TimeSpan.FromSeconds(1)))
        {
            SqliteSchema.Migrate(connection, path, VersionBefore);
            string copies = string.Concat(new[] { "case_events", "cases", "case_areas", "partitions", "audit_entries" }.Select(t => $"INSERT INTO main.{t} SELECT * FROM source.{t};"));
            StoreFaultTests.Execute(connection, $"ATTACH '{_rig.Path}' AS source; {copies}");
        }

        using SqliteCaseStore upgraded = SqliteCaseStore.Open(path);
        foreach (CaseFilter filter in Filters())
        {
            Assert.Equal(_rig.Store.Walk(filter).Select(c => c.Number), upgraded.Walk(filter).Select(c => c.Number));
        }

        List<CaseAtWork> before = [], after = [];
        _rig.Store.AtWork(CaseWorld.At(0), CaseWorld.At(60), before.Add);
        upgraded.AtWork(CaseWorld.At(0), CaseWorld.At(60), after.Add);
        Assert.Equal(before.Select(w => (w.Figures, w.Lead)), after.Select(w => (w.Figures, w.Lead)));
    }

    public void Dispose() => _rig.Dispose();

    // What may be walked from one end: the time, where nothing else is asked for; the open cases, which are few; rows made in the statement itself.
    [GeneratedRegex(@"^SCAN (w USING COVERING INDEX cases_by_time|w USING COVERING INDEX cases_open|w USING INDEX cases_by_time|p|\(subquery-\d+\)|kinds|CONSTANT ROW|\d+ CONSTANT ROWS?)$")]
    private static partial Regex MayBeWalked();

    private static List<string> Plan(SqliteCommand command)
    {
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        List<string> lines = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            lines.Add(row.GetString(3));
        }

        return lines;
    }

    private static IEnumerable<CaseFilter> Filters() =>
        from area in Areas
        from kind in Events
        from statuses in Statuses
        from period in Periods
        select new CaseFilter { Area = area, Event = kind, Statuses = statuses, From = Minute(period.From), To = Minute(period.To) };

    private static EventTime? Minute(double? minute) => minute is { } given ? CaseWorld.At(given) : null;

    private static bool Fits(Case c, CaseFilter filter) =>
        (filter.Area is null || c.Facts.AreaPath.Contains(filter.Area))
        && (filter.Event is not { } kind || (kind.EndsWith(".*", StringComparison.Ordinal) ? c.Facts.Key.Event.StartsWith(kind[..^1], StringComparison.Ordinal) : c.Facts.Key.Event == kind))
        && (filter.Statuses is null || filter.Statuses.Contains(c.Status))
        && (filter.From is null || c.OpenedAt >= filter.From)
        && (filter.To is null || c.OpenedAt < filter.To);

    private static string Text(CaseFilter f) => $"status={string.Join(',', f.Statuses ?? [])} event={f.Event} area={f.Area} from={f.From} to={f.To}";

    /// <summary>Sixty cases, three at a time, of three kinds in two grids: of each three one is void, one merged into the third or worked to its end.</summary>
    private void Fill()
    {
        CaseDriver drive = CaseDriver.New();
        for (int round = 0; round < 20; round++)
        {
            double minute = round * 2.5;
            drive.Alert(minute, AlertTransitionKind.Firing, device: 0, rule: CaseWorld.Odd);
            string odd = drive.Events[^1].CaseNo;
            drive.Alert(minute, AlertTransitionKind.Firing, device: 2);
            string flood = drive.Events[^1].CaseNo;
            drive.Alert(minute, AlertTransitionKind.Firing, device: 1, rule: CaseWorld.Latched);
            string smoke = drive.Events[^1].CaseNo;
            drive.Command(minute + 1, CaseCommandKind.Void, caseNo: round % 2 == 0 ? odd : smoke);
            drive.Command(minute + 1, CaseCommandKind.Merge, caseNo: round % 2 == 0 ? smoke : odd, to: flood);
            if (round % 3 > 0)
            {
                drive.Command(minute + 1, CaseCommandKind.Accept, caseNo: flood);
                drive.Alert(minute + 1, AlertTransitionKind.Resolved, device: 2);
            }

            if (round < 19)
            {
                drive.Command(minute + 2, CaseCommandKind.Void, caseNo: flood);
            }
        }

        _rig.Commit(drive, 1, 60);
    }
}
