using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;

namespace Gateway.Tests.Faults;

/// <summary>
/// One device and the ledger it keeps for itself: every message it sent, by sequence, with the hash of its payload, and whether the gateway
/// acknowledged it or said no. The first half of its levels are dry, the second half is a flood: one case, once.
/// </summary>
internal sealed class DeviceLedger(string deviceId, int messages, int paddingBytes = 0)
{
    private const int Window = 4; // small, so that a hundred messages are some dozen commits

    private readonly ConcurrentDictionary<long, bool> _acknowledged = new();
    private readonly ConcurrentDictionary<long, long> _times = new();
    private readonly ConcurrentDictionary<long, byte[]> _hashes = new();

    /// <summary>The device.</summary>
    public string DeviceId => deviceId;

    /// <summary>Messages it has to send.</summary>
    public int Messages => messages;

    /// <summary>Sequences up to this one were sent at least once.</summary>
    public int Sent { get; private set; }

    /// <summary>Sequences with a PUBACK that says success.</summary>
    public IReadOnlyCollection<long> Acknowledged => [.. _acknowledged.Keys];

    /// <summary>How often a PUBACK said no, by its code.</summary>
    public ConcurrentDictionary<ReasonCode, int> Refusals { get; } = new();

    /// <summary>Whether the payload is the one that was sent with this sequence.</summary>
    public bool IsSent(long sequence, ReadOnlySpan<byte> payload) =>
        _hashes.TryGetValue(sequence, out byte[]? hash) && SHA256.HashData(payload).AsSpan().SequenceEqual(hash);

    /// <summary>
    /// Sends what was never acknowledged again, and then the next messages, a window at a time, until all are answered or the connection is
    /// lost; whether all were answered.
    /// </summary>
    public async Task<bool> SendAsync(int port, int count, MqttProtocolVersion version = MqttProtocolVersion.V311)
    {
        if (await TryConnectAsync(port, version) is not { } client)
        {
            return false;
        }

        await using (client)
        {
            int until = Math.Min(messages, Sent + count);
            int[] open = [.. Enumerable.Range(1, until).Where(s => !_acknowledged.ContainsKey(s))];
            using SemaphoreSlim window = new(Window);
            Task<bool> reading = ReadAsync(client, window, open.Length);
            foreach (int sequence in open)
            {
                Task room = window.WaitAsync();
                if (await Task.WhenAny(room, reading) == reading || !await PublishAsync(client, sequence, dup: _hashes.ContainsKey(sequence)))
                {
                    break;
                }
            }

            return await reading;
        }
    }

    /// <summary>Sends everything again that has no acknowledgement, until it has.</summary>
    public async Task SendOpenAgainAsync(int port)
    {
        Sent = messages;
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(port, deviceId);
        foreach (long sequence in Enumerable.Range(1, messages).Select(i => (long)i).Where(s => !_acknowledged.ContainsKey(s)))
        {
            Assert.True(await PublishAsync(client, (int)sequence, dup: _hashes.ContainsKey(sequence)));
            (FixedHeader header, _) = await client.ReceiveAsync() ?? throw new InvalidOperationException("closed while sending again");
            Assert.Equal(PacketType.PubAck, header.Type);
            _acknowledged[sequence] = true;
        }
    }

    /// <summary>How often the connection was closed in place of an answer.</summary>
    public int Closed { get; private set; }

    /// <summary>The next message over a connection of its own; false when the gateway said no, or closed.</summary>
    public async Task<bool> SendOneAsync(int port, MqttProtocolVersion version)
    {
        await using MqttTestClient client = await MqttTestClient.ConnectAsync(port, deviceId, version);
        int sequence = Sent + 1;
        await PublishAsync(client, sequence, dup: false);
        if (await client.ReceiveAsync() is not { } answer)
        {
            Closed++;
            return false;
        }

        Assert.Equal(PacketType.PubAck, answer.Header.Type);
        Take(answer.Body);
        return _acknowledged.ContainsKey(sequence);
    }

    private async Task<MqttTestClient?> TryConnectAsync(int port, MqttProtocolVersion version)
    {
        try
        {
            return await MqttTestClient.ConnectAsync(port, deviceId, version);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or InvalidOperationException)
        {
            return null; // killed before it took the connection
        }
    }

    private async Task<bool> PublishAsync(MqttTestClient client, int sequence, bool dup)
    {
        // A device's time is the one of its first try, however slow the machine: hours later it would be history.
        long time = _times.GetOrAdd(sequence, s => Math.Max(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), _times.GetValueOrDefault(s - 1) + 1));
        string payload = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"ts\":{time},\"seq\":{sequence},\"water_level\":{(sequence > messages / 2 ? "9.5" : "0.05")},\"x\":\"{new string('x', paddingBytes)}\"}}");
        _hashes[sequence] = SHA256.HashData(Encoding.UTF8.GetBytes(payload));
        Sent = Math.Max(Sent, sequence);
        return await client.PublishAsync($"city/v1/flood/{deviceId}/telemetry", payload, (ushort)sequence, dup);
    }

    /// <summary>Takes answers until all have come or the connection is lost; whether all have.</summary>
    private async Task<bool> ReadAsync(MqttTestClient client, SemaphoreSlim window, int unanswered)
    {
        while (unanswered > 0 && await client.ReceiveAsync() is { } packet)
        {
            if (packet.Header.Type == PacketType.PubAck)
            {
                Take(packet.Body);
                unanswered--;
                window.Release();
            }
        }

        return unanswered == 0;
    }

    private void Take(byte[] pubAck)
    {
        long sequence = (pubAck[0] << 8) | pubAck[1];
        ReasonCode code = pubAck.Length > 2 ? (ReasonCode)pubAck[2] : ReasonCode.Success;
        if (code.IsFailure())
        {
            Refusals.AddOrUpdate(code, 1, (_, n) => n + 1);
        }
        else
        {
            _acknowledged[sequence] = true;
        }
    }
}
