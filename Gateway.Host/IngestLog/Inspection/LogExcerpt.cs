using System.Text;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog.Inspection;

/// <summary>Records of a log that somebody asks for, in order. Reads beside a running gateway as <see cref="LogVerifier"/> does.</summary>
internal sealed class LogExcerpt
{
    /// <summary>One record of the excerpt.</summary>
    /// <param name="offset">Its log offset.</param>
    /// <param name="record">The record.</param>
    public delegate void Show(long offset, in LogRecord record);

    /// <summary>First offset.</summary>
    public long From { get; init; }

    /// <summary>Last offset; null for the end of the log.</summary>
    public long? To { get; init; }

    /// <summary>The excerpt ends before the first record that was received later; null for no such end.</summary>
    public EventTime? Until { get; init; }

    /// <summary>Filter of the topic; null for all records, with it messages only.</summary>
    public TopicFilter? Topic { get; init; }

    /// <summary>Client id of the publisher; null for all.</summary>
    public string? ClientId { get; init; }

    /// <summary>Records at most; 0 for no limit.</summary>
    public long Limit { get; init; }

    /// <summary>Where the next excerpt begins when the limit ended this one; null when there is nothing more.</summary>
    public long? Next { get; private set; }

    /// <summary>Whether the log goes on behind <see cref="Until"/>.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Damaged places and segments passed over.</summary>
    public int Damaged { get; private set; }

    /// <summary>Shows the records.</summary>
    /// <exception cref="IOException">The directory, or a file, cannot be read.</exception>
    public void Run(string directory, Show show)
    {
        List<SegmentFile> files = SegmentFile.OpenAll(directory);
        try
        {
            long shown = 0;
            for (int i = 0; i < files.Count; i++)
            {
                long? next = files.Skip(i + 1).FirstOrDefault(f => f.Header is not null)?.Header?.FirstOffset;
                Damaged += files[i].Fault.Length > 0 ? 1 : 0;
                if (files[i].Header is { } header && !(next <= From) && !Walk(new SegmentWalk(files[i].File, header.Seed), next, show, ref shown))
                {
                    return;
                }
            }
        }
        finally
        {
            files.ForEach(f => f.Dispose());
        }
    }

    /// <summary>False when the excerpt ends in this segment.</summary>
    private bool Walk(SegmentWalk walk, long? nextFirst, Show show, ref long shown)
    {
        long end = -1;
        while (true)
        {
            switch (walk.Next())
            {
                case SegmentPlace.End:
                    return true;
                case SegmentPlace.Damage:
                    Damaged += end >= nextFirst ? 0 : 1;
                    continue;
                case SegmentPlace.Frame when walk.Header.FirstOffset >= nextFirst:
                    return true;
            }

            end = walk.Header.EndOffset;
            ReadOnlySpan<byte> records = walk.Records;
            for (long offset = walk.Header.FirstOffset; LogRecord.TryRead(records, out LogRecord record, out int length); offset++)
            {
                records = records[length..];
                IsCut = record.ReceivedAt > Until;
                if (offset > To || IsCut)
                {
                    return false;
                }

                if (offset < From || !IsAskedFor(record))
                {
                    continue;
                }

                if (Limit > 0 && shown == Limit)
                {
                    Next = offset;
                    return false;
                }

                shown++;
                show(offset, record);
            }
        }
    }

    private bool IsAskedFor(in LogRecord record) =>
        (Topic is not { } filter || (record.Kind == LogRecordKind.Message && filter.Matches(record.Topic)))
        && (ClientId is null || Encoding.UTF8.GetString(record.ClientId) == ClientId);
}
