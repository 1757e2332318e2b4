using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>Whatever devices, people and operators write, a picture is a picture.</summary>
public sealed partial class TimelineHostileTests
{
    private const int Rounds = 60;

    private static readonly string[] Pieces =
    [
        "<script>alert(1)</script>", "&", "&amp;", "\"", "'", "</text>", "</svg>", "<![CDATA[", "]]>", "<!--", "-->", "<?xml?>", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
        "onload=alert(1)", "\" onclick=\"x\"", "javascript:alert(1)", "href=\"http://example.org\"", "xlink:href", "<foreignObject>", "<image/>", "<use/>", "<a>", "url(http://example.org)", "@import", "\u202E", "\u2066", "\u200F",
        "\0", "\u0001", "\u001B[31m", "\n", "\r\n", "\t", "\uD800", "\uDC00", "\uFFFE", "\uFFFF", "\u2028", "积水", "𠮷", "e\u0301", "🚒", "a", " ", "{0}", "%s", "..", "13800138000", new string('x', 3000), new string('水', 3000),
    ];

    [GeneratedRegex(@"\b(https?|file|data|javascript):", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [Fact]
    public void Hostile_text_anywhere_is_shown_as_text_and_nothing_else()
    {
        (TimelineDrill drill, string caseNo, double now) = TimelineScenes.Flood();
        using (drill)
        {
            TimelineSources plain = drill.Sources(caseNo, now);
            string[] shapes = Shapes(TimelinePicture.Draw(TimelineBuilder.Build(plain)));
            for (int seed = 0; seed < Rounds; seed++)
            {
                Random random = new(seed);
                string svg = TimelinePicture.Draw(TimelineBuilder.Build(Poisoned(plain, random)));
                Assert.InRange(svg.Length, 1_000, 400_000);
                Assert.True(Shapes(svg).All(shapes.Contains), $"seed {seed}: {string.Join(", ", Shapes(svg).Except(shapes))}");
                Assert.DoesNotContain(svg, c => char.IsControl(c) && c != '\n');
                Assert.DoesNotContain(svg, c => c is (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2060' and <= '\u206F') or '\uFEFF');
                Assert.DoesNotContain("13800138000", svg, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;")]
    [InlineData("a\u202Eb", "a\uFFFDb")]
    [InlineData("a\0b\u001Bc\nd", "a\uFFFDb\uFFFDc\uFFFDd")]
    [InlineData("𠮷", "𠮷")]
    public void Text_is_cleaned_and_escaped(string text, string expected) => Assert.Equal(expected, PictureText.Escape(text));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("水\uFFFD位", PictureText.Escape($"水{(char)0xD800}位"));

    [Fact]
    public void Text_is_cut_at_its_limit_and_between_characters()
    {
        Assert.Equal("𠮷𠮷…", PictureText.Clean("𠮷𠮷𠮷𠮷", 4));
        Assert.InRange(PictureText.Width(PictureText.Fit(new string('水', 500), 100, 10), 10), 50, 100);
        Assert.Equal("", PictureText.Fit("abcdef", 8, 10));
    }

    // Names of elements and attributes of a document that is well formed and refers to nothing: what a text could add to would show here.
    private static string[] Shapes(string svg)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(svg), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        XDocument document = XDocument.Load(reader);
        XElement[] elements = [.. document.Descendants()];
        Assert.DoesNotContain(elements, e => e.Name.LocalName.ToLowerInvariant() is "script" or "foreignobject" or "a" or "image" or "use" or "iframe" or "animate" or "set" or "handler");
        Assert.DoesNotContain(elements.Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name.LocalName.Contains("href", StringComparison.OrdinalIgnoreCase) || a.Name.LocalName == "style");
        Assert.DoesNotContain(elements.Attributes().Where(a => !a.IsNamespaceDeclaration), a => Scheme().IsMatch(a.Value) || a.Value.Contains("url(", StringComparison.OrdinalIgnoreCase));
        XElement style = Assert.Single(elements, e => e.Name.LocalName == "style");
        Assert.DoesNotContain("url", style.Value, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@", style.Value, StringComparison.Ordinal);
        Assert.Equal("img", document.Root!.Attribute("role")!.Value);
        Assert.NotEqual("", document.Root.Elements().First(e => e.Name.LocalName == "title").Value);
        Assert.NotEqual("", document.Root.Elements().First(e => e.Name.LocalName == "desc").Value);
        return [.. elements.Select(e => e.Name.LocalName).Concat(elements.SelectMany(e => e.Attributes().Select(a => $"{e.Name.LocalName}@{a.Name.LocalName}"))).Distinct()];
    }

    private static TimelineSources Poisoned(TimelineSources plain, Random random)
    {
        string Evil() => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        CaseFacts facts = plain.Case.Facts with
        {
            Address = PersonNumbers.Strike(Evil()),
            DeviceId = PersonNumbers.Strike(Evil()),
            Mode = PersonNumbers.Strike(Evil()),
            Exercise = true,
            Key = plain.Case.Facts.Key with { Event = PersonNumbers.Strike(Evil()) },
            AreaPath = [.. plain.Case.Facts.AreaPath.Select(_ => PersonNumbers.Strike(Evil()))],
        };
        return plain with
        {
            Case = plain.Case with { CaseNo = PersonNumbers.Strike(Evil()), Facts = facts },
            History = [.. plain.History.Select(e => e switch
            {
                CaseAccepted a => a with { Reason = Evil(), Actor = PersonNumbers.Strike(Evil()) },
                CaseReported r => r with { Reason = Evil(), Actor = PersonNumbers.Strike(Evil()) },
                CaseEvaluated v => v with { Reason = Evil(), Actor = PersonNumbers.Strike(Evil()) },
                CaseDispatched d => d with { Lead = PersonNumbers.Strike(Evil()) },
                CaseWhistled w => w with { Reason = Evil(), Actor = PersonNumbers.Strike(Evil()) },
                _ => e,
            })],
            Names = plain.Names with { Parties = plain.Names.Parties.ToDictionary(p => p.Key, _ => PersonNumbers.Strike(Evil())), Places = [PersonNumbers.Strike(Evil()), PersonNumbers.Strike(Evil())] },
            Readings = plain.Readings with
            {
                Series = [.. plain.Readings.Series.Select(s => s with { Key = new SeriesKey(PersonNumbers.Strike(Evil()), PersonNumbers.Strike(Evil())), Unit = PersonNumbers.Strike(Evil()), Limits = [.. s.Limits.Select(l => l with { Rule = PersonNumbers.Strike(Evil()) })] })],
            },
            Related = [.. plain.Related.Select(r => r with { Case = r.Case with { CaseNo = PersonNumbers.Strike(Evil()), Facts = facts } })],
            Silences = [new CoveringSilence(Evil(), EventTime.MinValue, EventTime.MaxValue, Evil())],
            Switches = [new ModeSwitch(Evil(), PersonNumbers.Strike(Evil()), Evil(), plain.Window.From)],
        };
    }
}
