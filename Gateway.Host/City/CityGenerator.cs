using System.Globalization;
using Gateway.Rules.Files;

namespace Gateway.Host.City;

/// <summary>A generated city: small files as text, device lists to be written row by row.</summary>
/// <param name="Files">Everything but the devices.</param>
/// <param name="DeviceLists">The devices, a list a kind.</param>
internal sealed record GeneratedCity(IReadOnlyList<CityFile> Files, IReadOnlyList<GeneratedDeviceList> DeviceLists);

/// <summary>
/// Makes a whole valid city of any size: profiles, rules and calendars of the sample city, a ground plan, duty list and devices of its
/// own. Pure: the same sample, count and seed give the same files.
/// </summary>
internal static class CityGenerator
{
    /// <summary>Most devices of a generated city, as of any city.</summary>
    public const int DeviceCountLimit = 2_000_000;

    private static readonly string[] GeneratedFolders = ["areas/", "devices/", "duty/"];

    /// <summary>Lays the city out; the device lists are made when they are written.</summary>
    /// <param name="sample">The sample city's files.</param>
    /// <param name="devices">How many devices, a quarter of each kind; 0 to <see cref="DeviceCountLimit"/>.</param>
    /// <param name="seed">Any number; another one moves every corner and device.</param>
    public static GeneratedCity Plan(IReadOnlyList<CityFile> sample, int devices, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(devices);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(devices, DeviceCountLimit);
        CityLayout layout = CityLayout.For(devices, seed);
        IEnumerable<CityFile> kept = sample.Where(f => !GeneratedFolders.Any(folder => f.Path.StartsWith(folder, StringComparison.Ordinal)));
        int kinds = GeneratedKind.All.Count;
        return new GeneratedCity(
            [.. kept, GeneratedFiles.Areas(layout), GeneratedFiles.Duty(layout)],
            [.. GeneratedKind.All.Select((kind, i) => new GeneratedDeviceList(layout, seed, kind, (devices / kinds) + (i < devices % kinds ? 1 : 0)))]);
    }

    /// <summary>The whole city as files, for as many devices as fit the memory.</summary>
    public static IReadOnlyList<CityFile> Generate(IReadOnlyList<CityFile> sample, int devices, ulong seed)
    {
        GeneratedCity city = Plan(sample, devices, seed);
        return [.. city.Files, .. city.DeviceLists.Select(AsFile)];
    }

    private static CityFile AsFile(GeneratedDeviceList list)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        list.WriteTo(text);
        return new CityFile(list.Path, text.ToString());
    }
}
