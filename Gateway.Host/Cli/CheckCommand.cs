using System.CommandLine;
using Gateway.Host.City;

namespace Gateway.Host.Cli;

/// <summary><c>check [DIR]</c>: every finding of a city folder at once.</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string?> folder = SharedArguments.OptionalPath("DIR", "City folder (default: the sample city)");
        Option<string> format = SharedArguments.Output();
        Command command = new("check", "Checks a city folder: every finding at once; exit 0 clean, 1 errors, 2 usage") { folder, format };
        command.SetAction(parsed => Run(parsed.GetValue(folder), parsed.GetValue(format)!));
        return command;
    }

    private static int Run(string? folder, string format)
    {
        CitySnapshotResult result = CitySnapshot.Read(folder ?? CityFolder.SamplePath);
        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            CheckOutput.WriteJson(result.Findings, output);
        }
        else
        {
            CheckOutput.WriteText(result.Findings, Console.Out);
            Console.Error.WriteLine(CheckOutput.Summary(result.Findings));
        }

        return CheckOutput.ExitCode(result.Findings);
    }
}
