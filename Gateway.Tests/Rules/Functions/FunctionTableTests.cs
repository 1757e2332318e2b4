using System.Globalization;
using Gateway.Rules.Calendars;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;
using Gateway.Rules.Testing;
using Gateway.Tests.Rules.Support;
using Gateway.Tests.Support;
using static Gateway.Tests.Rules.Support.SmallCity;

namespace Gateway.Tests.Rules.Functions;

/// <summary>The table of functions, the page that is made from it, and the examples on it.</summary>
public sealed class FunctionTableTests
{
    private const string PageName = "docs/rules-reference.md";

    private static readonly CityContext Calendared = new()
    {
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
        Calendars =
        [
            new WorkingCalendar(
                new CalendarDefinition
                {
                    Id = "office",
                    WorkingDays = [DayOfWeek.Monday],
                    WorkingHours = [new WorkingHours(new TimeSpan(8, 30, 0), new TimeSpan(17, 30, 0))],
                    Location = new SourceLocation("calendars/office.yaml", 1, 1),
                },
                TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")),
        ],
    };

    public static TheoryData<string> Names => [.. FunctionTable.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_fires_when_it_says_and_not_a_reading_before(string name)
    {
        FunctionExample example = FunctionTable.Find(name)!.Example;
        RuleTestDefinition test = new()
        {
            Name = Text(name),
            Every = Duration(example.Every),
            Start = example.Start.Length == 0 ? null : DateTime.Parse(example.Start, CultureInfo.InvariantCulture),
            Series = [.. example.Others.Prepend(example.Series).Select((s, i) => new KeyValuePair<SourceText, SourceText>(Text(i == 0 ? "GAUGE" : $"OTHER-{i}"), Text(s)))],
            Expect =
            [
                new RuleTestExpectation(Duration(example.Before), [], new SourceLocation("rules/test.yaml", 1, 1)),
                new RuleTestExpectation(Duration(example.FiresAt), [new ExpectedAlert("example", "GAUGE", AlertSeverity.Warning)], new SourceLocation("rules/test.yaml", 2, 1)),
            ],
        };
        Assert.Empty(Assert.Single(RuleTestRunner.Run([test], [Rule("example", example.Expression)], Register(), Areas, Calendared)).Failures);
    }

    [Fact]
    public void Example_of_a_falling_field_is_right_too()
    {
        EngineDriver gauge = new(Compile(Register(), Rule("r", "time_to(water_level <= 0.10, 10m) <= 10m")));
        gauge.Series("water_level", 300, 0.50, 0.40, 0.30, 0.20);
        Assert.Equal(["600s Firing Warning FLD-1"], gauge.Told);
    }

    [Fact]
    public void Reference_page_is_what_the_table_says()
    {
        string path = RepositoryFolder.PathOf(PageName);
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, ReferencePage.Text());
        }

        Assert.True(ReferencePage.Text() == File.ReadAllText(path), $"{PageName} is not what the table says; GATEWAY_WRITE_DOCS=1 writes it anew");
    }

    private static TimeSpan Duration(string text)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration));
        return duration;
    }
}
