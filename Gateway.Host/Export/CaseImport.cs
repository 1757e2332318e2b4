using System.Buffers;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Export;

/// <summary>
/// Makes a case store of an export: each event goes through the store's own writer, which folds its case and seals it again, and has to come
/// out with the sequence, the statuses and the hash it had. Holds one batch of events.
/// </summary>
/// <param name="export">The export.</param>
/// <param name="path">The store to be.</param>
/// <param name="progress">Told what is done, how far it is and how much there is; null for nobody.</param>
internal sealed class CaseImport(ExportReader export, string path, Action<string, long, long>? progress)
{
    /// <summary>The one partition there is so far.</summary>
    private const int PartitionNumber = 0;

    private const int RowsPerCommit = 4096;

    /// <summary>A batch that ends amid a step of the pipeline may have two open cases of a key: it is taken with what follows, so often.</summary>
    private const int ExtensionLimit = 16;

    private const int CheckpointLinesLimitBytes = 256 << 20;

    // Places in a log are counted on from there for ever.
    private const long OffsetLimit = 1L << 56;

    private long _lastOffset = -1;
    private EventTime _lastTime = EventTime.MinValue;

    /// <summary>Events of a batch, for tests of where batches end.</summary>
    public int EventsPerCommit { get; init; } = 4096;

    /// <summary>Fills the store.</summary>
    /// <exception cref="ExportException">The export is not as it was made.</exception>
    /// <exception cref="CaseStoreException">The store cannot be written.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void Run()
    {
        using (SqliteCaseStore store = SqliteCaseStore.Open(path))
        {
            TakeEvents(store);
            TakePartition(store);
        }

        using SqliteCaseView view = SqliteCaseView.Open(path);
        try
        {
            CompareCases(view);
        }
        catch (Exception e) when (RestoredEvent.IsMisshapen(e))
        {
            throw new ExportException($"{ExportFormat.Events}: the events make a case that cannot be shown: {e.Message}; take an export that is as it was made", e);
        }

        Compare(ExportFormat.Shadow, view.Shadow().LongCount());
        Compare(ExportFormat.Retained, view.Retained().LongCount());
    }

    private void TakeEvents(SqliteCaseStore store)
    {
        using ExportLines lines = export.Lines(ExportFormat.Events);
        Checkpoints checkpoints = new(ReadCheckpoints());
        List<RestoredEvent> batch = [];
        int limit = EventsPerCommit;
        long first = 1, bytes = 0, most = ExportFormat.LineLimitBytes;
        while (lines.TryNext(out ReadOnlyMemory<byte> line))
        {
            RestoredEvent one = CaseLines.ReadEvent(line.Span, out string problem) ?? throw lines.Wrong(problem);
            batch.Add(one);
            bytes += line.Length;
            (_lastOffset, _lastTime) = (Math.Max(_lastOffset, one.Event.Offset), EventTime.Max(_lastTime, one.Event.At));
            if (batch.Count < limit && bytes < most)
            {
                continue;
            }

            if (Commit(store, lines, batch, first, isLast: batch.Count >= EventsPerCommit * ExtensionLimit || bytes >= ExtensionLimit * (long)ExportFormat.LineLimitBytes))
            {
                (bytes, most) = (0, ExportFormat.LineLimitBytes);
                checkpoints.Follow(batch);
                first += batch.Count;
                batch.Clear();
                limit = EventsPerCommit;
                progress?.Invoke("events", lines.Number, export.Manifest.Events);
            }
            else
            {
                limit += EventsPerCommit;
                most += ExportFormat.LineLimitBytes;
            }
        }

        Commit(store, lines, batch, first, isLast: true);
        checkpoints.Follow(batch);
        foreach ((AuditCheckpoint checkpoint, byte[] peaks) in checkpoints.Finish())
        {
            store.RestoreCheckpoint(checkpoint, peaks);
        }

        Compare(export.Manifest.Events, lines.Number, "events");
    }

    /// <summary>False for a batch that must be taken with what follows.</summary>
    private bool Commit(SqliteCaseStore store, ExportLines lines, List<RestoredEvent> batch, long first, bool isLast)
    {
        try
        {
            return store.Restore(PartitionNumber, batch) is not { } problem ? true : throw lines.WrongAt(first + problem.Index, problem.Message);
        }
        catch (Exception e) when (e is CaseStoreException { Fault: CaseStoreFault.Conflict } || RestoredEvent.IsMisshapen(e))
        {
            return isLast ? throw new ExportException(FormattableString.Invariant($"{ExportFormat.Events}: behind line {lines.Number} the cases contradict each other: {e.Message}; take an export that is as it was made"), e) : false;
        }
    }

