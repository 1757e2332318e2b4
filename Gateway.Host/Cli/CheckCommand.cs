using System.CommandLine;
using Gateway.Host.City;

namespace Gateway.Host.Cli;

/// <summary><c>check [DIR]</c>: every finding of a city folder at once.</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string?> folder = new("DIR") { Description = "City folder (default: the sample city)", Arity = ArgumentArity.ZeroOrOne };
        folder.Validators.Add(result =>
        {
            // An option that is misspelt would otherwise be taken for the folder.
            if (result.Tokens is [{ Value: ['-', ..] } token])
            {
                result.AddError($"Unrecognized option '{token.Value}'.");
            }
        });
        Option<string> format = new("--output") { Description = "text or json", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
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
