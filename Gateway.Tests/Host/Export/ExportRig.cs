using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Cases.Evidence;
using Gateway.Host.Export;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Notifications;
using Gateway.Host.Series.Embedded;
using Gateway.Host.Series;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Host.Cases;
using Gateway.Tests.Host.IngestLog;
using Gateway.Tests.Host.Series;
using Gateway.Tests.Rules.Cases;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Host.Export;

/// <summary>A data directory with something in every part of it, its export, and hands that edit the export.</summary>
internal sealed class ExportRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Data => _folder.File("data");

    public string Folder => _folder.File("export");

    public AuditFolder Audit => new(Data);

    /// <summary>A path beside them.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Makes the data directory: random steps as those of the property test of case histories, and all else that a gateway keeps.</summary>
    public ExportRig Filled(int seed, int steps = 400, bool isStormy = false)
    {
        Directory.CreateDirectory(Data);
        FillCases(new Random(seed), steps, isStormy ? CaseHistoryPropertyTests.Stormy : CaseWorld.Settings);
        FillSeries(new Random(seed), steps * 7);
        using (SegmentLog log = SegmentLog.Open(Path.Combine(Data, "log"), new IngestLogOptions { SegmentSizeBytes = 1 << 20 }, () => new EventTime(0), NullLogger.Instance))
        {
            LogFixture.Append(log, "a message");
        }

        using (OutboxStore outbox = OutboxStore.Open(Path.Combine(Data, "webhooks.db")))
        {
            outbox.Place("duty", 3);
            outbox.Place(CaseTopics.PlaceName, 7);
            outbox.SetPending("duty", 5, CaseWorld.At(1));
            outbox.GiveUp("duty", new DeadLetter(0, 3, 5, 2, CaseWorld.At(2), 9, "404 没有"), 10);
            outbox.GiveUp("duty", new DeadLetter(0, 5, 6, 1, CaseWorld.At(3), 9, "late"), 10);
            outbox.Remove(2);
        }

        new EvidencePlace { Since = 1, Followed = 1 }.Save(new EvidenceFolder(Data).Place);
        System.IO.File.WriteAllText(Path.Combine(Data, "mode.yaml"), "switches: []\n");
        System.IO.File.WriteAllText(Path.Combine(Data, "exercise.txt"), "an exercise\n");
        new SessionSnapshot(1, []).Save(Path.Combine(Data, "sessions.bin"));
        return this;
    }

    public ExportManifest Export(string? data = null, string? folder = null) => new GatewayExport(data ?? Data).Run(folder ?? Folder);

    public void Import(string data, string? folder = null, int eventsPerCommit = 4096) => new GatewayImport(folder ?? Folder) { EventsPerCommit = eventsPerCommit }.Run(data);

    /// <summary>The files of a folder with the SHA-256 of each.</summary>
    public static SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), f => Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(f)))),
        StringComparer.Ordinal);

    /// <summary>Lines of a packed file of the export.</summary>
    public List<string> Lines(string name) => [.. Text(name).Split('\n')[..^1]];

    /// <summary>Edits the lines of a file and makes list and manifest fit again, as somebody would who knows the format.</summary>
    public void EditLines(string name, Action<List<string>> edit)
    {
        List<string> lines = Lines(name);
        edit(lines);
        Write(name, string.Concat(lines.Select(l => l + "\n")), lines.Count);
    }

    /// <summary>Writes a file anew and makes list and manifest fit.</summary>
    public void Write(string name, string text, int? lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text), packed = bytes;
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using MemoryStream stream = new();
            using (GZipStream zip = new(stream, CompressionLevel.Fastest, leaveOpen: true))
            {
                zip.Write(bytes);
            }

            packed = stream.ToArray();
        }

        System.IO.File.WriteAllBytes(Path.Combine(Folder, name), packed);
        EditEntry(name, entry =>
        {
            (entry["lengthBytes"], entry["sha256"]) = (packed.Length, Convert.ToHexStringLower(SHA256.HashData(packed)));
            if (entry.ContainsKey("textLengthBytes"))
            {
                (entry["textLengthBytes"], entry["textSha256"], entry["lines"]) = (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), lines);
            }
            else if (entry.ContainsKey("lines"))
            {
                entry["lines"] = lines;
            }
        });
    }

    /// <summary>Edits an entry of the list of files, and makes the manifest fit.</summary>
    public void EditEntry(string name, Action<JsonObject> edit) => EditList(lines =>
    {
        int at = lines.FindIndex(l => l.Contains($"{{\"name\":\"{name}\"", StringComparison.Ordinal));
        JsonObject entry = JsonNode.Parse(lines[at])!.AsObject();
        edit(entry);
        lines[at] = entry.ToJsonString();
    });

    /// <summary>Edits the list of files, and makes the manifest fit.</summary>
    public void EditList(Action<List<string>> edit)
    {
        List<string> lines = Lines("files.ndjson");
        edit(lines);
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
        System.IO.File.WriteAllBytes(Path.Combine(Folder, "files.ndjson"), bytes);
        EditManifest(manifest => (manifest["files"], manifest["filesSha256"]) = (lines.Count, Convert.ToHexStringLower(SHA256.HashData(bytes))));
    }

    /// <summary>Edits the manifest.</summary>
    public void EditManifest(Action<JsonObject> edit)
    {
        string path = Path.Combine(Folder, "export.json");
        JsonObject manifest = JsonNode.Parse(System.IO.File.ReadAllText(path))!.AsObject();
        edit(manifest);
        System.IO.File.WriteAllText(path, manifest.ToJsonString());
    }

    /// <summary>What the audit of a data directory finds.</summary>
    public static AuditReport Verify(string data)
    {
        AuditFolder folder = new(data);
        using AuditKeys keys = AuditKeys.Of(folder);
        return new AuditVerifier { CaseStore = folder.CaseStore, Data = data, Keys = keys.Own, EarlierKeys = keys.Earlier, HandedOut = [("lines", System.IO.File.ReadAllLines(folder.Checkpoints))] }.Run();
    }

    public void Dispose() => _folder.Dispose();

    private string Text(string name)
    {
        using Stream file = System.IO.File.OpenRead(Path.Combine(Folder, name));
        using Stream text = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using StreamReader reader = new(text);
        return reader.ReadToEnd();
    }

    private void FillCases(Random random, int steps, CaseSettings settings)
    {
        using SqliteCaseStore store = SqliteCaseStore.Open(Audit.CaseStore);
        CaseDriver drive = new(new CaseBook(settings, 0, []) { Stored = store.Find, Reported = store.CaseOfReport });
        double minute = 0;
        for (int step = 1; step <= steps; step++)
        {
            minute += random.NextDouble() * 6;
            CaseHistoryPropertyTests.Draw(random, minute)(drive);
            if (random.Next(4) > 0 && step < steps)
            {
                continue;
            }

            ShadowAlert shadow = new(new RuleReference("rules/潮.yaml", "tide", new string('a', 64)), "FLD-1", AlertTransitionKind.Firing, AlertSeverity.Warning, CaseWorld.At(minute), CaseWorld.At(minute), "a < b", step, "", false);
            byte[] state = new byte[200];
            random.NextBytes(state);
            store.Commit(StoreRig.CommitOf(drive, step, minute) with
            {
                Shadow = random.Next(3) == 0 ? [shadow] : [],
                Checkpoint = new RuleCheckpoint(step, state),
                Retained = new Dictionary<string, byte[]?> { [$"a/{random.Next(9)}"] = [1, 2, 0, 0, 0, 9, 9, .. state] },
            });
            drive.Changes.Clear();
            if (random.Next(10) == 0)
            {
                store.SealAudit(Audit);
            }
        }

        store.SealAudit(Audit);
    }

    private void FillSeries(Random random, int samples)
    {
        using EmbeddedSeriesStore store = EmbeddedSeriesStore.Open(new SeriesStoreOptions { Directory = Path.Combine(Data, "series") });
        double[] odd = [double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, 0.1 + 0.2, 1e300];
        for (int i = 0; i < samples; i++)
        {
            SeriesCity.Append(store, random.Next(3), 1_769_504_400_000 + random.Next(5_000_000), i < odd.Length ? odd[i] : random.NextDouble() * 3, random.Next(2) == 0 ? double.NaN : random.Next(5), 90);
            if (i % 3000 == 2999)
            {
                store.Flush();
            }
        }

        store.Flush();
    }
}
