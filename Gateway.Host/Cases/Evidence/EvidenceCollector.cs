using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Devices;

namespace Gateway.Host.Cases.Evidence;

/// <summary>Shows the records of a log from an offset to another, or to its end where that is null.</summary>
internal delegate void LogScan(long from, long? to, LogExcerpt.Show show);

/// <summary>Reads the log once for many decisions. Not safe for threads.</summary>
/// <param name="scan">Reads the log.</param>
/// <param name="marks">Takes the marks it comes across.</param>
/// <param name="freeBytes">Bytes of records that it may hold.</param>
internal sealed class EvidenceCollector(LogScan scan, LogMarks marks, long freeBytes)
{
    /// <summary>Bytes of records that are held at a time at most, where they are of more than one decision.</summary>
    public const long HeldLimitBytes = 32L << 20;

    private bool _isAwaitingTime;
    private (long Offset, byte[] Bytes, int Length) _last = (-1, [], 0);

    /// <summary>Bytes of records that some window holds.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Whether there was no room: then the windows lack records, and fewer must be asked for at once.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Fills the windows.</summary>
    /// <param name="windows">What is asked for.</param>
    /// <param name="from">Log offset at or before the first record of all of them.</param>
    /// <param name="register">The devices, by which a topic is told whose it is.</param>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public void Fill(IReadOnlyList<EvidenceWindow> windows, long from, DeviceRegister register)
    {
        Dictionary<string, List<EvidenceWindow>> byDevice = new(StringComparer.Ordinal);
        foreach (EvidenceWindow window in windows)
        {
            foreach (string device in window.Devices)
            {
                (byDevice.TryGetValue(device, out List<EvidenceWindow>? asking) ? asking : byDevice[device] = []).Add(window);
            }
        }

        TopicTable topics = new((topic, stream) =>
        {
            _ = register.Bind(topic, out ReadOnlySpan<char> id);
            return new TopicRoute { Stream = stream, Topic = topic, DeviceId = id.ToString(), Device = register.Find(id), Before = Outcome.Stored };
        });
        HashSet<long> causes = [.. windows.Select(w => w.Decision.Offset)];
        long last = causes.Max();
        void See(long offset, in LogRecord record) => Show(offset, record, windows, byDevice, topics, causes);
        scan(from, last, See);
        if (_isAwaitingTime)
        {
            scan(last + 1, null, See);
        }
    }

    private void Show(
        long offset, in LogRecord record, IReadOnlyList<EvidenceWindow> windows, Dictionary<string, List<EvidenceWindow>> byDevice, TopicTable topics, HashSet<long> causes)
    {
        if (IsFull)
        {
            return;
        }

        byte[]? bytes = null;
        if (LogMarks.IsMark(record.Kind))
        {
            bytes = BytesOf(record);
            marks.Add(new LogMark(offset, bytes));
            Offer(windows, offset, record, bytes);
        }
        else if (record.Kind == LogRecordKind.Message && record.Has(LogRecordFlags.Ingested) && byDevice.TryGetValue(topics.Find(record.Topic).DeviceId, out List<EvidenceWindow>? asking))
        {
            bytes = BytesOf(record);
            Offer(asking, offset, record, bytes);
        }

        if (_isAwaitingTime || record.Kind == LogRecordKind.GatewayStarted || causes.Contains(offset))
        {
            bytes ??= BytesOf(record);
            (long Offset, byte[] Bytes)? previous = _last.Offset < 0 ? null : (_last.Offset, _last.Bytes.AsSpan(0, _last.Length).ToArray());
            foreach (EvidenceWindow window in windows)
            {
                window.See(offset, record, bytes, previous);
            }

            _isAwaitingTime = windows.Any(w => w is { HasCause: true, IsComplete: false });
        }

        Remember(offset, record);
    }

    private void Offer(IReadOnlyList<EvidenceWindow> asking, long offset, in LogRecord record, byte[] bytes)
    {
        HeldRecord held = new(offset, bytes);
        foreach (EvidenceWindow window in asking)
        {
            HeldBytes -= window.Take(held, record.ReceivedAt);
        }

        HeldBytes += held.Holders > 0 ? bytes.Length : 0;
        IsFull |= HeldBytes > freeBytes;
    }

    // The latest record, in a buffer that is used again: one in a million is asked for.
    private void Remember(long offset, in LogRecord record)
    {
        int length = LengthOf(record);
        byte[] buffer = _last.Bytes.Length >= length ? _last.Bytes : new byte[Math.Max(length, 1024)];
        Write(buffer, record);
        _last = (offset, buffer, length);
    }

    private static byte[] BytesOf(in LogRecord record)
    {
        byte[] bytes = new byte[LengthOf(record)];
        Write(bytes, record);
        return bytes;
    }

    private static int LengthOf(in LogRecord record) => LogRecord.LengthBytes(record.ClientId.Length, record.Topic.Length, record.Properties.Length, record.Payload.Length);

    private static void Write(Span<byte> into, in LogRecord record) =>
        LogRecord.Write(into, record.Kind, record.Flags, record.ReceivedAt, record.ClientId, record.Topic, record.Properties, record.Payload, record.PacketIdentifier);
}
