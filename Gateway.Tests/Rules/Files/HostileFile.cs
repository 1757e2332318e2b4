using System.Text;
using Gateway.Host.City;
using Gateway.Rules.Files;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Files;

/// <summary>What came of a check of the good city with one file in the place of another, and what the check allocated.</summary>
/// <param name="Result">The findings.</param>
/// <param name="AllocatedBytes">Allocated by the thread that checked.</param>
internal sealed record HostileFile(CitySnapshotResult Result, long AllocatedBytes)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The codes found.</summary>
    public IEnumerable<string> Codes => Result.Findings.Select(f => f.Code).Distinct();

    /// <summary>Checks as <c>check</c> does once the files are in memory.</summary>
    /// <exception cref="TimeoutException">The check hangs.</exception>
    public static Task<HostileFile> CheckAsync(string path, string text)
    {
        IReadOnlyList<CityFile> files = CityFixtures.With(new CityFile(path, text));
        return MeasureAsync(() => CitySnapshot.Create(files));
    }

    /// <summary>Checks a folder on disk, the file as these bytes.</summary>
    public static async Task<HostileFile> CheckAsync(string path, byte[] content)
    {
        using TemporaryFolder folder = new();
        foreach (CityFile file in CityFixtures.Good())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file.Path))!);
            await File.WriteAllTextAsync(folder.File(file.Path), file.Text, new UTF8Encoding(false));
        }

        await File.WriteAllBytesAsync(folder.File(path), content);
        return await MeasureAsync(() => CitySnapshot.Read(folder.Path));
    }

    private static Task<HostileFile> MeasureAsync(Func<CitySnapshotResult> check) => Task.Factory.StartNew(
        () =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            CitySnapshotResult result = check();
            return new HostileFile(result, GC.GetAllocatedBytesForCurrentThread() - before);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).WaitAsync(Limit);
}
