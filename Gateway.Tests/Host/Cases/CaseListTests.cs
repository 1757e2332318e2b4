using System.Diagnostics;
using Gateway.Host.Cases;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Rules.Cases;
using Xunit.Abstractions;

namespace Gateway.Tests.Host.Cases;

public sealed class CaseListTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreRig _rig = new();

    [Theory]
    [InlineData("", "4 3 2 1")]
    [InlineData("area=330102001001G01", "3 1")]
    [InlineData("area=330102001", "4 3 2 1")]
    [InlineData("area=3301", "4 3 2 1")]
    [InlineData("area=33010", "")]
    [InlineData("event=flood.underpass", "2 1")]
    [InlineData("event=flood.*", "2 1")]
    [InlineData("event=floo.*", "")]
    [InlineData("event=noise.unknown area=330102001001G01", "3")]
    [InlineData("status=Unowned,InProgress", "4 3 1")]
    [InlineData("status=Dispatched area=330102001001G02", "2")]
    [InlineData("from=1", "4 3 2")]
    [InlineData("to=2", "2 1")]
    [InlineData("from=1 to=3 area=3301", "3 2")]
    public void Filter_picks_newest_first(string filter, string numbers)
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Alert(1, AlertTransitionKind.Firing, device: 2);
        drive.Alert(2, AlertTransitionKind.Firing, device: 0, rule: CaseWorld.Odd);
        drive.Alert(3, AlertTransitionKind.Firing, device: 3, rule: CaseWorld.Odd);
        drive.Command(4, CaseCommandKind.Accept, caseNo: "AJ-20260127-000001");
        _rig.Commit(drive, 1);

        Assert.Equal(numbers, Numbers(_rig.Store.List(FilterOf(filter), 10, null).Cases));
    }

    [Theory]
    [InlineData("")]
    [InlineData("area=330102001")]
    public void Pages_neither_skip_nor_repeat_while_cases_come_in(string filter)
    {
        CaseDriver drive = CaseDriver.New();
        for (int i = 0; i < 10; i++)
        {
            drive.Alert(i / 3, AlertTransitionKind.Firing, i % 3, CaseWorld.Latched with { Alert = CaseWorld.Latched.Alert with { Text = $"smoke-{i}" } });
            drive.Command(i / 3, CaseCommandKind.Void, caseNo: $"AJ-20260127-{i + 1:D6}");
        }

        _rig.Commit(drive, 1);
        var seen = new List<Case>();
        CaseCursor? cursor = null;
        do
        {
            CasePage page = _rig.Store.List(FilterOf(filter), 3, cursor);
            seen.AddRange(page.Cases);
            Assert.True(page.Next is null || CaseCursor.TryParse(page.Next.ToString(), out cursor));
            cursor = page.Next is null ? null : cursor;
            drive.Alert(10, AlertTransitionKind.Firing, 0);
            _rig.Commit(drive, 2 + seen.Count);
        }
        while (cursor is not null);

        Assert.Equal("10 9 8 7 6 5 4 3 2 1", Numbers(seen));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a cursor")]
    [InlineData("MQ")]
    [InlineData("MS4tMg")]
    [InlineData("MS4yLjM")]
    public void Text_that_is_no_cursor_is_refused(string text) => Assert.False(CaseCursor.TryParse(text, out _));

    /// <summary>No time is asserted; the times are printed.</summary>
    [Fact]
    public void Hundred_thousand_cases_are_listed_filtered_and_opened()
    {
        const int Count = 100_000;
        Fill(Count);
        var watch = Stopwatch.StartNew();
        T Timed<T>(string what, Func<T> query)
        {
            query(); // the first one reads the pages in
            watch.Restart();
            T result = query();
            output.WriteLine($"{what}: {watch.Elapsed.TotalMilliseconds:F1} ms");
            return result;
        }

        int Listed(string filter, CaseCursor? cursor = null) => Timed(filter + cursor, () => _rig.Store.List(FilterOf(filter), 100, cursor).Cases.Count);
        Assert.Equal(100, Listed("to=1000000"));
        Assert.Equal(100, Listed("", new CaseCursor(CaseWorld.At(Count / 2), Count / 2)));
        Assert.Equal(100, Listed("area=330102001001G02"));
        Assert.Equal(100, Listed("status=Voided area=3301"));
        Assert.Equal(3, Listed("status=Dispatched"));
        Assert.Equal(2, Listed("status=Dispatched area=330102001001G01"));
        Assert.Equal(0, Listed("status=Merged event=flood.*"));
        Assert.Equal(50, Timed("from to", () => _rig.Store.List(FilterOf("from=100 to=150 event=fire.*"), 100, null).Cases.Count));
        Assert.NotNull(Timed("open", () => _rig.Store.Find("AJ-20260127-000001")));
        Assert.Equal(3, Timed("restore", () => _rig.Store.LoadOpen(0).Count));
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>Voided cases, one a minute, by turns of three devices; the last of each device stays open. Each has a history of one event.</summary>
    private void Fill(int count)
    {
        CaseDriver drive = CaseDriver.New();
        for (int device = 0; device < 3; device++)
        {
            drive.Alert(0, AlertTransitionKind.Firing, device, CaseWorld.Latched);
        }

        CaseCollected[] first = [.. drive.Events.OfType<CaseCollected>()];
        foreach (int[] numbers in Enumerable.Range(1, count).Chunk(10_000))
        {
            CaseCollected[] events = [.. numbers.Select(n => first[n % 3] with { Number = n, At = CaseWorld.At(n), CaseNo = $"AJ-20260127-{n:D6}" })];
            _rig.Store.Commit(new CaseCommit
            {
                Partition = 0,
                NextOffset = numbers[^1],
                LogTime = CaseWorld.At(numbers[^1]),
                Events = events,
                Cases = [.. events.Select(e => Case.Apply(null, e) with { Status = e.Number > count - 3 ? CaseStatus.Dispatched : CaseStatus.Voided })],
            });
        }
    }

    private static string Numbers(IEnumerable<Case> cases) => string.Join(' ', cases.Select(c => c.Number));

    /// <summary><c>status=A,B area=.. event=.. from=minute to=minute</c>.</summary>
    private static CaseFilter FilterOf(string text)
    {
        var filter = new CaseFilter();
        foreach (string[] part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
        {
            filter = part[0] switch
            {
                "status" => filter with { Statuses = [.. part[1].Split(',').Select(Enum.Parse<CaseStatus>)] },
                "area" => filter with { Area = part[1] },
                "event" => filter with { Event = part[1] },
                "from" => filter with { From = Minute(part[1]) },
                "to" => filter with { To = Minute(part[1]) },
                _ => throw new ArgumentException(part[0], nameof(text)),
            };
        }

        return filter;

        static EventTime Minute(string text) => CaseWorld.At(int.Parse(text));
    }
}
