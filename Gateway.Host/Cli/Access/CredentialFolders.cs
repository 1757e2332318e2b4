using Gateway.Host.Access.Credentials;
using Gateway.Host.City;
using Gateway.Host.Composition;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.Access;

/// <summary>Which gateway's credentials a command works on: the same configuration as of <c>serve</c>, with the command's options on top.</summary>
internal sealed class CredentialFolders(string? data, string? city)
{
    private readonly GatewayOptions _options = GatewayOptions.Configured();

    /// <summary>The credential file.</summary>
    public string CredentialFile => CredentialStore.PathIn(data ?? _options.Data);

    /// <summary>The city folder.</summary>
    public string CityFolder => city ?? GatewayRuntime.CityDirectory(_options);

    /// <summary>Ids of the city's devices; null when the folder has errors.</summary>
    public IReadOnlyList<string>? DeviceIds()
    {
        CityFolderReading reading = City.CityFolder.Read(CityFolder);
        CityReadResult result = CityReader.Read(reading.Files);
        return reading.Findings.Count > 0 || result.City is not { } read ? null : [.. read.Devices.Devices.Select(d => d.Id)];
    }
}
