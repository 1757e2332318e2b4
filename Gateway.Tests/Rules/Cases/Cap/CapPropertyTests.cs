using System.Xml.Linq;
using Gateway.Rules.Cases;
using Gateway.Rules.Cases.Cap;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Host.Cases;

namespace Gateway.Tests.Rules.Cases.Cap;

/// <summary>What holds for every history, and for every text.</summary>
public sealed class CapPropertyTests
{
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Random_histories_give_valid_messages_that_refer_to_earlier_ones_in_force(int seed)
    {
        CaseDriver driver = CaseDriver.New();
        var random = new Random(seed);
        double minute = 0;
        for (int step = 0; step < 1500; step++)
        {
            minute += random.NextDouble() * 20;
            CaseHistoryPropertyTests.Draw(random, minute)(driver);
        }

        HashSet<string> identifiers = [];
        HashSet<string> types = [];
        foreach (IGrouping<string, CaseEvent> history in driver.Events.GroupBy(e => e.CaseNo))
        {
            XElement[] messages = CapWorld.Of(history);
            Assert.Equal("Alert", messages[0].Text("msgType"));
            Assert.Single(messages, m => m.Text("msgType") == "Alert");
            for (int i = 0; i < messages.Length; i++)
            {
                types.Add(messages[i].Text("msgType"));
                Assert.True(identifiers.Add(messages[i].Text("identifier")));
                Assert.True(i == 0 || Sent(messages[i]) >= Sent(messages[i - 1]));
                string[] expected =
                [
                    .. messages[..i]
                        .Where((m, k) => k == i - 1 || CapValidator.Time(m.Info().Text("expires")) > Sent(messages[i]))
                        .Select(m => $"{m.Text("sender")},{m.Text("identifier")},{m.Text("sent")}"),
                ];
                Assert.Equal(expected.TakeLast(CapMessages.ReferenceCountLimit), messages[i].Text("references").Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        Assert.Equal(["Alert", "Cancel", "Update"], types.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Longer_history_gives_the_same_messages_first()
    {
        CaseDriver driver = CaseDriver.New().ToClosed();
        driver.Alert(40, AlertTransitionKind.Firing);
        CaseEvent[] history = [.. driver.Events];
        byte[][] whole = [.. CapMessages.Of(history, CapWorld.Settings).Select(m => CapXml.Write(m.Alert))];
        int[] ends = [.. Enumerable.Range(1, history.Length).Where(n => n == history.Length || (history[n].At, history[n].Offset) != (history[n - 1].At, history[n - 1].Offset))];
        Assert.All(ends, n =>
        {
            byte[][] part = [.. CapMessages.Of(history[..n], CapWorld.Settings).Select(m => CapXml.Write(m.Alert))];
            Assert.Equal(whole[..part.Length], part);
        });
    }

    [Fact]
    public void Hostile_texts_stay_texts_of_bounded_size()
    {
        string[] hostile =
        [
            "]]></description><alert>", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;", "\0\u0001\u0008\u000B\u001F\u007F\u0085", "\uFFFE\uFFFF",
            "\uD800", "\uDC00 and \uD83D", "a\r\nb\tc", "\u202Etxt.exe\u2066", new string('<', 65_536), string.Concat(Enumerable.Repeat("🔥", 32_768)), "   ", "",
            new string('火', 65_536), "{0} {1} {2}",
        ];
        foreach (string text in hostile)
        {
            XElement[] messages = CapWorld.Of(History(text), CapWorld.Settings with { SenderName = text });
            XElement message = Assert.Single(messages);
            Assert.DoesNotContain(message.DescendantNodes().OfType<XText>(), t => t.Value.Any(c => char.IsControl(c) && c != '\n' && c != '\r'));
            Assert.Equal(2, message.Elements(CapValidator.Ns + "info").Count());
        }
    }

    [Theory]
    [InlineData(double.NaN, 120)]
    [InlineData(91, 120)]
    [InlineData(30, double.PositiveInfinity)]
    [InlineData(0, 0)]
    public void Point_that_is_none_gives_no_circle(double latitude, double longitude)
    {
        IEnumerable<CaseEvent> history = Changed(f => f with { Latitude = latitude, Longitude = longitude, AreaPath = ["nowhere"] });
        XElement area = Assert.Single(CapWorld.Of(history)).Info().Element(CapValidator.Ns + "area")!;
        Assert.Equal(("", "", "nowhere"), (area.Text("polygon"), area.Text("circle"), area.Element(CapValidator.Ns + "geocode")!.Text("value")));
    }

    [Theory]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("a<b", false)]
    [InlineData("a&b", false)]
    [InlineData("", false)]
    [InlineData("\u0001", false)]
    [InlineData("city@临江.example", true)]
    public void Sender_is_checked(string sender, bool isValid)
    {
        Assert.Equal(isValid, CapName.IsValid(sender));
        if (!isValid)
        {
            Assert.Throws<ArgumentException>(() => CapMessages.Of([], CapWorld.Settings with { Sender = sender }));
        }
    }

    private static DateTimeOffset Sent(XElement message) => CapValidator.Time(message.Text("sent"));

    private static IEnumerable<CaseEvent> Changed(Func<CaseFacts, CaseFacts> change)
    {
        CaseDriver driver = CaseDriver.New();
        driver.Alert(0, AlertTransitionKind.Firing);
        return driver.Events.Select(e => e is CaseCollected c ? c with { Facts = change(c.Facts) } : e);
    }

    private static IEnumerable<CaseEvent> History(string text)
    {
        RuleReference rule = new(text, text, text);
        return Changed(f => f with { Address = text, DeviceId = text, Source = text, Rule = rule, AreaPath = [text], Key = f.Key with { Event = text } })
            .Select(e => (e switch
            {
                CaseCollected { First: { } first } c => c with { First = first with { Evidence = first.Evidence with { Cause = text, DeviceId = text, Rule = rule } } },
                CaseDispatched d => d with { Lead = text },
                _ => e,
            }) with
            { CaseNo = text });
    }
}
