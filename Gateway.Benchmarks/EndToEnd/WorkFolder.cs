namespace Gateway.Benchmarks.EndToEnd;

/// <summary>A folder of its own for everything a measurement writes; gone when it ends.</summary>
internal sealed class WorkFolder : IDisposable
{
    /// <summary>Makes the folder under <paramref name="parent"/>.</summary>
    public WorkFolder(string parent)
    {
        Root = Path.Combine(Path.GetFullPath(parent), $"gateway-e2e-{Environment.ProcessId}");
        Directory.CreateDirectory(Root);
    }

    /// <summary>Full path.</summary>
    public string Root { get; }

    /// <summary>A path in it.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Root, recursive: true);
}
