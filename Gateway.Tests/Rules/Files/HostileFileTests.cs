using System.Text;

namespace Gateway.Tests.Rules.Files;

/// <summary>Files written to hurt: findings with place, code and fix, and work in proportion to the file; never an exception, never a hang.</summary>
public sealed class HostileFileTests
{
    private const string Rules = "rules/flood.yaml";

    /// <summary>Allocated by a check of the good city with its tests, and room for what is compiled on the way.</summary>
    private const long GroundBytes = 48L << 20;

    /// <summary>Allocated for each byte of a file at most; a list of 500,000 short keys comes to about seventy.</summary>
    private const long PerByte = 300;

    private static readonly Dictionary<string, (string Text, string Codes)> Texts = new()
    {
        ["alias"] = ("rules: &r []\ntests: *r\n", "Y005"),
        ["alias bomb"] = ("a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 9).Select(i => $"{(char)('b' + i)}: &{(char)('b' + i)} [{Times($"*{(char)('a' + i)},", 9)}]\n")), "Y005"),
        ["anchor alone"] = ("rules:\n  - &a {alert: x}\n", "Y005"),
        ["anchor of a megabyte"] = ($"a: &{Times("x", 1_000_000)} 1\n", "Y005"),
        ["100,000 open brackets"] = ($"rules: {Times("[", 100_000)}", "Y003"),
        ["100,000 closed brackets"] = ($"rules: {Times("[", 100_000)}{Times("]", 100_000)}", "Y003"),
        ["100,000 braces"] = ($"rules: {Times("{a: ", 100_000)}", "Y003"),
        ["100,000 block lists"] = ($"{Times("- ", 100_000)}a\n", "Y003"),
        ["100,000 block keys"] = ($"{Times("? ", 100_000)}a\n", "Y003"),
        ["2,800 block maps"] = (string.Concat(Enumerable.Range(0, 2_800).Select(i => $"{Times(" ", i)}a:\n")), "Y003"), // 100,000 would be 5 GB of indents
        ["larger than the limit"] = ($"# {Times("x", 5 << 20)}", "Y002"),
        ["line of blanks"] = ($"a:\n{Times(" ", 3_000_000)}b: 1\n", "Y010"),
        ["blank lines"] = (Times("\n", 3_000_000), "Y011"),
        ["comments"] = (Times("#\n", 2_000_000), "Y011"),
        ["commas"] = ($"rules: [{Times(",", 1_000_000)}]", "Y001"),
        ["colons"] = ($"a{Times(": ", 500_000)}", "Y001"),
        ["quotes that do not end"] = ($"{{{Times("\"a", 300_000)}", "Y001"),
        ["number too large"] = (Rule("water_level > 1e999999"), "R101"),
        ["number of 4,000 digits"] = (Rule($"water_level > {Times("9", 4_000)}"), "R101"),
        ["number of 100,000 digits"] = (Rule($"water_level > {Times("9", 100_000)}"), "Y015"),
        ["number next to nothing"] = (Rule("water_level > 1e-999999"), ""),
        ["number of 4,000 decimals"] = (Rule($"water_level > 0.{Times("0", 4_000)}1"), ""),
        ["minus nothing"] = (Rule("water_level > -0"), ""),
        ["not a number"] = (Rule("water_level > NaN"), "R104"),
        ["not a number, as YAML has it"] = (Rule("water_level > .nan"), "R101"),
        ["infinity"] = (Rule("water_level > Infinity"), "R104"),
        ["infinity, as YAML has it"] = (Rule("water_level > -.inf"), "R101"),
        ["10,000 rules"] = (Many(10_000), ""),
        ["10,001 rules"] = (Many(10_001), "R010"),
        ["10,000 rules of one name"] = ("rules:\n" + Times("  - {alert: x, match: {kind: flood}, expr: water_level > 1, severity: info}\n", 10_000), "C005 R001"),
        ["expression of a megabyte"] = (Rule($"{Times("water_level > 1 and ", 50_000)}water_level > 1"), "Y015"),
        ["expression 100,000 deep"] = (Rule($"{Times("(", 100_000)}water_level > 1{Times(")", 100_000)}"), "Y015"),
        ["expression 2,000 deep"] = (Rule($"{Times("(", 2_000)}water_level > 1{Times(")", 2_000)}"), "R103"),
        ["1,000 not"] = (Rule($"{Times("not ", 1_000)}water_level > 1"), "R103"),
        ["4,000 minus"] = (Rule($"water_level > {Times("-", 4_000)}1"), "R103"),
        ["1,000 sums"] = (Rule($"water_level > 1{Times(" - 1", 1_000)}"), "R103"),
        ["plain key of 200,000 characters"] = ($"rules: []\n{Times("k", 200_000)}: 1\n", "Y001"),
        ["quoted key of a megabyte"] = ($"rules: []\n? \"{Times("k", 1_000_000)}\"\n: 1\n", "Y010"),
        ["240,000 keys"] = ("rules: []\n" + string.Concat(Enumerable.Range(0, 240_000).Select(i => $"k{i}: \n")), "C005 Y010"),
        ["500,000 keys"] = ($"{{{string.Concat(Enumerable.Range(0, 500_000).Select(i => $"{i:x},"))}}}", "Y004"),
        ["the same key 240,000 times"] = ("rules: []\n" + Times("k: \n", 240_000), "C005 Y007 Y010"),
        ["100,000 labels"] = (Rule("water_level > 1", $", labels: {{{string.Concat(Enumerable.Range(0, 100_000).Select(i => $"l{i}: v, "))}}}"), "Y018"),
        ["100,000 tags"] = (Rule("water_level > 1").Replace("flood}", $"flood, tags: {{{string.Concat(Enumerable.Range(0, 100_000).Select(i => $"l{i}: v, "))}}}}}", StringComparison.Ordinal), "C005 R009"),
        ["key twice"] = (Rule("water_level > 1") + "rules: []\n", "Y007"),
        ["NUL in a text"] = ("rules:\n  - {alert: \"a\0b\"}\n", "Y019"),
        ["NUL behind a good rule"] = (Rule("water_level > 1") + "\0: not read\n", "Y019"),
        ["NUL alone"] = (Times("\0", 1_000), "Y019"),
        ["byte order mark"] = ("\uFEFF" + Rule("water_level > 1"), ""),
        ["byte order mark inside"] = (Rule("water_level > 1") + "\uFEFFtests: []\n", "Y010"),
        ["tab as indent"] = ("rules:\n\t- {alert: x}\n", "Y001"),
        ["tabs between words"] = (Rule("water_level\t>\t1").Replace("- ", "-\t", StringComparison.Ordinal), ""),
        ["CRLF"] = (Rule("water_level > 1").ReplaceLineEndings("\r\n"), ""),
        ["CR"] = (Rule("water_level > 1").Replace('\n', '\r'), ""),
        ["direction mark in a name"] = (Rule("water_level > 1").Replace("alert: x", "alert: \"a\u202Eb\"", StringComparison.Ordinal), "R002"),
        ["direction mark in a text"] = (Rule("state == '\u202Edry'"), "R106"),
        ["direction mark in an expression"] = (Rule("water_level \u202E> 1"), "R101"),
        ["direction mark in a series"] = (Test("water_level: \u202E1"), "T001"),
        ["direction mark in a test's name"] = (Test("water_level: high").Replace("name: t", "name: \"t\\u202E\\u2028t\"", StringComparison.Ordinal), "T001"),
        ["escape in a name"] = (Rule("water_level > 1").Replace("alert: x", "alert: \"a\\x85b\"", StringComparison.Ordinal), "Y019"),
        ["Python object"] = ("rules: !!python/object:os.system [x]\n", "Y006"),
        ["binary"] = ("rules:\n  - {alert: !!binary aGk=}\n", "Y006"),
        ["tag of a megabyte"] = ($"a: !<{Times("x", 1_000_000)}> 1\n", "Y006"),
        ["version of YAML"] = ($"%YAML 1.{Times("9", 100_000)}\n---\na: 1\n", "Y001"),
        ["merge key"] = ("rules:\n  - {<<: {alert: x}, match: {kind: flood}}\n", "Y011 R003 Y010"),
        ["merge key of an alias"] = ("base: &b {a: 1}\nrules:\n  - <<: *b\n", "Y005"),
        ["two documents"] = ("rules: []\n---\nrules: []\n", "Y008"),
        ["two documents with an end"] = ("rules: []\n...\nrules: []\n", "Y008"),
        ["100,000 documents"] = (Times("---\n", 100_000), "Y008"),
        ["duration of 18 digits"] = (Rule("water_level > 1", ", for: 999999999999999999d"), "Y014"),
        ["duration of 100,000 digits"] = (Rule("water_level > 1", $", for: {Times("9", 100_000)}d"), "Y015"),
        ["duration that overflows"] = (Rule("water_level > 1", ", for: 999999999d999999999h999999999m"), "Y014"),
        ["series repeated 1,000,000,000 times"] = (Test("water_level: 0x1000000000"), "T001"),
        ["series repeated 2,147,483,647 times"] = (Test("water_level: 0 0x2147483647"), "T001"),
    };

    public static TheoryData<string> Names => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task File_gives_its_findings_for_work_in_proportion(string name)
    {
        (string text, string codes) = Texts[name];

        HostileFile check = await HostileFile.CheckAsync(Rules, text);

        Assert.Equal(codes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), check.Codes.Order());
        AssertShown(check);
        long limit = GroundBytes + (PerByte * Encoding.UTF8.GetByteCount(text));
        Assert.True(check.AllocatedBytes < limit, $"{check.AllocatedBytes} bytes were allocated, at most {limit}");
    }

    [Theory]
    [InlineData(new byte[] { 0x72, 0x75, 0x6C, 0xFF, 0xFE }, "C007")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x72, 0x00 }, "C007")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "C007")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "C007")]
    public async Task Bytes_that_are_no_utf8_are_one_finding(byte[] content, string code)
    {
        HostileFile check = await HostileFile.CheckAsync(Rules, content);
        Assert.Equal([code], check.Codes);
        AssertShown(check);
    }

    [Fact]
    public async Task File_of_100_megabytes_is_refused_unread()
    {
        HostileFile check = await HostileFile.CheckAsync(Rules, new byte[100 << 20]);
        Assert.Equal(["Y002"], check.Codes);
        Assert.True(check.AllocatedBytes < GroundBytes, $"{check.AllocatedBytes} bytes were allocated");
    }

    [Theory]
    [InlineData(1, "1ms", true)]
    [InlineData(2, "5m", true)]
    [InlineData(2, "1d", false)]
    [InlineData(3, "1ms", false)]
    [InlineData(100, "1d", false)]
    public async Task Long_series_are_played_up_to_a_limit_of_the_test(int series, string every, bool passes)
    {
        HostileFile check = await HostileFile.CheckAsync(Rules, Test("water_level: 0x100000", series, every));
        Assert.Equal(passes ? [] : ["T001"], check.Codes);
        AssertShown(check);
    }

    [Fact]
    public async Task Tests_behind_one_that_is_too_much_work_are_not_run()
    {
        string test = Test("water_level: 0x100000")[Rule("water_level > 1").Length..];
        string more = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"  - {{name: t{i}, every: 1m, series: {{FLD-1: \"water_level: 0\"}}, expect: []}}\n"));

        HostileFile check = await HostileFile.CheckAsync(Rules, $"{Many(10_000)}{test}{more}");

        Assert.Equal(["T001"], check.Codes);
        Assert.Equal("test \"t\" fails: it is not run: the tests of the city are too much work; give it fewer readings", check.Result.Findings[0].Message);
        Assert.Equal("test \"t4999\" fails: it is not run: the tests of the city are too much work; put rules and their tests into more files", check.Result.Findings[^1].Message);
    }

    [Fact]
    public async Task Alerts_of_one_test_are_bounded()
    {
        string flapping = string.Join(' ', Enumerable.Repeat("0 9", 4_000));
        string test = Test($"water_level: {flapping}")[Rule("water_level > 1").Length..];

        HostileFile check = await HostileFile.CheckAsync(Rules, $"{Many(200)}{test}");

        Assert.Equal(["T001"], check.Codes);
        Assert.Contains("more than 500000 alerts", Assert.Single(check.Result.Findings).Message, StringComparison.Ordinal);
    }

    private static void AssertShown(HostileFile check) => Assert.All(check.Result.Findings, finding =>
    {
        Assert.NotEmpty(finding.Fix);
        Assert.Equal(Rules, finding.Location.File);
        Assert.True(finding.Location is { Line: > 0, Column: > 0 }, $"{finding}");
        Assert.DoesNotContain(finding.ToString(), c => char.IsControl(c) || c is '\u202E' or '\u2028' or '\uFEFF');
        Assert.True(finding.ToString().Length < 5_000);
    });

    private static string Rule(string expression, string more = "") =>
        $"rules:\n  - {{alert: x, match: {{kind: flood}}, expr: \"{expression}\", severity: info{more}}}\n";

    private static string Many(int rules) => "rules:\n" + string.Concat(Enumerable.Range(0, rules)
        .Select(i => $"  - {{alert: r{i}, match: {{kind: flood}}, expr: water_level > 1, severity: info}}\n"));

    private static string Test(string series, int devices = 1, string every = "1ms")
    {
        string all = string.Join(", ", Enumerable.Range(1, devices).Select(i => $"FLD-{i}: \"{series}\""));
        return $"{Rule("water_level > 1")}tests:\n  - name: t\n    every: {every}\n    series: {{{all}}}\n    expect: [{{at: 366d, alerts: []}}]\n";
    }

    private static string Times(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
