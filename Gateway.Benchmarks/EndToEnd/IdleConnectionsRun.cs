using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// Opens many connections that then do nothing, on the gateway and on mosquitto in turn: how fast they are accepted, from the first
/// connect to the last CONNACK, and what each weighs in resident memory.
/// </summary>
internal static class IdleConnectionsRun
{
    private const int WarmUpConnections = 500;
    private const int CityDevices = 1000;
    private const int BatchConnections = 50;
    private const ushort KeepAliveSeconds = 3600;
    private const int ConnAckLengthBytes = 4; // 3.1.1

    private readonly record struct Figures(double ConnectsPerSecond, double BytesPerConnection);

    /// <summary>Runs it and writes a table.</summary>
    public static async Task<int> RunAsync(EndToEndOptions options, WorkFolder work, TextWriter output, CancellationToken cancellation)
    {
        string? mosquitto = options.Mosquitto is null ? null : MosquittoServer.Locate(options.Mosquitto) ?? throw new MeasurementException($"no mosquitto at {options.Mosquitto}: {MosquittoServer.InstallText}");
        string city = work.PathOf("city");
        await GatewayServer.GenerateCityAsync(options.Gateway, city, CityDevices, cancellation).ConfigureAwait(false);
        List<Figures> ours = [];
        List<Figures> theirs = [];
        for (int i = 0; i < options.Repetitions; i++)
        {
            await using (GatewayServer gateway = await GatewayServer.StartAsync(options.Gateway, city, work.PathOf($"data-{i}"), cancellation).ConfigureAwait(false))
            {
                ours.Add(Measure(gateway, options.Connections, cancellation));
                await gateway.StopAsync(cancellation).ConfigureAwait(false);
            }

            if (mosquitto is not null)
            {
                await using MosquittoServer other = await MosquittoServer.StartAsync(mosquitto, work, cancellation).ConfigureAwait(false);
                theirs.Add(Measure(other, options.Connections, cancellation));
                await other.StopAsync(cancellation).ConfigureAwait(false);
            }

            await output.WriteLineAsync($"run {i + 1} of {options.Repetitions} done").ConfigureAwait(false);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{options.Connections} idle connections, medians of {options.Repetitions}")).ConfigureAwait(false);
        await WriteAsync(output, "gateway", ours).ConfigureAwait(false);
        await WriteAsync(output, "mosquitto", theirs).ConfigureAwait(false);
        return 0;
    }

    private static async Task WriteAsync(TextWriter output, string name, List<Figures> runs)
    {
        if (runs.Count > 0)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{name,-10} {Median(runs, r => r.ConnectsPerSecond),8:F0} connects/s {Median(runs, r => r.BytesPerConnection),8:F0} bytes a connection");
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }
    }

    private static double Median(List<Figures> runs, Func<Figures, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);

    private static Figures Measure(ServerUnderTest server, int connections, CancellationToken cancellation)
    {
        foreach (Socket socket in Open(server.MqttPort, "warm", WarmUpConnections, cancellation))
        {
            socket.Dispose();
        }

        long before = ProcessFigures.ResidentBytes(server.ProcessId);
        long began = Stopwatch.GetTimestamp();
        List<Socket> open = Open(server.MqttPort, "idle", connections, cancellation);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        long after = ProcessFigures.ResidentBytes(server.ProcessId);
        open.ForEach(socket => socket.Dispose());
        return new Figures(connections / took.TotalSeconds, (double)(after - before) / connections);
    }

    private static List<Socket> Open(int port, string prefix, int count, CancellationToken cancellation)
    {
        List<Socket> open = new(count);
        byte[] answer = new byte[ConnAckLengthBytes];
        for (int first = 0; first < count; first += BatchConnections)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = first; i < Math.Min(first + BatchConnections, count); i++)
            {
                open.Add(Connect(port, $"{prefix}-{i}"));
            }

            for (int i = first; i < open.Count; i++)
            {
                int read = open[i].Receive(answer);
                if (read != ConnAckLengthBytes || answer[0] != 0x20 || answer[3] != 0)
                {
                    throw new MeasurementException($"connection {i} was not accepted: {Convert.ToHexString(answer.AsSpan(0, read))}");
                }
            }
        }

        return open;
    }

    private static Socket Connect(int port, string clientId)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new MeasurementException($"{clientId}: {e.Message}; as many files must be allowed to this shell (ulimit -n) as there are connections");
        }

        ArrayBufferWriter<byte> connect = new();
        MqttPacketWriter.Write(connect, new ConnectPacket { ClientId = clientId, Version = MqttProtocolVersion.V311, CleanStart = true, KeepAliveSeconds = KeepAliveSeconds });
        socket.Send(connect.WrittenSpan);
        return socket;
    }
}
