using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Pipeline;

/// <summary>
/// Message record to readings: route, decode, sort out duplicates, count the one outcome every message has. Not safe for threads.
/// </summary>
internal sealed class MessageProcessor(Ledger ledger, Quarantine quarantine)
{
    private readonly DuplicateFilter _duplicates = new();
    private readonly List<(LedgerEntry Entry, Outcome Outcome, bool ArrivedEarlier)> _unsettled = [];
    private TopicTable _topics = new((topic, stream) => new TopicRoute { Stream = stream, Topic = topic, DeviceId = "", Before = Outcome.NoProfile });
    private ActiveCity? _city;
    private ActiveCity? _before;

    /// <summary>
    /// Log offset at which this process began to append: records before it were handed to the log by an earlier one, so their arrival is
    /// counted here, together with their outcome.
    /// </summary>
    public long CountsArrivalBefore { get; set; }

    /// <summary>Members of payloads that no profile names, since start.</summary>
    public long UnknownFields { get; private set; }

    /// <summary>Puts another snapshot to work; what is remembered of streams stays.</summary>
    public void Activate(ActiveCity city)
    {
        _before = _city;
        _city = city;
        TopicTable old = _topics;
        _topics = new TopicTable(city.Route);
        using MemoryStream kept = new();
        using BinaryWriter writer = new(kept, Encoding.UTF8, leaveOpen: true);
        SaveStreams(writer, old);
        kept.Position = 0;
        LoadStreams(new BinaryReader(kept));
    }

    /// <summary>
    /// Decodes one message. Rows of its readings are added to the batch of its kind, from the returned first row on.
    /// </summary>
    /// <returns>The batch and its first new row, or null when the message gave no reading.</returns>
    public (TopicRoute Route, int FirstRow)? Process(in LogRecord record, long offset)
    {
        ActiveCity city = _city ?? throw new InvalidOperationException("no snapshot is active; the log must begin with one");
        TopicRoute route = _topics.Find(record.Topic);
        if (route.Before != Outcome.Stored)
        {
            Quarantined(route, record, offset, route.Before, Describe(route, city));
            return null;
        }

        ReadingBatch batch = route.Batch!;
        int firstRow = batch.Count;
        DecodeResult result = route.Decoder!.Decode(record.Payload, route.Device!, record.ReceivedAt, city.TimePolicy, batch);
        UnknownFields += result.UnknownFields;
        if (result.Rows > 0 && IsDuplicate(route, record, batch[firstRow], result.DeviceTime))
        {
            batch.Truncate(firstRow);
            Count(route, Outcome.Duplicate, record, offset);
            return null;
        }

        if (result.Fault != PayloadFault.None)
        {
            Quarantined(route, record, offset, Outcomes.From(result.Fault), Describe(result, batch.Profile));
        }
        else
        {
            Count(route, Outcome.Stored, record, offset);
        }

        return batch.Count > firstRow ? (route, firstRow) : null;
    }

    /// <summary>Writes what is remembered of streams.</summary>
    public void Save(BinaryWriter writer) => SaveStreams(writer, _topics);

    /// <summary>Reads what <see cref="Save"/> wrote; a snapshot must be active.</summary>
    public void Load(BinaryReader reader) => LoadStreams(reader);

    private static string Describe(TopicRoute route, ActiveCity city) => route.Before switch
    {
        Outcome.UnknownDevice => $"device {route.DeviceId} is not registered: add it to a file of devices/ in the city folder",
        Outcome.WrongKind => $"device {route.DeviceId} is registered as {route.Device!.Profile.Kind}, its topic says {city.Snapshot.Definition.Devices.Bind(route.Topic, out _)?.Kind}",
        Outcome.NoProfile => "no profile binds this topic any more",
        _ => $"no decoder for the payload format of {route.Device?.Profile.Kind}",
    };

