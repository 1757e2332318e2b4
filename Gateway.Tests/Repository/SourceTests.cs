using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Host.Pipeline;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Repository;

/// <summary>House rules that a compiler does not know.</summary>
public sealed partial class SourceTests
{
    private const int LineLimit = 400;
    private static readonly string[] ForbiddenFolders = ["Common", "Helpers", "Implementations", "Managers", "Misc", "Utilities", "Utils"];

    [Fact]
    public void Log_event_ids_are_unique()
    {
        var messages =
            from type in typeof(Outcome).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select (message.EventId, Method: $"{type.Name}.{method.Name}");
        ILookup<int, string> byId = messages.ToLookup(m => m.EventId, m => m.Method);
        Assert.NotEmpty(byId);
        Assert.Empty(byId.Where(g => g.Key <= 0 || g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g)}"));
    }

    [Fact]
    public void Source_files_are_short_enough_to_read() =>
        Assert.Empty(RepositoryFolder.Files("*.cs")
            .Select(f => (Name: RepositoryFolder.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > LineLimit)
            .Select(f => $"{f.Name} has {f.Lines} lines"));

    [Fact]
    public void Folders_have_names_that_say_something()
    {
        IEnumerable<string> names = RepositoryFolder.Files("*.cs").SelectMany(f => RepositoryFolder.Relative(Path.GetDirectoryName(f)!).Split('/')).Distinct();
        Assert.Empty(names.Intersect(ForbiddenFolders));
    }

    [Fact]
    public void Projects_have_lock_files_and_leave_versions_to_the_central_file()
    {
        List<string> findings = [];
        foreach (string project in RepositoryFolder.Files("*.csproj"))
        {
            string name = RepositoryFolder.Relative(project);
            if (!File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")))
            {
                findings.Add($"{name} has no packages.lock.json");
            }

            findings.AddRange(XDocument.Load(project).Descendants("PackageReference")
                .Where(p => p.Attributes().Any(a => a.Name.LocalName.StartsWith("Version", StringComparison.Ordinal)))
                .Select(p => $"{name} has a version of its own for {p.Attribute("Include")?.Value}"));
        }

        Assert.Empty(findings);
    }

    [Fact]
    public void Package_versions_are_exact()
    {
        XElement[] versions = [.. XDocument.Load(RepositoryFolder.PathOf("Directory.Packages.props")).Descendants("PackageVersion")];
        Assert.NotEmpty(versions);
        Assert.Empty(versions.Where(v => !ExactVersion().IsMatch(v.Attribute("Version")!.Value)).Select(v => v.ToString()));
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+$")]
    private static partial Regex ExactVersion();
}
