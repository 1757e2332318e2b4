using Gateway.Host.Series.Query;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Embedded;

/// <summary>
/// The series store within the process: a head in memory, immutable blocks on disk (FORMAT.md), merged level by level. Threads and promises
/// are those of <see cref="ISeriesStore"/>; disposing does not flush, since the ingest log still has what the head held.
/// </summary>
internal sealed class EmbeddedSeriesStore : ISeriesStore
{
    // Flushes that outrun the maintainer by this factor merge for themselves: many small files are what slows a reader most.
    private const int BacklogFactor = 4;

    private readonly Lock _gate = new(); // guards the three fields that are the view
    private readonly Lock _maintenance = new(); // one merge at a time
    private readonly HeadMemory _memory = new();
    private readonly SeriesStoreOptions _options;
    private readonly BlockDirectory _directory;
    private readonly SeriesNames _names;
    private readonly FileStream _processLock;
    private readonly SeriesStoreLog _log;
    private BlockFile[] _blocks;
    private HeadTable[] _sealed = [];
    private HeadTable _active;
    private long _flushes;
    private long _merges;

    private EmbeddedSeriesStore(
        SeriesStoreOptions options, BlockDirectory directory, SeriesNames names, FileStream processLock, SeriesStoreLog log, List<BlockFile> blocks)
    {
        _options = options;
        _directory = directory;
        _names = names;
        _processLock = processLock;
        _log = log;
        _blocks = [.. blocks];
        _active = new HeadTable(blocks.Count == 0 ? 1 : blocks[^1].LastFlush + 1, names, _memory);
    }

