using System.CommandLine;
using Gateway.Host.City;
using Gateway.Rules.Files;
using Gateway.Rules.Files.Schema;

namespace Gateway.Host.Cli.RuleFiles;

/// <summary><c>rules test [PATH]</c>: the tests that stand beside the rules. <c>rules schema</c>: what editors need to know of rule files.</summary>
internal static class RulesCommand
{
    private const int FailureExit = 1;
    private const int UsageExit = 2;
    private const string CityFileName = "city.yaml";

    /// <summary>The command with its subcommands.</summary>
    public static Command Create() =>
        new("rules", "The rules: do their tests pass, what would others have done, why did one fire, what may they say") { CreateTest(), ListCommand.Create(), CreateSchema(), BacktestCommand.Create(), ExplainCommand.Create() };

    private static Command CreateTest()
    {
        Argument<string?> path = SharedArguments.OptionalPath("PATH", "City folder, or a rule file in one (default: the sample city)");
        Option<string> format = SharedArguments.Output();
        Command command = new("test", "Runs the tests written beside the rules; exit 0 all pass, 1 some fail, 2 usage") { path, format };
        command.SetAction(parsed => Test(parsed.GetValue(path), parsed.GetValue(format)!, parsed.InvocationConfiguration));
        return command;
    }

    private static Command CreateSchema()
    {
        Command command = new("schema", $"Prints the JSON Schema (draft-07) of rule files, for editors: {RuleFileSchema.Path} of a city folder");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(RuleFileSchema.Text()));
        return command;
    }

    private static int Test(string? path, string format, InvocationConfiguration console)
    {
        if (Locate(path) is not { } found)
        {
            console.Error.WriteLine($"error: {path} is neither a city folder nor a file in one; a city folder has a {CityFileName}");
            return UsageExit;
        }

        (string city, string? file) = found;
        if (Compile(city, "nothing was tested", console) is not { } effective)
        {
            return FailureExit;
        }

        List<RuleFileTests> tested = [.. effective.Tests(file).Select(t => new RuleFileTests(t.File, t.Results))];
        if (tested.Count == 0 && file is not null)
        {
            console.Error.WriteLine($"error: {file} is no rule file of {city}");
            return UsageExit;
        }

        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            RuleFileTests.WriteJson(tested, output);
        }
        else
        {
            RuleFileTests.WriteText(tested, console.Output);
        }

        return tested.Any(t => t.Results.Any(r => !r.HasPassed)) ? FailureExit : 0;
    }

    /// <summary>Reads and compiles a city folder; null when it has errors, which are shown then.</summary>
    internal static CitySnapshot.EffectiveCity? Compile(string folder, string consequence, InvocationConfiguration console)
    {
        CityFolderReading reading = CityFolder.Read(folder);
        (CitySnapshot.EffectiveCity? city, IReadOnlyList<Finding> compiled) = CitySnapshot.Compile(reading.Files);
        List<Finding> findings = [.. reading.Findings, .. compiled];
        if (city is not null && CheckOutput.ExitCode(findings) == 0)
        {
            return city;
        }

        CheckOutput.WriteText(findings, console.Output);
        console.Error.WriteLine($"{CheckOutput.Summary(findings)}; {consequence}. See check");
        return null;
    }

    /// <summary>The city folder of a path, and the file in it that is meant; null when there is none.</summary>
    private static (string City, string? File)? Locate(string? path)
    {
        if (path is null)
        {
            return (CityFolder.SamplePath, null);
        }

        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return File.Exists(Path.Combine(full, CityFileName)) ? (full, null) : null;
        }

        for (string? folder = File.Exists(full) ? Path.GetDirectoryName(full) : null; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, CityFileName)))
            {
                return (folder, Path.GetRelativePath(folder, full).Replace(Path.DirectorySeparatorChar, '/'));
            }
        }

        return null;
    }
}
