using System.Text;
using Gateway.Rules.Cases.Cap;
using Gateway.Rules.Cases.Cap.Reading;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Cases.Cap.Reading;

/// <summary>Messages from outside: what is read, what is refused and where, and that nothing is taken in twice.</summary>
public sealed class CapReaderTests
{
    private static string Golden(int number) => File.ReadAllText(RepositoryFolder.PathOf($"Gateway.Tests/Fixtures/cap/case-{number}.xml"));

    [Fact]
    public void Message_of_our_own_is_read_as_it_was_written()
    {
        for (int i = 1; i <= 7; i++)
        {
            CapReading reading = Read(Golden(i));
            Assert.Empty(reading.Faults);
            Assert.Equal(Golden(i), Encoding.UTF8.GetString(CapXml.Write(reading.Alert!)));
        }
    }

    [Fact]
    public void Message_of_others_may_have_parts_we_do_not_use()
    {
        CapReading reading = Read("""
            <?xml version="1.0"?>
            <c:alert xmlns:c="urn:oasis:names:tc:emergency:cap:1.2">
              <c:identifier>N-1</c:identifier><c:sender>met@other.example</c:sender><c:sent>2026-01-27T09:00:00-00:00</c:sent>
              <c:status>Actual</c:status><c:msgType>Alert</c:msgType><c:scope>Public</c:scope><c:code>x</c:code>
              <c:info>
                <c:category>Met</c:category><c:event>Rain &amp; wind</c:event><c:urgency>Expected</c:urgency><c:severity>Severe</c:severity><c:certainty>Likely</c:certainty>
                <c:audience>all</c:audience><c:web>http://other.example</c:web>
                <c:resource><c:resourceDesc>map</c:resourceDesc><c:mimeType>image/png</c:mimeType></c:resource>
                <c:area><c:areaDesc>bay</c:areaDesc><c:circle>30.5,120.5 10</c:circle><c:altitude>0</c:altitude></c:area>
              </c:info>
              <s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>
            </c:alert>
            """);
        Assert.Empty(reading.Faults);
        CapInfo info = Assert.Single(reading.Alert!.Infos);
        Assert.Equal(("en-US", "Rain & wind"), (info.Language, info.Event));
        Assert.Equal(new CapCircle(new CapPoint(30.5, 120.5), 10), Assert.Single(Assert.Single(info.Areas).Circles));
    }

    [Theory]
    [InlineData("<sender>gateway@linjiang.example</sender>", "", "2:2: alert has no sender")]
    [InlineData("<sender>gateway@linjiang.example</sender>", "<sender>a b</sender>", "4:4: sender is 1 to")]
    [InlineData("<sender>gateway@linjiang.example</sender>", "<sender>a</sender><sender>b</sender>", "4:22: alert has a second sender")]
    [InlineData("17:00:00+08:00</sent>", "17:00:00Z</sent>", "5:4: sent is a time like")]
    [InlineData("2026-01-27T17:00:00+08:00</sent>", "2026-02-30T17:00:00+08:00</sent>", "5:4: sent is a time like")]
    [InlineData("<status>Draft", "<status>draft", "6:4: status is one of Actual")]
    [InlineData("<status>Draft", "<status>4", "6:4: status is one of Actual")]
    [InlineData("<msgType>Alert", "<msgType>Update", "2:2: alert has no references")]
    [InlineData("<scope>Restricted", "<scope>Private", "2:2: alert has no addresses")]
    [InlineData("30.2,120.1</polygon>", "30.2,120.3</polygon>", "polygon is four")]
    [InlineData("30.2,120.1 ", "NaN,120.1 ", "polygon is four")]
    [InlineData("cap:1.2", "cap:1.1", "2:2: the root is alert of urn:oasis:names:tc:emergency:cap:1.2")]
    [InlineData("</alert>", "", "XML_ERROR")]
    public void Fault_is_told_with_its_place(string text, string instead, string expected)
    {
        CapReading reading = Read(Golden(1).Replace(text, instead, StringComparison.Ordinal));
        Assert.Null(reading.Alert);
        Assert.True(expected == "XML_ERROR" ? reading.Faults[0].Line > 1 : reading.Faults.Any(f => f.ToString().Contains(expected, StringComparison.Ordinal)), string.Join('\n', reading.Faults));
    }

    [Fact]
    public void Entities_depth_and_size_do_no_harm()
    {
        string bomb = "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><alert>&b;</alert>";
        string outside = "<!DOCTYPE a [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><alert>&a;</alert>";
        string deep = string.Concat(Enumerable.Repeat("<a>", 20_000)) + string.Concat(Enumerable.Repeat("</a>", 20_000));
        string wide = $"<a>{string.Concat(Enumerable.Repeat("<b/>", CapReader.ElementCountLimit))}</a>";
        foreach (string text in new[] { bomb, outside, deep, wide, new string(' ', CapReader.LengthLimitBytes + 1), "", "{}", "&#0;" })
        {
            CapReading reading = Read(text);
            Assert.Null(reading.Alert);
            Assert.Single(reading.Faults);
        }
    }

    [Fact]
    public void Any_bytes_give_a_message_or_faults()
    {
        var random = new Random(5);
        byte[] good = Encoding.UTF8.GetBytes(Golden(2));
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = [.. good];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            CapReading reading = CapReader.Read(bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
            Assert.Equal(reading.Alert is null, reading.Faults.Count > 0);
            Assert.True(reading.Faults.Count <= CapReader.FaultCountLimit);
        }
    }

    private static CapReading Read(string text) => CapReader.Read(Encoding.UTF8.GetBytes(text));
}
