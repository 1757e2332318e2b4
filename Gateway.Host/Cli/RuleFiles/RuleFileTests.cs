using System.Text.Json;
using Gateway.Rules.Testing;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary>What came of the tests of one rule file.</summary>
/// <param name="File">The file, relative to the city folder.</param>
/// <param name="Results">A result a test; empty for a file without tests.</param>
internal sealed record RuleFileTests(string File, IReadOnlyList<RuleTestResult> Results)
{
    /// <summary>A line a test, its failures below it with file, line and column, then what it comes to.</summary>
    public static void WriteText(IReadOnlyList<RuleFileTests> tested, TextWriter output)
    {
        foreach (RuleFileTests file in tested)
        {
            if (file.Results.Count == 0)
            {
                output.WriteLine($"none {file.File}: no test stands beside its rules");
            }

            foreach (RuleTestResult result in file.Results)
            {
                output.WriteLine($"{(result.HasPassed ? "pass" : "FAIL")} {result.Name.Location}: {result.Name}");
                foreach (RuleTestFailure failure in result.Failures)
                {
                    output.WriteLine($"     {failure}");
                }
            }
        }

        (int passed, int failed, int without) = Count(tested);
        output.WriteLine($"{passed} passed, {failed} failed{(without == 0 ? "" : $", {without} rule {(without == 1 ? "file" : "files")} without tests")}");
    }

    /// <summary>
    /// <c>{"passed":n,"failed":n,"untested":["file"],"tests":[{"file","line","column","name","passed","failures":[{"file","line","column","message"}]}]}</c>.
    /// </summary>
    public static void WriteJson(IReadOnlyList<RuleFileTests> tested, Stream output)
    {
        (int passed, int failed, _) = Count(tested);
        using Utf8JsonWriter json = new(output, CheckOutput.JsonOptions);
        json.WriteStartObject();
        json.WriteNumber("passed", passed);
        json.WriteNumber("failed", failed);
        json.WriteStartArray("untested");
        foreach (RuleFileTests file in tested.Where(t => t.Results.Count == 0))
        {
            json.WriteStringValue(file.File);
        }

        json.WriteEndArray();
        json.WriteStartArray("tests");
        foreach (RuleTestResult result in tested.SelectMany(t => t.Results))
        {
            json.WriteStartObject();
            CheckOutput.WritePlace(json, result.Name.Location);
            json.WriteString("name", result.Name.Text);
            json.WriteBoolean("passed", result.HasPassed);
            json.WriteStartArray("failures");
            foreach (RuleTestFailure failure in result.Failures)
            {
                json.WriteStartObject();
                CheckOutput.WritePlace(json, failure.Location);
                json.WriteString("message", failure.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static (int Passed, int Failed, int Without) Count(IReadOnlyList<RuleFileTests> tested) =>
        (tested.Sum(t => t.Results.Count(r => r.HasPassed)), tested.Sum(t => t.Results.Count(r => !r.HasPassed)), tested.Count(t => t.Results.Count == 0));
}