    /// <inheritdoc />
    public SeriesStoreStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new SeriesStoreStatus
                {
                    HeadBytes = HeadBytes,
                    Blocks = _blocks.Length,
                    BlockBytes = _blocks.Sum(b => b.LengthBytes),
                    BlockPoints = _blocks.Sum(b => b.Index.Points),
                    Flushes = Volatile.Read(ref _flushes),
                    Merges = Volatile.Read(ref _merges),
                    DamagedBlocks = _blocks.Count(b => b.IsDamaged),
                    QuarantinedBlocks = _log.QuarantinedBlocks,
                    LastDamage = _log.LastDamage,
                };
            }
        }
    }

    private long HeadBytes => _active.SizeBytes + _sealed.Sum(h => h.SizeBytes);

    /// <summary>Opens the store in its directory, mending what a crash has left.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="logger">Told of damage; null for none.</param>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    public static EmbeddedSeriesStore Open(SeriesStoreOptions options, ILogger? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MergeCount, 2, nameof(options));
        BlockDirectory directory = new(options.Directory);
        FileStream processLock;
        try
        {
            processLock = new FileStream(directory.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"the series store in {options.Directory} is in use by another process, or its lock cannot be made: {e.Message}", e);
        }

        try
        {
            SeriesNames names = new();
            SeriesStoreLog log = new(logger);
            return new EmbeddedSeriesStore(options, directory, names, processLock, log, directory.Open(names, log.Damaged));
        }
        catch
        {
            processLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Append(ReadingBatch batch, int firstRow, int count, DeviceRegister register)
    {
        if (HeadBytes >= _options.HeadLimitBytes)
        {
            Flush();
        }

        _active.Append(batch, firstRow, count, register);
    }

    /// <inheritdoc />
    public void Flush()
    {
        lock (_gate)
        {
            if (!_active.IsEmpty)
            {
                _sealed = [.. _sealed, _active];
                _active = new HeadTable(_active.Number + 1, _names, _memory);
            }
        }

        while (_sealed.Length > 0)
        {
            HeadTable written = _sealed[0];
            BlockFile? block = WriteHead(written);
            lock (_gate)
            {
                _sealed = _sealed[1..];
                _blocks = block is null ? _blocks : [.. _blocks, block];
            }

            written.Release();
            Interlocked.Increment(ref _flushes);
        }

        if (_blocks.Count(b => b.Level == 0) >= _options.MergeCount * BacklogFactor)
        {
            Merge(long.MinValue);
        }
    }

    /// <inheritdoc />
    public void Maintain(EventTime now)
    {
        long cutoff = _options.Retention is { } age ? (now - age).UnixMilliseconds : long.MinValue;
        lock (_maintenance)
        {
            foreach (BlockFile block in Snapshot())
            {
                if (block.Index.LastTime < cutoff)
                {
                    Replace([block], null);
                }
                else if (block.IsDamaged)
                {
                    Rewrite([block], block.Level, BlockDirectory.RevisionOf(block.Path) + 1, cutoff);
                }
            }
        }

        Merge(cutoff);
    }

    /// <inheritdoc />
    public IReadOnlyList<SeriesInfo> List(SeriesSelection selection, CancellationToken cancellation = default)
    {
        using StoreView view = View();
        List<SeriesInfo> infos = [];
        SampleMerge merge = new();
        foreach ((SeriesKey key, List<StoreView.Part> parts) in view.Select(selection))
        {
            cancellation.ThrowIfCancellationRequested();
            List<SampleSegment> segments = StoreView.Segments(parts, long.MinValue, long.MaxValue);
            if (SeriesExtent.Of(key, segments, merge) is { } info)
            {
                infos.Add(info);
            }
        }

        return infos;
    }

    /// <inheritdoc />
    public IEnumerable<SeriesPage> Scan(SeriesSelection selection, EventTime from, EventTime to, CancellationToken cancellation = default)
    {
        using StoreView view = View();
        foreach (SeriesPage page in Pages(view.Select(selection), from, to, cancellation))
        {
            yield return page;
        }
    }

    /// <inheritdoc />
    public SeriesAnswer Query(SeriesQuery query, SeriesCatalog catalog, CancellationToken cancellation = default)
    {
        using StoreView view = View();
        List<KeyValuePair<SeriesKey, List<StoreView.Part>>> selected = view.Select(catalog.Select(query));
        return SeriesQueryEngine.Run(
            query, catalog, _options.Limits, [.. selected.Select(s => s.Key)], Pages(selected, query.From, query.To, cancellation));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (BlockFile block in _blocks)
            {
                block.Release();
            }

            _blocks = [];
        }

        _processLock.Dispose();
    }

    private static IEnumerable<SeriesPage> Pages(
        List<KeyValuePair<SeriesKey, List<StoreView.Part>>> selected, EventTime from, EventTime to, CancellationToken cancellation)
    {
        SampleMerge merge = new();
        foreach ((SeriesKey key, List<StoreView.Part> parts) in selected)
        {
            merge.Begin(StoreView.Segments(parts, from.UnixMilliseconds, to.UnixMilliseconds), from.UnixMilliseconds, to.UnixMilliseconds);
            while (merge.TryNext(out ReadOnlyMemory<long> times, out ReadOnlyMemory<double> values))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return new SeriesPage(key, times, values);
            }
        }
    }

    private StoreView View()
    {
        lock (_gate)
        {
            // Blocks in the list hold the list's own reference, which is only given up under this lock: acquiring cannot fail.
            foreach (BlockFile block in _blocks)
            {
                block.TryAcquire();
            }

            foreach (HeadTable head in (HeadTable[])[.. _sealed, _active])
            {
                head.Acquire();
            }

            return new StoreView(_blocks, [.. _sealed, _active]);
        }
    }

    private BlockFile[] Snapshot()
    {
        lock (_gate)
        {
            return _blocks;
        }
    }

    private BlockFile? WriteHead(HeadTable head)
    {
        string temporary = _directory.NewTemporary(head.Number, head.Number);
        using (BlockWriter writer = new(temporary, 0, head.Number, head.Number))
        {
            HeadWriter.Write(head, writer);
            if (writer.IsEmpty)
            {
                File.Delete(temporary);
                return null;
            }

            writer.Finish();
        }

        return OpenWritten(_directory.Publish(temporary, head.Number, head.Number, 0));
    }

    private void Merge(long cutoff)
    {
        lock (_maintenance)
        {
            while (true)
            {
                IReadOnlyList<BlockFile> chosen = MergePlan.Choose(Snapshot(), _options.MergeCount, _options.BlockLimitBytes);
                if (chosen.Count == 0)
                {
                    return;
                }

                Rewrite(chosen, chosen[0].Level + 1, 0, cutoff);
                Interlocked.Increment(ref _merges);
            }
        }
    }

    // Only ever called by the one maintainer, so the blocks stay open until Replace gives them up.
    private void Rewrite(IReadOnlyList<BlockFile> inputs, int level, int revision, long cutoff)
    {
        long first = inputs[0].FirstFlush;
        long last = inputs[^1].LastFlush;
        string temporary = _directory.NewTemporary(first, last);
        bool isEmpty;
        using (BlockWriter writer = new(temporary, level, first, last))
        {
            BlockMerge.Run(inputs, writer, cutoff);
            isEmpty = writer.IsEmpty;
            if (!isEmpty)
            {
                writer.Finish();
            }
        }

        if (isEmpty)
        {
            File.Delete(temporary);
        }

        Replace(inputs, isEmpty ? null : OpenWritten(_directory.Publish(temporary, first, last, revision)));
    }

    private void Replace(IReadOnlyList<BlockFile> inputs, BlockFile? output)
    {
        lock (_gate)
        {
            int at = Array.IndexOf(_blocks, inputs[0]);
            List<BlockFile> blocks = [.. _blocks];
            blocks.RemoveRange(at, inputs.Count);
            if (output is not null)
            {
                blocks.Insert(at, output);
            }

            _blocks = [.. blocks];
        }

        foreach (BlockFile input in inputs)
        {
            if (input.IsDamaged)
            {
                _log.Damaged(BlockDirectory.SetAside(input.Path), BlockFault.BadChunk);
            }
            else
            {
                File.Delete(input.Path);
            }

            input.Release();
        }
    }

    private BlockFile OpenWritten(string path)
    {
        BlockFault fault = BlockFile.TryOpen(path, _names, out BlockFile? block);
        return block ?? throw new IOException($"{path} does not read back: {fault}");
    }
}
