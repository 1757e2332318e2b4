using System.Text.RegularExpressions;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>A synced file is lost with its name: what a first start makes is judged by the calls it makes.</summary>
public sealed partial class DurableNameTests
{
    [ComponentFact("strace")]
    public async Task Names_of_the_log_and_the_folders_around_it_are_durable_before_anything_is_acknowledged()
    {
        using TemporaryFolder folder = new();
        string data = folder.File("deep/data");
        HashSet<string> made = await NamesMadeAsync(folder, data);
        Assert.Superset(new HashSet<string>([folder.File("deep"), data, Path.Combine(data, "log"), Path.Combine(data, "series"), Path.Combine(data, "secrets"), Path.Combine(data, "log", "00000000000000000000.seg")]), made);

        // Once more with nothing but the log to make: no other folder's sync comes to the help of its name.
        Directory.Delete(Path.Combine(data, "log"), recursive: true);
        Assert.Contains(Path.Combine(data, "log"), await NamesMadeAsync(folder, data));
    }

    /// <summary>Starts a gateway, has one message acknowledged, and looks into its calls.</summary>
    private static async Task<HashSet<string>> NamesMadeAsync(TemporaryFolder folder, string data)
    {
        string trace = folder.File("trace");
        await using (GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Data = data,
            Wrapper = ["strace", "-D", "-f", "-qq", "-y", "-s", "4096", "-o", trace, "-e", "trace=mkdir,openat,fsync,fdatasync"],
        }))
        {
            await gateway.PublishLevelsAsync("FLD-000001", 0.01);
            Assert.Equal(0, await gateway.StopAsync());
        }

        // Folder of each name that was made, until it is synced.
        List<(string Parent, string Name)> waiting = [];
        HashSet<string> made = [];
        bool acknowledges = false;
        foreach (string line in (await File.ReadAllLinesAsync(trace)).Where(l => l.Contains(folder.Path, StringComparison.Ordinal)))
        {
            if (Make().Match(line) is { Success: true } make)
            {
                string name = make.Groups[1].Value + make.Groups[2].Value;
                waiting.Add((Path.GetDirectoryName(name)!, name));
                made.Add(name);
            }
            else if (Sync().Match(line) is { Success: true } sync)
            {
                waiting.RemoveAll(w => w.Parent == sync.Groups[1].Value);
            }
            else if (line.Contains("fdatasync(", StringComparison.Ordinal))
            {
                acknowledges = true;
                Assert.Empty(waiting);
            }
        }

        Assert.True(acknowledges);
        return made;
    }

    [GeneratedRegex(@"mkdir\(""([^""]+)"",[^)]*\) += 0|openat\([^""]*""([^""]+\.seg)"", [^)]*O_CREAT[^)]*\) += \d")]
    private static partial Regex Make();

    [GeneratedRegex(@"fsync\(\d+<([^>]+)>\) += 0")]
    private static partial Regex Sync();
}
