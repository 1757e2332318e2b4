using System.Globalization;
using Gateway.Protocols.Devices;

namespace Gateway.Host.Cli.Simulate;

/// <summary>The devices a simulation plays. Immutable; the same input gives the same fleet.</summary>
internal sealed class SimulatedFleet
{
    private const int DevicesPerPlace = 20;
    private static readonly (string Kind, string Prefix)[] Kinds = [("smoke", "SMK"), ("flood", "FLD"), ("access", "ACC"), ("camera", "CAM")];
    private readonly Dictionary<string, SimulatedDevice> _byId;

    private SimulatedFleet(IReadOnlyList<SimulatedDevice> devices)
    {
        Devices = devices;
        _byId = devices.ToDictionary(d => d.Id, StringComparer.Ordinal);
    }

    /// <summary>The devices, kinds taking turns.</summary>
    public IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <summary>Devices <c>SMK-000000</c>, <c>FLD-000000</c>, <c>ACC-000000</c>, <c>CAM-000000</c>, <c>SMK-000001</c>...: the ids that <c>city generate</c> gives.</summary>
    public static SimulatedFleet Generate(int count) => new(
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            (string kind, string prefix) = Kinds[i % Kinds.Length];
            return SimulatedDevice.Canonical(kind, Id(prefix, i / Kinds.Length), Id("B", i / DevicesPerPlace));
        }),
    ]);

    /// <summary>Devices of a city's register, at most <paramref name="limit"/>: kinds take turns so that a small number has every kind.</summary>
    public static SimulatedFleet From(DeviceRegister register, int? limit)
    {
        IEnumerable<SimulatedDevice> turns = register.Devices
            .GroupBy(d => d.Profile.Kind)
            .SelectMany(kind => kind.Select((device, turn) => (device, turn)))
            .OrderBy(d => d.turn)
            .Select(d => SimulatedDevice.From(d.device));
        return new SimulatedFleet([.. turns.Take(limit ?? int.MaxValue)]);
    }

    /// <summary>The devices of a kind, in fleet order.</summary>
    public IReadOnlyList<SimulatedDevice> OfKind(string kind) => [.. Devices.Where(d => d.Kind == kind)];

    /// <summary>A device by id, or null.</summary>
    public SimulatedDevice? Find(string id) => _byId.GetValueOrDefault(id);

    private static string Id(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:D6}");
}
