using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.Simulate;

/// <summary>Finds the devices a command line means: of a city folder, or made up.</summary>
internal static class FleetSource
{
    /// <summary>The fleet, or null with what is wrong, a line each.</summary>
    public static SimulatedFleet? Load(SimulateOptions options, out IReadOnlyList<string> errors)
    {
        errors = [];
        if (options.City is null && options.Devices is { } count)
        {
            return SimulatedFleet.Generate(count);
        }

        string folder = options.City ?? CityFolder.SamplePath;
        if (!Directory.Exists(folder))
        {
            errors = [$"error: there is no city folder {folder}; name one with --city, or say how many devices with --devices"];
            return null;
        }

        CityFolderReading reading = CityFolder.Read(folder);
        if (reading.Findings.Any(f => f.Level == FindingLevel.Error))
        {
            errors = [.. reading.Findings.Select(f => f.ToString())];
            return null;
        }

        CityReadResult result = CityReader.Read(reading.Files);
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
