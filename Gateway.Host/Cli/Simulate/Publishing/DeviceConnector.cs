using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Cli.Simulate.Publishing;

/// <summary>Connects devices over MQTT 5, each with its own connection, its id as client id, and a will that says it went offline.</summary>
internal sealed class DeviceConnector(SimulateOptions options, RunStatistics statistics, TimeProvider time)
{
    private const ushort KeepAliveSeconds = 60;

    /// <summary>What a device's status topic says, retained.</summary>
    public static ReadOnlyMemory<byte> Online { get; } = "online"u8.ToArray();

    /// <summary>What a device's status topic says after it went, in whatever way.</summary>
    public static ReadOnlyMemory<byte> Offline { get; } = "offline"u8.ToArray();

    /// <summary>Connects one device; null with what went wrong and what to do about it.</summary>
    public async Task<(DeviceConnection? Connection, string Error)> ConnectAsync(SimulatedDevice device, CancellationToken cancellation)
    {
        string peer = string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{options.Port}");
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellation);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            return (null, $"cannot connect to {peer}: {failure.Message}; is the gateway running? (--host, --port)");
        }

        PacketStream packets = new(socket);
        ArrayBufferWriter<byte> connect = new(256);
        MqttPacketWriter.Write(connect, new ConnectPacket
        {
            Version = MqttProtocolVersion.V5,
            ClientId = device.Id,
            KeepAliveSeconds = KeepAliveSeconds,
            Will = new Will { Topic = device.StatusTopic, Payload = Offline, Qos = Qos.AtLeastOnce, Retain = true },
        });
        string failed = await packets.SendAsync(connect.WrittenMemory);
        ReceivedPacket answer = failed.Length > 0 ? new ReceivedPacket(default, default, failed) : await packets.ReceiveAsync();
        if (Judge(answer, device, peer, out ConnAckPacket? accepted) is { } error)
        {
            packets.Dispose();
            return (null, error);
        }

        return (new DeviceConnection(device, packets, accepted!, accepted!.Properties.ServerKeepAliveSeconds ?? KeepAliveSeconds, statistics, time), "");
    }

    private static string? Judge(ReceivedPacket answer, SimulatedDevice device, string peer, out ConnAckPacket? accepted)
    {
        accepted = null;
        if (answer.Failure.Length > 0)
        {
            return $"{device.Id}: {peer} gave no answer to CONNECT: {answer.Failure}";
        }

        if (answer.Header.Type != PacketType.ConnAck || !ConnAckPacket.TryParse(answer.Body.Span, DeviceConnection.Context, out accepted, out ParseError malformed))
        {
            return $"{device.Id}: {peer} does not answer as an MQTT 5 server does";
        }

        return accepted!.ReasonCode.IsFailure()
            ? $"{device.Id}: {peer} refused the connection: {DeviceConnection.Describe(accepted.ReasonCode, accepted.Properties.ReasonString)}"
            : null;
    }
}
