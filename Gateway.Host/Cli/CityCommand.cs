using System.CommandLine;
using System.Globalization;
using System.Text;
using Gateway.Host.City;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli;

/// <summary><c>city generate DIR --devices N --seed S</c>: writes a whole valid city folder.</summary>
internal static class CityCommand
{
    private const int UsageError = 2;

    /// <summary>From this many devices on, progress is told.</summary>
    private const int ProgressFrom = 100_000;

    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        Argument<string> folder = new("DIR") { Description = "The folder to write; new or empty." };
        Option<int> devices = new("--devices") { Description = "How many devices, a quarter of each kind.", DefaultValueFactory = _ => 1_000 };
        Option<ulong> seed = new("--seed") { Description = "Another seed gives another city.", DefaultValueFactory = _ => 1 };
        Command generate = new("generate", "Writes a whole valid city folder with as many devices as asked for.") { folder, devices, seed };
        generate.SetAction(parsed => Generate(
            parsed.GetValue(folder)!,
            parsed.GetValue(devices),
            parsed.GetValue(seed),
            CityFolder.SamplePath,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return new Command("city", "Works on city folders.") { generate };
    }

    /// <summary>Writes the city; 0 when done, 2 when the folder or the numbers cannot be used.</summary>
    internal static int Generate(string folder, int devices, ulong seed, string samplePath, TextWriter output, TextWriter error)
    {
        if (devices is < 0 or > CityGenerator.DeviceCountLimit)
        {
            error.WriteLine($"--devices is 0 to {CityGenerator.DeviceCountLimit}");
            return UsageError;
        }

        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            error.WriteLine($"{folder} is not empty; name a new folder, nothing was written");
            return UsageError;
        }

        CityFolderReading sample = CityFolder.Read(samplePath);
        if (sample.Findings.Count > 0)
        {
            CheckOutput.WriteText(sample.Findings, error);
            return UsageError;
        }

        try
        {
            Write(CityGenerator.Plan(sample.Files, devices, seed), folder, devices, error);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"cannot write {folder}: {fault.Message}");
            return UsageError;
        }

        output.WriteLine($"{folder}: {devices} devices, seed {seed}");
        return 0;
    }

    private static void Write(GeneratedCity city, string folder, int devices, TextWriter error)
    {
        foreach (CityFile file in city.Files)
        {
            File.WriteAllText(PathFor(folder, file.Path), file.Text);
        }

        int written = 0;
        int shownPercent = 0;
        foreach (GeneratedDeviceList list in city.DeviceLists)
        {
            using StreamWriter writer = new(PathFor(folder, list.Path), append: false, new UTF8Encoding(false), bufferSize: 1 << 18);
            list.WriteTo(writer, rows =>
            {
                written += rows;
                int percent = devices == 0 ? 100 : (int)(100L * written / devices);
                if (devices >= ProgressFrom && percent >= shownPercent + 10)
                {
                    shownPercent = percent;
                    error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{percent,3} %  {written} of {devices} devices"));
                }
            });
        }
    }

    private static string PathFor(string folder, string path)
    {
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
