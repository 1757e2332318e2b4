namespace Gateway.Tests.Support;

/// <summary>The working tree the tests were built from.</summary>
public static class RepositoryFolder
{
    private static readonly string[] NotSource = ["bin", "obj", ".git", "TestResults", "BenchmarkDotNet.Artifacts", "data", "node_modules"];

    /// <summary>Full path of the folder that holds <c>Gateway.sln</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary><c>Debug</c> or <c>Release</c>: what these tests were built as, and so what is beside them.</summary>
    public static string Configuration { get; } = Directory.GetParent(AppContext.BaseDirectory.TrimEnd('/', '\\'))!.Name;

    /// <summary>The built gateway.</summary>
    public static string GatewayDll => Path.Combine(Root, "Gateway.Host", "bin", Configuration, "net10.0", "gateway.dll");

    /// <summary>Full path of something in the tree.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Every file of the tree that people wrote: nothing that a build or a run left behind.</summary>
    /// <param name="pattern">As of <see cref="Directory.EnumerateFiles(string, string)"/>.</param>
    public static IEnumerable<string> Files(string pattern) => Files(new DirectoryInfo(Root), pattern);

    /// <summary>Path below the root with forward slashes, as documents name it.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Files(DirectoryInfo folder, string pattern)
    {
        foreach (FileInfo file in folder.EnumerateFiles(pattern))
        {
            yield return file.FullName;
        }

        foreach (DirectoryInfo inner in folder.EnumerateDirectories().Where(d => !NotSource.Contains(d.Name)))
        {
            foreach (string file in Files(inner, pattern))
            {
                yield return file;
            }
        }
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no Gateway.sln above {AppContext.BaseDirectory}");
    }
}
