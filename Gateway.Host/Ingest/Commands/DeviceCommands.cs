using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Host.Ingest.Routing;
using Gateway.Host.Ingest.Sessions;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Payloads.Pseudonyms;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Commands;

/// <summary>What became of a command.</summary>
internal enum CommandOutcome
{
    /// <summary>The device answered.</summary>
    Replied,

    /// <summary>The device is away; its session has the command for when it is back.</summary>
    Queued,

    /// <summary>The device has it, or is about to, and did not answer in time.</summary>
    NoReply,

    /// <summary>The device does not subscribe to its command topic: nobody would get it. Nothing was sent.</summary>
    NotSubscribed,

    /// <summary>It holds what may be the number of a card, which is kept nowhere, and the device is away. Nothing was sent.</summary>
    NotKept,

    /// <summary>Too many commands wait for their replies. Nothing was sent.</summary>
    TooMany,
}

/// <summary>A command's end. Immutable.</summary>
/// <param name="CommandId">What the device knows it by.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reply">The reply's payload; empty unless it replied.</param>
/// <param name="RepliedAt">Receive time of the reply.</param>
internal sealed record CommandResult(string CommandId, CommandOutcome Outcome, byte[] Reply, EventTime? RepliedAt);

/// <summary>
/// Commands to devices: a QoS 1 message on the device's command topic, known by an id that comes back in the reply: as Correlation Data
/// from a v5 device, as the member <c>id</c> of the payload from any. One that tells a device of cards what may be the number of one goes with
/// QoS 0 to a device that is there, for what is owed to a session is kept. Safe for threads.
/// </summary>
internal sealed class DeviceCommands(GatewayPublisher publisher, MessageRouter router, Pseudonymizer pseudonyms, GatewayClock clock, TimeProvider time)
{
    /// <summary>Commands that may wait for their replies at once.</summary>
    public const int WaitingLimit = 1000;

    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    private sealed record Waiting(string DeviceId, TaskCompletionSource<(byte[] Payload, EventTime At)> Reply);

    /// <summary>Sends one and waits for its reply.</summary>
    /// <param name="device">To whom.</param>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">Its arguments, JSON; null for none.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting; the command stays sent.</param>
    public async Task<CommandResult> SendAsync(Device device, string command, JsonElement? arguments, TimeSpan timeout, CancellationToken cancellation)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        byte[] topic = Encoding.UTF8.GetBytes(CommandTopics.CommandOf(device));
        IReadOnlyList<ClientSession> subscribers = [.. router.SubscribersOf(topic).Where(s => s.DeviceId == device.Id)];
        if (subscribers.Count == 0)
        {
            return new CommandResult(id, CommandOutcome.NotSubscribed, [], null);
        }

        if (_waiting.Count >= WaitingLimit)
        {
            return new CommandResult(id, CommandOutcome.TooMany, [], null);
        }

        bool isKept = !HoldsCard(device.Profile, Payload("", command, arguments));
        if (!isKept && subscribers.All(s => s.Connection is null))
        {
            return new CommandResult(id, CommandOutcome.NotKept, [], null);
        }

        Waiting waiting = new(device.Id, new TaskCompletionSource<(byte[], EventTime)>(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting[id] = waiting;
        try
        {
            PublishProperties properties = new() { ContentType = "application/json", ResponseTopic = CommandTopics.ReplyOf(device), CorrelationData = Encoding.ASCII.GetBytes(id) };
            Action<byte[], ReadOnlyMemory<byte>, byte[]> publish = isKept ? publisher.Publish : publisher.PublishUnkept;
            publish(topic, Payload(id, command, arguments), properties.ToBytes());
            if (isKept && subscribers.All(s => s.Connection is null))
            {
                return new CommandResult(id, CommandOutcome.Queued, [], null);
            }

            (byte[] reply, EventTime at) = await waiting.Reply.Task.WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
            return new CommandResult(id, CommandOutcome.Replied, reply, at);
        }
        catch (TimeoutException)
        {
            return new CommandResult(id, CommandOutcome.NoReply, [], null);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>A device published on its reply topic.</summary>
    /// <param name="deviceId">The device in the topic.</param>
    /// <param name="properties">Raw MQTT 5 properties; empty from 3.1.1.</param>
    /// <param name="sent">The reply as the device sent it: the command's id is looked for in it, and nothing of it is kept.</param>
    /// <param name="payload">The reply as it may be seen.</param>
    public void Reply(string deviceId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> sent, ReadOnlySpan<byte> payload)
    {
        if (_waiting.IsEmpty)
        {
            return; // nobody asked, so it need not be read
        }

        string? id = PublishProperties.Read(properties).CorrelationData is { } data ? Encoding.UTF8.GetString(data.Span) : IdIn(sent);
        if (id is not null && _waiting.TryGetValue(id, out Waiting? waiting) && waiting.DeviceId == deviceId)
        {
            waiting.Reply.TrySetResult((payload.ToArray(), clock.Now));
        }
    }

    /// <summary>Whether a command would not stand in the log as it is, had the device sent it.</summary>
    private bool HoldsCard(DeviceProfile profile, byte[] payload)
    {
        ArrayBufferWriter<byte> rewritten = new(payload.Length);
        pseudonyms.Rewrite(payload, profile, rewritten);
        return !rewritten.WrittenSpan.SequenceEqual(payload);
    }

    private static byte[] Payload(string id, string command, JsonElement? arguments)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("command", command);
            if (arguments is { } given)
            {
                json.WritePropertyName("arguments");
                given.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>
    /// The member <c>id</c> of a reply. It is looked for in the bytes: no id of ours needs an escape, and what is escaped need not be text
    /// at all (half a surrogate pair is JSON and no string).
    /// </summary>
    private static string? IdIn(ReadOnlySpan<byte> payload)
    {
        string? id = null;
        try
        {
            Utf8JsonReader reader = new(payload);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = reader.ValueSpan.SequenceEqual("id"u8);
                reader.Read();
                if (isId)
                {
                    id = reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetString(reader.ValueSpan) : null;
                }

                reader.Skip();
            }

            return reader.Read() ? null : id;
        }
        catch (JsonException)
        {
            return null; // a reply that is not JSON and has no Correlation Data answers nothing
        }
    }
}
