using System.IO.Compression;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.City;
using Gateway.Host.Ingest.Sessions.Persistence;
using Gateway.Host.IngestLog;
using Gateway.Host.Notifications;
using Gateway.Host.Series;
using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Export;

/// <summary>
/// Makes a data directory of an export. It has its name when it is whole, on disk and passes the audit; until then it is <c>NAME.partial</c>, which a
/// failure takes away.
/// </summary>
/// <param name="folder">The export.</param>
/// <param name="progress">Told what is done, how far it is and how much there is; null for nobody.</param>
internal sealed class GatewayImport(string folder, Action<string, long, long>? progress = null)
{
    private const long BlockLimitBytes = 64L << 20;
    private const int WebhooksLimitBytes = 1 << 30;

    /// <summary>Events of one commit of the case store, for tests of where batches end.</summary>
    public int EventsPerCommit { get; init; } = 4096;

    /// <summary>Makes the data directory.</summary>
    /// <param name="data">Where it shall be: absent, or empty.</param>
    /// <returns>What the export says it is.</returns>
    /// <exception cref="ExportException">It cannot be made, or the export is not as it was made.</exception>
    /// <exception cref="CaseStoreException">A store cannot be written.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be; says what to do.</exception>
    public ExportManifest Run(string data)
    {
        using FolderInTheMaking making = new(data);
        ExportReader export = ExportReader.Open(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), progress);
        Copy(export, making.Path);
        CheckCopies(making.Path);
        new CaseImport(export, Path.Combine(making.Path, "cases.db"), progress) { EventsPerCommit = EventsPerCommit }.Run();
        TakeSeries(export, Path.Combine(making.Path, "series"));
        TakeWebhooks(export, Path.Combine(making.Path, "webhooks.db"));
        Audit(making.Path);
        making.Finish();
        return export.Manifest;
    }

    private void Copy(ExportReader export, string root)
    {
        foreach (string name in (string[])["log", "evidence", "snapshots"])
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }

        long done = 0;
        foreach (string name in export.Copied().Select(f => f.Name).Concat(((string[])[ExportFormat.Mode, ExportFormat.Sessions, ExportFormat.AuditKeys]).Where(export.Has)))
        {
            Copy(export.PathOf(name), Path.Combine(root, name));
            progress?.Invoke("files", ++done, export.Manifest.Files);
        }

        if (export.LengthOf(ExportFormat.AuditLines) > 0)
        {
            Copy(export.PathOf(ExportFormat.AuditLines), Path.Combine(root, ExportFormat.AuditLines));
        }
    }

    // Not File.Copy, which takes the mode along: what lies in a data directory is its owner's alone, however the export travelled.
    private static void Copy(string source, string target)
    {
        using FileStream input = new(source, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17);
        using FileStream output = new(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17);
        input.CopyTo(output, 1 << 17);
    }

    /// <summary>What a start would stumble over, or be filled up by.</summary>
    private static void CheckCopies(string root)
    {
        if (SessionSnapshot.Load(Path.Combine(root, ExportFormat.Sessions)) is { Offset: < 0 })
        {
            throw new ExportException($"{ExportFormat.Sessions}: it is of an offset before the log; take an export that is as it was made");
        }

        if (Path.Combine(root, ExportFormat.AuditKeys) is var keys && File.Exists(keys))
        {
            foreach (AuditKey key in AuditKey.ReadPublic(keys))
            {
                key.Dispose();
            }
        }

        byte[] header = new byte[LogSegment.HeaderLengthBytes];
        foreach (string segment in Directory.EnumerateFiles(Path.Combine(root, "log")))
        {
            using FileStream file = File.OpenRead(segment);
            int read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            bool isUnused = header.AsSpan(0, read).IndexOfAnyExcept((byte)0) < 0;
            if (!isUnused && (!LogSegment.TryReadHeader(header.AsSpan(0, read), out LogSegment.Header found, out _) || LogSegment.FileName(found.FirstOffset) != Path.GetFileName(segment)))
            {
                throw new ExportException($"log/{Path.GetFileName(segment)}: is no segment of the log with this name; take an export that is as it was made");
            }
        }

        CityArchive archive = new(Path.Combine(root, "snapshots"));
        byte[] buffer = new byte[1 << 16];
        foreach (string snapshot in Directory.EnumerateFiles(Path.Combine(root, "snapshots")))
        {
            string name = Path.GetFileName(snapshot), revision = name[..name.IndexOf('.', StringComparison.Ordinal)];
            string? problem = Unfolds(snapshot, buffer) ? archive.Problem(revision) : $"it unfolds to more than {ExportFormat.SnapshotLimitBytes >> 20} MiB, or not at all";
            if (problem is not null)
            {
                throw new ExportException($"snapshots/{name}: {problem}; take an export that is as it was made");
            }
        }
    }

    private static bool Unfolds(string path, byte[] buffer)
    {
        try
        {
            using GZipStream zip = new(File.OpenRead(path), CompressionMode.Decompress);
            long length = 0;
            for (int read; length <= ExportFormat.SnapshotLimitBytes && (read = zip.Read(buffer)) > 0;)
            {
                length += read;
            }

            return length <= ExportFormat.SnapshotLimitBytes;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private void TakeSeries(ExportReader export, string path)
    {
        using ExportLines lines = export.Lines(ExportFormat.Series);
        using BlockFill fill = new(path, BlockLimitBytes);
        while (lines.TryNext(out ReadOnlyMemory<byte> line))
        {
            if (!SeriesText.TryRead(line.Span, fill.Key, out SeriesKey key, out Sample sample))
            {
                throw lines.Wrong("it is no sample with time, device, metric and value");
            }

            if (!fill.TryAdd(key, sample))
            {
                throw lines.Wrong($"{key} at {sample.Time} does not come behind the sample before it: series and times ascend, and each stands once; names have at most {BlockFormat.NameLimitBytes} bytes");
            }

            if ((lines.Number & 0xFFFF) == 0)
            {
                progress?.Invoke("points", lines.Number, export.Manifest.Points);
            }
        }

        fill.Finish();
        if (lines.Number != export.Manifest.Points)
        {
            throw new ExportException(FormattableString.Invariant($"{ExportFormat.Manifest}: it says {export.Manifest.Points} points, and there are {lines.Number}; take an export that is as it was made"));
        }
    }

    private static void TakeWebhooks(ExportReader export, string path)
    {
        if (!export.Has(ExportFormat.Webhooks))
        {
            return;
        }

        OutboxContent? content;
        try
        {
            content = export.LengthOf(ExportFormat.Webhooks) > WebhooksLimitBytes ? null : JsonSerializer.Deserialize(File.ReadAllBytes(export.PathOf(ExportFormat.Webhooks)), OutboxContentJson.Default.OutboxContent);
        }
        catch (JsonException e)
        {
            throw new ExportException($"{ExportFormat.Webhooks}: {e.Message}; take an export that is as it was made", e);
        }

        if (content is null || content.Receivers.Contains(null!) || content.Letters.Contains(null!))
        {
            throw new ExportException($"{ExportFormat.Webhooks}: is too long, or has something that is null; take an export that is as it was made");
        }

        try
        {
            using OutboxStore store = OutboxStore.Open(path);
            store.Restore(content);
        }
        catch (CaseStoreException e) when (e.Fault == CaseStoreFault.Conflict)
        {
            throw new ExportException($"{ExportFormat.Webhooks}: a receiver or a letter stands twice; take an export that is as it was made", e);
        }
    }

    /// <summary>Signatures, evidence, the cities it names, and once more everything that was read back.</summary>
    private void Audit(string root)
    {
        AuditFolder folder = new(root);
        using AuditKeys keys = AuditKeys.Of(folder);
        AuditReport report;
        try
        {
            report = new AuditVerifier
            {
                CaseStore = folder.CaseStore,
                Data = root,
                Keys = keys.Own,
                EarlierKeys = keys.Earlier,
                HandedOut = File.Exists(folder.Checkpoints) ? [(ExportFormat.AuditLines, File.ReadAllLines(folder.Checkpoints))] : [],
                Progress = progress,
            }.Run();
        }
        catch (Exception e) when (RestoredEvent.IsMisshapen(e))
        {
            throw new ExportException($"the audit of what was read cannot be made, for something in evidence/ or in the cases is misshapen: {e.Message}; take an export that is as it was made", e);
        }

        if (report.Errors > 0)
        {
            throw new ExportException($"the audit of what was read has {report.Errors} findings, the first: {report.Findings.First()}; take an export that is as it was made");
        }
    }
}
