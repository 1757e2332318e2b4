using System.Reflection;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Tests.Repository;

/// <summary>The direction of dependencies, and that the core has no effects and no clock of its own.</summary>
public sealed class DependencyTests
{
    private static readonly Assembly Protocols = typeof(ReadingBatch).Assembly;
    private static readonly Assembly Rules = typeof(CaseDecider).Assembly;
    private static readonly Assembly Host = typeof(Outcome).Assembly;

    private static readonly string[] EffectNamespaces = ["System.Net", "System.Data", "Microsoft.Extensions"];

    private static readonly string[] EffectTypes =
    [
        "System.Console", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.File",
        "System.IO.FileInfo", "System.IO.FileStream", "System.IO.RandomAccess", "System.Net.Sockets.Socket", "System.Threading.PeriodicTimer",
        "System.Threading.Tasks.Task", "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Timer",
    ];

    private static readonly string[] EffectMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_Today", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.GetEnvironmentVariable", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Guid.NewGuid",
        "System.Random.get_Shared", "System.TimeProvider.get_System",
    ];

    [Fact]
    public void Protocols_refers_to_the_base_class_library_only() =>
        Assert.Empty(Strangers(Protocols));

    [Fact]
    public void Rules_refers_to_the_base_class_library_protocols_and_the_yaml_parser_only() =>
        Assert.Equal(["Gateway.Protocols", "YamlDotNet"], Strangers(Rules).Order(StringComparer.Ordinal));

    [Fact]
    public void Protocols_has_no_effects_and_no_clock() => Assert.Empty(Effects(Protocols));

    [Fact]
    public void Rules_has_no_effects_and_no_clock() => Assert.Empty(Effects(Rules));

    [Fact]
    public void Host_is_found_to_have_effects_by_the_same_search()
    {
        IReadOnlyList<string> found = Effects(Host);
        Assert.Contains("System.Threading.Thread", found);
        Assert.Contains("System.IO.File", found);
        Assert.Contains("System.TimeProvider.get_System", found);
    }

    private static List<string> Strangers(Assembly assembly)
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        using AssemblyUse use = new(assembly);
        return [.. use.Assemblies().Where(a => !File.Exists(Path.Combine(framework, a + ".dll")))];
    }

    private static IReadOnlyList<string> Effects(Assembly assembly)
    {
        using AssemblyUse use = new(assembly);
        return
        [
            .. use.Types().Where(t => EffectTypes.Contains(t) || EffectNamespaces.Any(n => t.StartsWith(n + ".", StringComparison.Ordinal))),
            .. use.Members().Where(EffectMembers.Contains),
        ];
    }
}
