using Gateway.Protocols.Devices;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.Simulate;

/// <summary>Finds the devices a command line means: of a city folder, or made up.</summary>
internal static class FleetSource
{
    /// <summary>The sample city's folder beside the program.</summary>
    public static string SampleCity => Path.Combine(AppContext.BaseDirectory, "city");

    /// <summary>The fleet, or null with what is wrong, a line each.</summary>
    public static SimulatedFleet? Load(SimulateOptions options, out IReadOnlyList<string> errors)
    {
        errors = [];
        if (options.City is null && options.Devices is { } count)
        {
            return SimulatedFleet.Generate(count);
        }

        string folder = options.City ?? SampleCity;
        if (!Directory.Exists(folder))
        {
            errors = [$"error: there is no city folder {folder}; name one with --city, or say how many devices with --devices"];
            return null;
        }

        CityReadResult result = CityReader.Read([.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => new CityFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllText(path)))]);
        if (result.City is null)
        {
            errors = [.. result.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.ToString())];
            return null;
        }

        DeviceRegister register = result.City.Devices;
        if (register.Devices.Count == 0)
        {
            errors = [$"error: the city {folder} has no devices"];
            return null;
        }

        return SimulatedFleet.From(register, options.Devices);
    }
}
