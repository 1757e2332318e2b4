using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Cases.Evidence;
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
    // Numbers and places that are counted on from there for ever.
    private const long OffsetLimit = 1L << 56;

    private const long BlockLimitBytes = 64L << 20;
    private const int WebhooksLimitBytes = 64 << 20;

    /// <summary>Events of one commit of the case store, for tests of where batches end.</summary>
    public int EventsPerCommit { get; init; } = 4096;

    /// <summary>Makes the data directory.</summary>
    /// <param name="data">Where it shall be: absent, or empty.</param>
    /// <returns>What the export says it is.</returns>
    /// <exception cref="ExportException">It cannot be made, or the export is not as it was made.</exception>
    /// <exception cref="CaseStoreException">A store cannot be written.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be; says what to do.</exception>
    public ExportManifest Run(string data) => Run(data, out _);

    /// <summary>Makes the data directory.</summary>
    /// <param name="data">Where it shall be: absent, or empty.</param>
    /// <param name="audit">What the audit found of it.</param>
    public ExportManifest Run(string data, out AuditReport audit)
    {
        using FolderInTheMaking making = new(data);
        ExportReader export = ExportReader.Open(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), progress);
        Copy(export, making.Path);
        CheckCopies(making.Path);
        new CaseImport(export, Path.Combine(making.Path, "cases.db"), progress) { EventsPerCommit = EventsPerCommit }.Run();
        TakeSeries(export, Path.Combine(making.Path, "series"));
        TakeWebhooks(export, Path.Combine(making.Path, "webhooks.db"));
        audit = Audit(making.Path);
        if (EvidencePlace.Load(new EvidenceFolder(making.Path).Place) is { } place && place.Cursor > audit.LastSequence)
        {
            throw new ExportException(FormattableString.Invariant($"evidence/place.json: it stands at event {place.Cursor}, and the last is {audit.LastSequence}: no decision would be sealed any more; take an export that is as it was made"));
        }

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
        foreach (ExportedFile file in export.Copied().Concat(((string[])[ExportFormat.Exercise, ExportFormat.Mode, ExportFormat.Sessions, ExportFormat.AuditKeys, ExportFormat.AuditLines]).Select(export.Find).OfType<ExportedFile>()))
        {
            if (file.LengthBytes > 0 || file.Name != ExportFormat.AuditLines)
            {
                Copy(file, export.PathOf(file.Name), Path.Combine(root, file.Name));
            }

            progress?.Invoke("files", ++done, export.Manifest.Files);
        }
    }

    // Not File.Copy, which takes the mode along: what lies in a data directory is its owner's alone, however the export travelled.
    private static void Copy(ExportedFile file, string source, string target)
    {
        using FileStream input = new(source, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17);
        using FileStream output = new(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 17];
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            output.Write(buffer, 0, read);
        }

        // It was checked before: what is copied is what was checked, or the export changes while it is read.
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            throw new ExportException($"{file.Name}: was changed while it was read; keep the export to yourself meanwhile");
        }
    }

    /// <summary>What a start would stumble over, or be filled up by, among what is taken as it is.</summary>
    /// <param name="root">A data directory.</param>
    /// <exception cref="ExportException">There is something.</exception>
    /// <exception cref="InvalidDataException">The same, from the piece that reads it.</exception>
    public static void CheckCopies(string root)
    {
        if (SessionSnapshot.Load(Path.Combine(root, ExportFormat.Sessions)) is { } kept
            && (kept.Offset < 0 || kept.Sessions.GroupBy(s => s.State.ClientId, StringComparer.Ordinal).Any(s => s.Count() > 1)))
        {
            throw new ExportException($"{ExportFormat.Sessions}: it is of an offset before the log, or has a session twice; take an export that is as it was made");
        }

        CheckPlace(new EvidenceFolder(root).Place);

        if (Path.Combine(root, ExportFormat.AuditKeys) is var keys && File.Exists(keys))
        {
            foreach (AuditKey key in AuditKey.ReadPublic(keys))
            {
                key.Dispose();
            }
        }

        byte[] header = new byte[LogSegment.HeaderLengthBytes];
        foreach (string segment in Files(root, "log"))
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
        foreach (string snapshot in Files(root, "snapshots"))
        {
            string name = Path.GetFileName(snapshot), revision = name[..name.IndexOf('.', StringComparison.Ordinal)];
            string? problem = Unfolds(snapshot, buffer) ? archive.Problem(revision) : $"it unfolds to more than {ExportFormat.SnapshotLimitBytes >> 20} MiB, or not at all";
            if (problem is not null)
            {
                throw new ExportException($"snapshots/{name}: {problem}; take an export that is as it was made");
            }
        }
    }

    private static IEnumerable<string> Files(string root, string folder) => Directory.Exists(Path.Combine(root, folder))
        ? Directory.EnumerateFiles(Path.Combine(root, folder)).Where(f => ExportFormat.IsCopied($"{folder}/{Path.GetFileName(f)}"))
        : [];

    /// <summary>The sealer would stop at a mark that is none, and wait for ever where it stands behind the end.</summary>
    private static void CheckPlace(string path)
    {
        try
        {
            if (EvidencePlace.Load(path) is { } place
                && (place.Cursor < 0 || place.Since is < 0 or > OffsetLimit || place.Followed is < 0 or > OffsetLimit || place.Marks.Any(m => m?.Bytes is null || m.Offset < 0 || !LogMarks.IsMark(m.Kind))))
            {
                throw new InvalidDataException("it names a place that there is not");
            }
        }
        catch (InvalidDataException e)
        {
            throw new ExportException($"evidence/place.json: {e.Message}; take an export that is as it was made", e);
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

        if (content is null || content.Receivers.Any(r => r is not { Cursor: >= 0 and < OffsetLimit, PendingThrough: null or (>= 0 and < OffsetLimit), DeadLetters: >= 0 } || !IsTime(r.PendingSince))
            || content.LastLetter is < 0 or > OffsetLimit || content.Letters.Any(l => l is not { Id: > 0 and < OffsetLimit, After: >= 0 and < OffsetLimit, Through: >= 0 and < OffsetLimit } || !IsTime(l.At)))
        {
            throw new ExportException($"{ExportFormat.Webhooks}: is too long, or has a number, a time or a null that a gateway does not write; take an export that is as it was made");
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

    private static bool IsTime(long unixMilliseconds) => new EventTime(unixMilliseconds) is var time && time >= EventTime.MinValue && time <= EventTime.MaxValue;

    /// <summary>Signatures, evidence, the cities it names, and once more everything that was read back.</summary>
    private AuditReport Audit(string root)
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

        return report;
    }
}