    private static string Describe(in DecodeResult result, DeviceProfile profile)
    {
        string place = result.FaultOffset >= 0 ? string.Create(CultureInfo.InvariantCulture, $" near byte {result.FaultOffset}") : "";
        if (result.FaultyColumn < 0)
        {
            return $"{Outcomes.From(result.Fault).Name()}{place}";
        }

        FieldDefinition field = profile.Fields[result.FaultyColumn];
        string expected = field.Type == FieldType.Enumeration
            ? $"one of {string.Join(", ", field.Values)}"
            : string.Create(CultureInfo.InvariantCulture, $"{field.Type} {field.Minimum?.ToString(CultureInfo.InvariantCulture) ?? "-inf"}..{field.Maximum?.ToString(CultureInfo.InvariantCulture) ?? "inf"} {field.Unit}").TrimEnd();
        return $"field {field.Name}{place}: expected {expected}; the other fields were used";
    }

    private bool IsDuplicate(TopicRoute route, in LogRecord record, in ReadingBatch.Row row, EventTime? claimed)
    {
        // The time as the device gave it, not as it is filed: that depends on when the message came and how the clocks stood then.
        long? deviceTime = row.Quality == TimeQuality.NoClock ? null : claimed?.UnixMilliseconds;
        return _duplicates.IsDuplicate(
            route.Stream,
            deviceTime,
            row.Sequence,
            record.Payload,
            record.Has(LogRecordFlags.Duplicate),
            record.ReceivedAt.UnixMilliseconds);
    }

    private void Quarantined(TopicRoute route, in LogRecord record, long offset, Outcome outcome, string detail)
    {
        Count(route, outcome, record, offset);
        quarantine.Add(offset, record.ReceivedAt, record.ClientId, record.Topic, route.DeviceId, outcome, detail, record.Payload);
    }

    /// <summary>
    /// Puts the outcomes into the ledger. Called when what the messages did can be seen: until then they are in flight, so that who
    /// reads a settled ledger also reads the series and cases behind it.
    /// </summary>
    public void Settle()
    {
        foreach ((LedgerEntry entry, Outcome outcome, bool arrivedEarlier) in CollectionsMarshal.AsSpan(_unsettled))
        {
            if (arrivedEarlier)
            {
                entry.Accept();
            }

            entry.Count(outcome);
        }

        _unsettled.Clear();
    }

    private void Count(TopicRoute route, Outcome outcome, in LogRecord record, long offset)
    {
        bool arrivedEarlier = offset < CountsArrivalBefore;
        _unsettled.Add((ledger.Total, outcome, arrivedEarlier));
        if (record.Has(LogRecordFlags.DeviceCounted))
        {
            // What the door counted is settled for the same device, also when a reload on the way has added or removed it.
            _unsettled.Add((route.Entry ??= ledger.Device(CountedDevice(route)), outcome, arrivedEarlier));
        }
    }

    /// <summary>The device a topic names; when no profile binds it any more, the snapshot the message came in under does.</summary>
    private string CountedDevice(TopicRoute route)
    {
        if (route.Before != Outcome.NoProfile || _before is null)
        {
            return route.DeviceId;
        }

        _before.Snapshot.Definition.Devices.Bind(route.Topic, out ReadOnlySpan<char> id);
        return id.ToString();
    }

    private void SaveStreams(BinaryWriter writer, TopicTable topics)
    {
        TopicRoute[] routes = [.. topics.Routes];
        writer.Write(routes.Length);
        foreach (TopicRoute route in routes)
        {
            writer.Write(route.Topic);
            _duplicates.Save(route.Stream, writer);
        }
    }

    private void LoadStreams(BinaryReader reader)
    {
        _duplicates.Clear();
        DuplicateFilter gone = new(); // takes what was remembered of devices that are registered no longer
        int count = reader.ReadInt32();
        for (int i = 0; i < count; i++)
        {
            TopicRoute route = _topics.Find(Encoding.UTF8.GetBytes(reader.ReadString()));
            (route.Device is null ? gone : _duplicates).Load(route.Device is null ? 0 : route.Stream, reader);
        }
    }
}
