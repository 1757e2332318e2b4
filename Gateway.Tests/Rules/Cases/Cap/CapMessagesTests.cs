using System.Text;
using System.Xml.Linq;
using Gateway.Rules.Cases;
using Gateway.Rules.Cases.Cap;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Cases.Cap;

/// <summary>Which messages a case gives, and what they say.</summary>
public sealed class CapMessagesTests
{
    private static readonly string[] Actors = ["li", "wang"];

    [Fact]
    public void Whole_life_of_a_case_gives_the_messages_in_the_golden_files()
    {
        IReadOnlyList<CapMessage> messages = CapMessages.Of(WholeLife().Events, CapWorld.Settings);
        Assert.Equal(
            ["Alert", "Update", "Update", "Update", "Update", "Update", "Cancel"],
            messages.Select(m => m.Alert.MessageType.ToString()));
        for (int i = 0; i < messages.Count; i++)
        {
            byte[] xml = CapXml.Write(messages[i].Alert);
            CapValidator.Check(xml);
            string path = RepositoryFolder.PathOf($"Gateway.Tests/Fixtures/cap/case-{i + 1}.xml");
            if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, xml);
            }

            Assert.Equal(File.ReadAllText(path), Encoding.UTF8.GetString(xml));
        }
    }

    [Fact]
    public void Closed_is_an_update_that_says_all_clear_because_the_case_may_come_back()
    {
        XElement last = CapWorld.Of(CaseDriver.New().ToClosed().Events)[^1];
        Assert.Equal(("Update", "AllClear", "Past"), (last.Text("msgType"), last.Info().Text("responseType"), last.Info().Text("urgency")));
    }

    [Fact]
    public void Void_takes_every_message_back()
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        driver.Alert(1, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        Assert.Null(driver.Command(2, CaseCommandKind.Void));
        XElement[] messages = CapWorld.Of(driver.Events);
        Assert.Equal(["Alert", "Update", "Cancel"], messages.Types());
        Assert.Equal(messages[..2].Select(m => $"{m.Text("sender")},{m.Text("identifier")},{m.Text("sent")}"), messages[2].Text("references").Split(' '));
        Assert.Equal(("Unlikely", "Past"), (messages[2].Info().Text("certainty"), messages[2].Info().Text("urgency")));
    }

    [Fact]
    public void Events_that_change_nothing_for_a_reader_give_no_message()
    {
        CaseDriver driver = CaseDriver.New().ToVerifying();
        driver.Command(21, CaseCommandKind.Comment);
        driver.Alert(22, AlertTransitionKind.Pending);
        driver.Alert(23, AlertTransitionKind.Dropped);
        driver.Advance(500);
        Assert.Contains(driver.Events, e => e is ClockOverdue);
        Assert.Equal(["Alert"], CapWorld.Of(driver.Events).Types());
    }

    [Theory]
    [InlineData(AlertSeverity.Info, "Minor", "Future")]
    [InlineData(AlertSeverity.Warning, "Moderate", "Expected")]
    [InlineData(AlertSeverity.Critical, "Severe", "Immediate")]
    [InlineData(AlertSeverity.Emergency, "Extreme", "Immediate")]
    public void Severity_is_mapped(AlertSeverity severity, string expected, string urgency)
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing, severity: severity);
        XElement info = Assert.Single(CapWorld.Of(driver.Events)).Info();
        Assert.Equal((expected, urgency, "Likely"), (info.Text("severity"), info.Text("urgency"), info.Text("certainty")));
    }

    [Fact]
    public void Place_is_the_grids_outline_or_a_circle_around_the_device()
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        driver.Alert(1, AlertTransitionKind.Firing, device: 2);
        XElement[] areas = [.. driver.Events.GroupBy(e => e.CaseNo).Select(g => CapWorld.Of(g)[0].Info().Element(CapValidator.Ns + "area")!)];
        Assert.Equal("30.2,120.1 30.2,120.2 30.3,120.2 30.2,120.1", areas[0].Text("polygon"));
        Assert.Equal(("", "30.2,120.1 0.1"), (areas[1].Text("polygon"), areas[1].Text("circle")));
        Assert.Equal("330102001001G02", areas[1].Element(CapValidator.Ns + "geocode")!.Text("value"));
    }

    [Fact]
    public void Nothing_is_actual_or_public_unless_authority_and_event_are_named()
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        (CapPublication? Publication, string Expected)[] table =
        [
            (null, "Draft Restricted"),
            (new CapPublication("", ["flood.*"]), "Draft Restricted"),
            (new CapPublication("Linjiang city government", []), "Draft Restricted"),
            (new CapPublication("Linjiang city government", ["*", ".*", "fire.*", "flood"]), "Draft Restricted"),
            (new CapPublication("Linjiang city government", ["flood.*"]), "Actual Public"),
            (new CapPublication("Linjiang city government", ["flood.underpass"]), "Actual Public"),
        ];
        Assert.All(table, row =>
        {
            XElement message = Assert.Single(CapWorld.Of(driver.Events, CapWorld.Settings with { Publication = row.Publication }));
            Assert.Equal(row.Expected, $"{message.Text("status")} {message.Text("scope")}");
        });
    }

    [Fact]
    public void Exercise_is_marked_as_one_and_is_never_public()
    {
        CaseDriver driver = CaseDriver.New(CaseWorld.Settings with { Exercise = true });
        driver.Alert(0, AlertTransitionKind.Firing);
        XElement message = Assert.Single(CapWorld.Of(driver.Events, CapWorld.Settings with { Publication = new CapPublication("government", ["flood.*"]) }));
        Assert.Equal(("Exercise", "Restricted"), (message.Text("status"), message.Text("scope")));
        Assert.StartsWith("[演练] ", message.Info(0).Text("headline"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "2026-01-27T09:00:00-00:00")]
    [InlineData(480, "2026-01-27T17:00:00+08:00")]
    [InlineData(-570, "2026-01-26T23:30:00-09:30")]
    public void Times_have_the_citys_offset_in_digits(int offsetMinutes, string expected)
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        var zone = TimeZoneInfo.CreateCustomTimeZone("z", TimeSpan.FromMinutes(offsetMinutes), "z", "z");
        Assert.Equal(expected, Assert.Single(CapWorld.Of(driver.Events, CapWorld.Settings with { TimeZone = zone })).Text("sent"));
    }

    [Fact]
    public void Filed_and_dispatched_in_one_record_are_one_message_and_what_people_wrote_stays_inside()
    {
        CaseDriver driver = WholeLife();
        Assert.All(CapMessages.Of(driver.Events, CapWorld.Settings), m =>
        {
            string text = Encoding.UTF8.GetString(CapXml.Write(m.Alert));
            Assert.DoesNotContain("because", text, StringComparison.Ordinal); // the reason of every command
            Assert.All(Actors, actor => Assert.DoesNotContain($">{actor}<", text, StringComparison.Ordinal));
        });
    }

    /// <summary>Filed, worse, a second device, returned to another lead, closed, reopened, voided.</summary>
    private static CaseDriver WholeLife()
    {
        CaseDriver driver = CaseDriver.New();
        RuleDefinition rule = CaseWorld.Underpass;
        driver.Alert(0, AlertTransitionKind.Firing);
        driver.Alert(1, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        driver.Alert(2, AlertTransitionKind.Firing, device: 1, rule);
        Assert.Null(driver.Command(3, CaseCommandKind.Return, to: "street"));
        Assert.Null(driver.Command(5, CaseCommandKind.Accept));
        driver.Alert(10, AlertTransitionKind.Resolved);
        driver.Alert(11, AlertTransitionKind.Resolved, device: 1);
        Assert.Null(driver.Command(20, CaseCommandKind.Report));
        driver.Reading(25);
        driver.Reading(25, "FLD-2");
        Assert.Null(driver.Command(30, CaseCommandKind.Verify, "wang"));
        driver.Alert(40, AlertTransitionKind.Firing);
        Assert.Null(driver.Command(41, CaseCommandKind.Void));
        return driver;
    }
}
