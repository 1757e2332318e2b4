using Gateway.Host.City;
using Gateway.Tests.Support;

namespace Gateway.Tests.Simulation;

/// <summary>The city that operators edit in simulations: the sample, once as it is, once with another limit, once with a remark.</summary>
public sealed class SimulatedCity : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, CitySnapshot> _byRevision;

    public SimulatedCity()
    {
        CitySnapshot sample = CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!;
        CitySnapshot remark = Edited(sample, "city.yaml", text => text + "\n# edited\n");
        CitySnapshot limit = Edited(sample, "rules/access-door.yaml", text => text
            .Replace("for: 2m", "for: 90s", StringComparison.Ordinal)
            .Replace("{at: 1m50s, alerts: []}", "{at: 80s, alerts: []}", StringComparison.Ordinal)); // the test that stands on it
        Variants = [sample, remark, limit];
        _byRevision = Variants.ToDictionary(v => v.Revision, StringComparer.Ordinal);
        Archive = new CityArchive(_folder.File("snapshots"));
        CredentialPath = _folder.File("no-credentials");
    }

    /// <summary>What the folder may hold.</summary>
    internal IReadOnlyList<CitySnapshot> Variants { get; }

    /// <summary>Keeps them; the only part of a simulation that is on a real disk, and nothing reads it back.</summary>
    internal CityArchive Archive { get; }

    /// <summary>A file that is not there.</summary>
    internal string CredentialPath { get; }

    /// <summary>A snapshot by its revision.</summary>
    internal CitySnapshot Find(string revision) => _byRevision[revision];

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private static CitySnapshot Edited(CitySnapshot city, string path, Func<string, string> edit)
    {
        CitySnapshotResult result = CitySnapshot.Create([.. city.Files.Select(f => f.Path == path ? f with { Text = edit(f.Text) } : f)]);
        Assert.True(result.Snapshot is { } edited && edited.Revision != city.Revision, string.Join('\n', result.Findings));
        return result.Snapshot;
    }
}
