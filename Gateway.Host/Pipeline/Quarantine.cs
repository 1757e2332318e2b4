using System.Text;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Pipeline;

/// <summary>One message in quarantine. The whole message stays in the log at its offset.</summary>
/// <param name="Offset">Log offset.</param>
/// <param name="ReceivedAt">Log time.</param>
/// <param name="ClientId">Who published it.</param>
/// <param name="Topic">Where.</param>
/// <param name="DeviceId">The device id its topic names.</param>
/// <param name="Reason">Why it is here.</param>
/// <param name="Detail">What exactly, for people.</param>
/// <param name="Payload">The first bytes of the payload; other bytes than printable ASCII show as dots.</param>
internal sealed record QuarantinedMessage(long Offset, EventTime ReceivedAt, string ClientId, string Topic, string DeviceId, Outcome Reason, string Detail, string Payload);

/// <summary>The newest messages that need someone's attention; how many there were in all is in the ledger. One writer, many readers.</summary>
internal sealed class Quarantine
{
    /// <summary>Messages listed; older ones are found in the log.</summary>
    public const int Limit = 2_000;

    private const int PayloadPreviewBytes = 200;
    private const int NameLimit = 256;

    private readonly Lock _gate = new();
    private readonly Queue<QuarantinedMessage> _messages = new();

    /// <summary>Adds a message; the oldest goes when there are too many.</summary>
    public void Add(long offset, EventTime receivedAt, ReadOnlySpan<byte> clientId, ReadOnlySpan<byte> topic, string deviceId, Outcome reason, string detail, ReadOnlySpan<byte> payload)
    {
        QuarantinedMessage message = new(offset, receivedAt, Text(clientId), Text(topic), Cut(deviceId), reason, detail, Preview(payload));
        lock (_gate)
        {
            _messages.Enqueue(message);
            if (_messages.Count > Limit)
            {
                _messages.Dequeue();
            }
        }
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<QuarantinedMessage> Newest(int limit, string? reason, string? deviceId)
    {
        lock (_gate)
        {
            return [.. _messages.Reverse()
                .Where(m => (reason is null || m.Reason.Name() == reason) && (deviceId is null || m.DeviceId == deviceId))
                .Take(limit)];
        }
    }

    /// <summary>Writes it into a checkpoint.</summary>
    public void Save(BinaryWriter writer)
    {
        QuarantinedMessage[] messages;
        lock (_gate)
        {
            messages = [.. _messages];
        }

        writer.Write(messages.Length);
        foreach (QuarantinedMessage m in messages)
        {
            writer.Write(m.Offset);
            writer.Write(m.ReceivedAt.UnixMilliseconds);
            writer.Write(m.ClientId);
            writer.Write(m.Topic);
            writer.Write(m.DeviceId);
            writer.Write((byte)m.Reason);
            writer.Write(m.Detail);
            writer.Write(m.Payload);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        lock (_gate)
        {
            _messages.Clear();
            for (int i = 0; i < count; i++)
            {
                _messages.Enqueue(new QuarantinedMessage(
                    reader.ReadInt64(),
                    new EventTime(reader.ReadInt64()),
                    reader.ReadString(),
                    reader.ReadString(),
                    reader.ReadString(),
                    (Outcome)reader.ReadByte(),
                    reader.ReadString(),
                    reader.ReadString()));
            }
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Cut(Encoding.UTF8.GetString(utf8));

    private static string Cut(string text) => text.Length <= NameLimit ? text : text[..NameLimit];

    private static string Preview(ReadOnlySpan<byte> payload) =>
        string.Create(Math.Min(payload.Length, PayloadPreviewBytes), payload, static (text, bytes) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = bytes[i] is >= 0x20 and < 0x7F ? (char)bytes[i] : '.';
            }
        });
}
