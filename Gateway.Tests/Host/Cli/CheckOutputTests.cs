using System.Text.Json;
using Gateway.Host.Cli;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.Cli;

public class CheckOutputTests
{
    private static readonly Finding Error = new(FindingLevel.Error, "R001", new SourceLocation("rules/a.yaml", 3, 7), "twice", "keep one");
    private static readonly Finding Warning = new(FindingLevel.Warning, "C001", new SourceLocation("x.txt", 1, 1), "江 \"?\"");

    [Fact]
    public void Text_is_one_line_a_finding()
    {
        using StringWriter output = new();
        CheckOutput.WriteText([Error, Warning], output);

        Assert.Equal(
            ["rules/a.yaml:3:7: error R001: twice (keep one)", "x.txt:1:1: warning C001: 江 \"?\"", ""],
            output.ToString().Split(Environment.NewLine));
    }

    [Fact]
    public void Json_holds_every_part_of_a_finding()
    {
        using MemoryStream output = new();
        CheckOutput.WriteJson([Error, Warning], output);

        using JsonDocument json = JsonDocument.Parse(output.ToArray());
        Assert.Equal((1, 1), (json.RootElement.GetProperty("errors").GetInt32(), json.RootElement.GetProperty("warnings").GetInt32()));
        Assert.Equal(
            ["rules/a.yaml 3 7 error R001 twice keep one", "x.txt 1 1 warning C001 江 \"?\" "],
            json.RootElement.GetProperty("findings").EnumerateArray().Select(f => string.Join(' ', f.EnumerateObject().Select(p => p.Value.ToString()))));
    }

    [Fact]
    public void Exit_code_is_1_only_when_an_error_is_found()
    {
        Assert.Equal((0, 0, 1), (CheckOutput.ExitCode([]), CheckOutput.ExitCode([Warning]), CheckOutput.ExitCode([Warning, Error])));
        Assert.Equal("1 error, 0 warnings", CheckOutput.Summary([Error]));
    }
}
