using System.Text;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Composition;
using Gateway.Host.Notifications;
using Gateway.Host.Pipeline;
using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Readings;
using Microsoft.Data.Sqlite;

namespace Gateway.Host.Export;

/// <summary>
/// Writes everything that a stopped gateway knows into a folder of open formats (<see cref="ExportFormat"/>), but nothing of <c>secrets/</c>. It has the
/// lock of the data directory meanwhile, so no gateway starts on it. Memory does not grow with the history; of sealed evidence the file names are held.
/// </summary>
/// <param name="data">The data directory.</param>
/// <param name="progress">Told what is done, how far it is and how much there is; null for nobody.</param>
internal sealed class GatewayExport(string data, Action<string, long, long>? progress = null)
{
    // What the gateway puts there and an export has in another form, or leaves out.
    private static readonly string[] Known =
    [
        "audit-checkpoints.txt", "audit-keys.pem", "cases.db", "cases.db-shm", "cases.db-wal", "evidence", "exercise.txt", "gateway.lock", "log", "mode.yaml", "rehearsal", "secrets", "series",
        "sessions.bin", "snapshots", "webhooks.db", "webhooks.db-shm", "webhooks.db-wal",
    ];

    private readonly AuditFolder _audit = new(data);
    private readonly List<string> _notes = [];

    /// <summary>What was left out, or is amiss, and a person should know of.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether some of what should be in the export could not be read.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Makes the export.</summary>
    /// <param name="directory">Where to: absent, or empty.</param>
    /// <exception cref="ExportException">It cannot be made, or would not be taken back.</exception>
    /// <exception cref="CaseStoreException">A store cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be; says what to do.</exception>
    public ExportManifest Run(string directory)
    {
        string target = Path.GetFullPath(directory), root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        if (!File.Exists(_audit.CaseStore))
        {
            throw ExportException.Usage($"{root} holds no cases.db; name a data directory with --data DIR");
        }

        if ((target + Path.DirectorySeparatorChar).StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw ExportException.Usage($"{target} lies in the data directory; name a folder beside it");
        }

        using DataDirectory held = Hold();
        try
        {
            using SqliteCaseView view = SqliteCaseView.Open(_audit.CaseStore);
            Verify();
            CheckCopies();
            using ExportWriter writer = new(target);
            return Write(view, writer, held);
        }
        catch (SqliteException e)
        {
            throw SqliteFile.Explain(e, _audit.CaseStore);
        }
        catch (JsonException e)
        {
            throw new ExportException($"{_audit.CaseStore} holds something that cannot be read: {e.Message}; see audit verify", e);
        }
    }

    private DataDirectory Hold()
    {
        try
        {
            return DataDirectory.Open(data);
        }
        catch (InvalidOperationException e)
        {
            throw ExportException.Usage($"{e.Message}. An export is made of a stopped gateway: what stores and log have must be of one moment", e);
        }
    }

    /// <summary>What is not as it was written would not be taken back: better told now than when the export is needed.</summary>
    private void Verify()
    {
        using AuditKeys keys = AuditKeys.Of(_audit);
        AuditReport report = new AuditVerifier
        {
            CaseStore = _audit.CaseStore,
            Data = data,
            Keys = keys.Own,
            EarlierKeys = keys.Earlier,
            HandedOut = File.Exists(_audit.Checkpoints) ? [(_audit.Checkpoints, File.ReadAllLines(_audit.Checkpoints))] : [],
            Progress = progress,
        }.Run();
        if (report.Errors > 0)
        {
            throw new ExportException($"the history is not as it was written, and an import would refuse it ({report.Errors} findings, the first: {report.Findings.First()}); see audit verify");
        }
    }

    private void CheckCopies()
    {
        try
        {
            GatewayImport.CheckCopies(data);
        }
        catch (Exception e) when (e is ExportException or InvalidDataException)
        {
            throw new ExportException($"an import would refuse what is in {data}: {e.Message}", e);
        }
    }