    private List<AuditCheckpoint> ReadCheckpoints()
    {
        if (export.LengthOf(ExportFormat.AuditLines) > CheckpointLinesLimitBytes)
        {
            throw new ExportException($"{ExportFormat.AuditLines}: has more bytes than any history has checkpoints; take an export that is as it was made");
        }

        List<AuditCheckpoint> read = [];
        using ExportLines lines = export.Lines(ExportFormat.AuditLines);
        while (lines.TryNext(out ReadOnlyMemory<byte> line))
        {
            if (!AuditCheckpoint.TryParse(System.Text.Encoding.UTF8.GetString(line.Span), out AuditCheckpoint? checkpoint))
            {
                throw lines.Wrong("it is no checkpoint line, or was edited");
            }

            if (checkpoint.Number != lines.Number || (read.Count > 0 && checkpoint.Sequence <= read[^1].Sequence))
            {
                throw lines.Wrong(FormattableString.Invariant($"it is checkpoint {checkpoint.Number} up to event {checkpoint.Sequence}: they are numbered without gaps, and each goes further than the one before"));
            }

            read.Add(checkpoint);
        }

        return read;
    }

    private void TakePartition(SqliteCaseStore store)
    {
        using ExportLines lines = export.Lines(ExportFormat.Partitions);
        ExportedPartition? partition = null;
        while (lines.TryNext(out ReadOnlyMemory<byte> line))
        {
            if (partition is not null)
            {
                throw lines.Wrong("there is one partition, and this is another");
            }

            partition = Read(lines, line, ExportJson.Line.ExportedPartition);
            long lastNumber = LastNumber();
            if (partition.Partition != PartitionNumber || partition.NextOffset < 0 || partition.LastNumber != lastNumber)
            {
                throw lines.Wrong(FormattableString.Invariant($"it is not of partition {PartitionNumber} with {lastNumber} as the highest case number, which is what the events make"));
            }

            if (!EventTime.TryParse(partition.LogTime, out EventTime time))
            {
                throw lines.Wrong($"{JsonSerializer.Serialize(partition.LogTime)} is no time");
            }

            if (partition.NextOffset <= _lastOffset || partition.NextOffset > OffsetLimit || time < _lastTime)
            {
                throw lines.Wrong(FormattableString.Invariant($"it stands at log offset {partition.NextOffset} and {partition.LogTime}, and there are events up to offset {_lastOffset} and {_lastTime}"));
            }

            CaseCommit commit = new() { Partition = PartitionNumber, NextOffset = partition.NextOffset, LogTime = time, Checkpoint = State(lines, partition) };
            store.Commit(commit);
            TakeRows(ExportFormat.Shadow, ExportFormat.LineLimitBytes, CaseJsonContext.Readable.ShadowAlert, IsWhole, rows => store.Commit(commit with { Checkpoint = null, Shadow = rows }));
            TakeRows(ExportFormat.Retained, ExportFormat.RetainedLineLimitBytes, ExportJson.Line.ExportedRetained, _ => true, rows => store.Commit(commit with { Checkpoint = null, Retained = Stored(rows) }));
        }

        if (partition is null && LastNumber() > 0)
        {
            throw new ExportException($"{ExportFormat.Partitions}: has no line, and there are cases; take an export that is as it was made");
        }
    }

    // The store itself tells it only of a partition that has a place.
    private long LastNumber()
    {
        using SqliteCaseView view = SqliteCaseView.Open(path);
        return view.LastNumber(PartitionNumber);
    }

    private RuleCheckpoint? State(ExportLines lines, ExportedPartition partition)
    {
        string name = ExportFormat.State(PartitionNumber);
        if (export.Has(name) != partition.CheckpointOffset is not null)
        {
            throw lines.Wrong($"it {(partition.CheckpointOffset is null ? "names no rule state, and there is" : "names a rule state, and there is no")} {name}");
        }

        return partition.CheckpointOffset is not { } offset ? null
            : offset < 0 || offset > partition.NextOffset ? throw lines.Wrong(FormattableString.Invariant($"its rule state is of offset {offset}, behind its own place"))
            : export.LengthOf(name) > ExportFormat.StateLimitBytes ? throw new ExportException($"{name}: is larger than any rule state; take an export that is as it was made")
            : new RuleCheckpoint(offset, File.ReadAllBytes(export.PathOf(name)));
    }