    /// <summary>In the order of the names.</summary>
    private ExportManifest Write(SqliteCaseView view, ExportWriter writer, DataDirectory held)
    {
        IReadOnlyList<string> checkpoints = view.Checkpoints();
        writer.Put(ExportFormat.AuditLines, Encoding.UTF8.GetBytes(string.Concat(checkpoints.Select(l => l + "\n"))));
        PutKeys(writer, checkpoints);
        ExportManifest counts = new()
        {
            Events = Lines(writer, ExportFormat.Events, view.Events(), CaseLines.Write, "events", view.EventCount()),
            Cases = Lines(writer, ExportFormat.Cases, view.Cases(), CaseLines.Write, "cases", view.CaseCount()),
        };
        CopyFolder(writer, "evidence");
        Copy(writer, ExportFormat.Exercise, held.Exercise);
        CopyFolder(writer, "log");
        Copy(writer, ExportFormat.Mode, held.Mode);
        StoredPartition[] partitions = [.. view.Partitions()];
        Lines(writer, ExportFormat.Partitions, partitions, (json, p) => JsonSerializer.Serialize(json, Exported(p), ExportJson.Line.ExportedPartition));
        foreach (StoredPartition one in partitions.Where(p => p.Checkpoint is not null))
        {
            writer.Put(ExportFormat.State(one.Number), one.Checkpoint!.State);
        }

        counts = counts with
        {
            Retained = Lines(writer, ExportFormat.Retained, view.Retained(), WriteRetained, "retained messages", limitBytes: ExportFormat.RetainedLineLimitBytes),
            Points = PutSeries(writer, held.Series),
        };
        Copy(writer, ExportFormat.Sessions, held.Sessions);
        counts = counts with { ShadowAlerts = Lines(writer, ExportFormat.Shadow, view.Shadow(), (json, s) => JsonSerializer.Serialize(json, s, Rules.Cases.CaseJsonContext.Readable.ShadowAlert), "shadow alerts") };
        CopyFolder(writer, "snapshots");
        PutWebhooks(writer, held.Outbox);
        _notes.AddRange(Directory.EnumerateFileSystemEntries(data).Select(e => Path.GetFileName(e)!).Except(Known, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(n => $"left out, for it is no part of an export: {n}"));
        return writer.Finish(counts with { AsOf = partitions.Length == 0 ? null : partitions.Max(p => p.Position.LogTime).ToString() });
    }

    private long Lines<T>(ExportWriter writer, string name, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write, string what = "", long all = 0, int limitBytes = ExportFormat.LineLimitBytes)
    {
        using ExportText text = writer.Text(name, limitBytes);
        foreach (T row in rows)
        {
            text.Line(row, write);
            progress?.Invoke(what, text.Lines, all);
        }

        return writer.Add(text);
    }

    private static ExportedPartition Exported(StoredPartition one) =>
        new(one.Number, one.Position.NextOffset, one.Position.LogTime.ToString(), one.Position.LastNumber, one.Checkpoint?.NextOffset);

    private static void WriteRetained(Utf8JsonWriter json, (string Topic, byte[] Message) stored)
    {
        RetainedRecord record = RetainedRecord.Decode(stored.Message) ?? throw new JsonException($"the retained message of {stored.Topic} is damaged");
        JsonSerializer.Serialize(json, new ExportedRetained(stored.Topic, record.Qos, record.Properties, record.Payload), ExportJson.Line.ExportedRetained);
    }

    private void PutKeys(ExportWriter writer, IReadOnlyList<string> lines)
    {
        HashSet<string> signers = [.. lines.Select(l => AuditCheckpoint.TryParse(l, out AuditCheckpoint? checkpoint) ? checkpoint.Key : "")];
        using AuditKeys keys = AuditKeys.Of(_audit);
        string pem = string.Concat(keys.Own.Concat(keys.Earlier).Where(k => signers.Contains(k.Fingerprint)).DistinctBy(k => k.Fingerprint).OrderBy(k => k.Fingerprint, StringComparer.Ordinal).Select(k => k.PublicPem));
        if (pem.Length > 0)
        {
            writer.Put(ExportFormat.AuditKeys, Encoding.ASCII.GetBytes(pem));
        }
    }

    private static void Copy(ExportWriter writer, string name, string source)
    {
        if (File.Exists(source))
        {
            writer.Copy(name, source);
        }
    }

    private void CopyFolder(ExportWriter writer, string folder)
    {
        string path = Path.Combine(data, folder);
        string[] names = Directory.Exists(path) ? [.. Directory.EnumerateFileSystemEntries(path).Select(f => Path.GetFileName(f)!)] : [];
        Array.Sort(names, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            string name = $"{folder}/{names[i]}";
            if (!ExportFormat.IsFile(name))
            {
                _notes.Add($"left out, for it is no part of an export: {name}");
                continue;
            }

            writer.Copy(name, Path.Combine(path, names[i]));
            progress?.Invoke(folder, i + 1, names.Length);
        }
    }

    private long PutSeries(ExportWriter writer, string folder)
    {
        using ExportText text = writer.Text(ExportFormat.Series);
        if (!Directory.Exists(folder))
        {
            return writer.Add(text);
        }

        using EmbeddedSeriesStore store = EmbeddedSeriesStore.Open(new SeriesStoreOptions { Directory = folder });
        long all = store.Status.BlockPoints;
        SeriesText rows = new(isCsv: false);
        foreach (SeriesPage page in store.Scan(SeriesSelection.All, EventTime.MinValue, EventTime.MaxValue))
        {
            for (int i = 0; i < page.Count; i++)
            {
                rows.Write(text.Buffer, page.Key, page[i]);
                text.End();
            }

            progress?.Invoke("points", text.Lines, all);
        }

        // What was set aside by an earlier start, or an earlier export, is missing as well.
        long aside = Directory.EnumerateFiles(folder, "*.damaged", SearchOption.AllDirectories).LongCount(), damaged = store.Status.DamagedBlocks;
        if (aside + damaged > 0)
        {
            IsIncomplete = true;
            _notes.Add($"{aside + damaged} blocks of the series store are damaged, or were and were set aside (series/*.damaged); what could be read of them is in the export, the rest is not: restore series/ from a backup and export again");
        }

        return writer.Add(text);
    }

    private static void PutWebhooks(ExportWriter writer, string path)
    {
        if (File.Exists(path))
        {
            using OutboxStore store = OutboxStore.Open(path);
            writer.Put(ExportFormat.Webhooks, [.. JsonSerializer.SerializeToUtf8Bytes(store.Content(), OutboxContentJson.Default.OutboxContent), (byte)'\n']);
        }
    }
}