    private void TakeRows<T>(string name, int limitBytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Predicate<T> isWhole, Action<List<T>> commit)
    {
        using ExportLines lines = export.Lines(name, limitBytes);
        List<T> rows = [];
        long bytes = 0;
        while (lines.TryNext(out ReadOnlyMemory<byte> line))
        {
            T row = Read(lines, line, type);
            rows.Add(isWhole(row) ? row : throw lines.Wrong("it lacks something that each has, or has a word that there is not"));
            bytes += line.Length;
            if (rows.Count == RowsPerCommit || bytes > ExportFormat.LineLimitBytes)
            {
                commit(rows);
                (rows, bytes) = ([], 0);
                progress?.Invoke(name, lines.Number, 0);
            }
        }

        if (rows.Count > 0)
        {
            commit(rows);
        }
    }

    // The stored form reads what an older version left out as null, which nothing of this has.
    private static bool IsWhole(ShadowAlert alert) =>
        alert is { Rule: { File: not null, Name: not null, Sha256: not null }, DeviceId: not null, Cause: not null, CaseKey: not null } && Enum.IsDefined(alert.Kind) && Enum.IsDefined(alert.Severity)
        && IsTime(alert.At) && IsTime(alert.OccurredAt);

    private static bool IsTime(EventTime time) => time >= EventTime.MinValue && time <= EventTime.MaxValue;

    private static Dictionary<string, byte[]?> Stored(List<ExportedRetained> rows)
    {
        Dictionary<string, byte[]?> stored = new(StringComparer.Ordinal);
        foreach (ExportedRetained row in rows)
        {
            stored[row.Topic] = RetainedRecord.Encode(new RetainedChange(row.Topic, row.Qos, row.Properties, row.Payload));
        }

        return stored;
    }

    private static T Read<T>(ExportLines lines, ReadOnlyMemory<byte> line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw lines.Wrong(e.Message);
        }
    }

    private void CompareCases(SqliteCaseView view)
    {
        using ExportLines lines = export.Lines(ExportFormat.Cases);
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer, ExportFormat.WriterOptions);
        foreach ((int partition, Case one) in view.Cases())
        {
            if (!lines.TryNext(out ReadOnlyMemory<byte> line))
            {
                throw new ExportException($"{ExportFormat.Cases}: {one.CaseNo} is missing, of which there are events; take an export that is as it was made");
            }

            buffer.ResetWrittenCount();
            json.Reset();
            CaseLines.Write(json, (partition, one));
            json.Flush();
            if (CaseLines.Difference(line, buffer.WrittenMemory) is { } difference)
            {
                throw lines.Wrong(difference);
            }

            progress?.Invoke("cases", lines.Number, export.Manifest.Cases);
        }

        if (lines.TryNext(out _))
        {
            throw lines.Wrong("there are no events of such a case");
        }

        Compare(export.Manifest.Cases, lines.Number, "cases");
    }

    private void Compare(string name, long stored)
    {
        long said = name == ExportFormat.Shadow ? export.Manifest.ShadowAlerts : export.Manifest.Retained;
        if (stored != said)
        {
            throw new ExportException(FormattableString.Invariant($"{name}: {stored} of its lines could be kept, {ExportFormat.Manifest} says {said}: some stand twice, have nothing in them, or are more than a gateway keeps; take an export that is as it was made"));
        }
    }

    private static void Compare(long said, long found, string what)
    {
        if (said != found)
        {
            throw new ExportException(FormattableString.Invariant($"{ExportFormat.Manifest}: it says {said} {what}, and there are {found}; take an export that is as it was made"));
        }
    }

    /// <summary>The checkpoints of the audit, and the tree over the entries that they are of.</summary>
    private sealed class Checkpoints(List<AuditCheckpoint> lines)
    {
        private readonly MerkleTree _tree = new();
        private readonly List<(AuditCheckpoint, byte[])> _reached = [];

        /// <summary>Takes entries that are stored.</summary>
        public void Follow(List<RestoredEvent> batch)
        {
            foreach (RestoredEvent one in batch)
            {
                _tree.Add(one.Hash);
                if (_reached.Count < lines.Count && lines[_reached.Count].Sequence == one.Sequence)
                {
                    _reached.Add((lines[_reached.Count], _tree.Peaks));
                }
            }
        }

        /// <summary>All of them with the tops of their trees.</summary>
        public List<(AuditCheckpoint, byte[])> Finish() => _reached.Count == lines.Count
            ? _reached
            : throw new ExportException(FormattableString.Invariant($"{ExportFormat.AuditLines}:{_reached.Count + 1}: it is of event {lines[_reached.Count].Sequence}, and there is none; take an export that is as it was made"));
    }
}
