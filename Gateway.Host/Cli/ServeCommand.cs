using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Gateway.Host.Composition;

namespace Gateway.Host.Cli;

/// <summary><c>serve</c>, which is also what the program does when it is given no command.</summary>
internal static class ServeCommand
{
    private const string InlineCompletionsVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(5);
    private static readonly Option<string?> City = new("--city") { Description = "City folder (default: the sample city)", HelpName = "DIR" };
    private static readonly Option<string?> Data = new("--data") { Description = "Data directory (default: ./data)", HelpName = "DIR" };
    private static readonly Option<int?> MqttPort = new("--mqtt-port") { Description = "MQTT port (default: 1883; 0 picks a free one, -1 is no plaintext listener)" };
    private static readonly Option<int?> HttpPort = new("--http-port") { Description = "HTTP port (default: 8080; 0 picks a free one, -1 is no plaintext listener)" };
    private static readonly Option<string?> ClockStart = new("--clock-start") { Description = "Exercise: the gateway's clock starts at this time", HelpName = "T" };
    private static readonly Option<double?> ClockSpeed = new("--clock-speed") { Description = "Exercise: the gateway's clock runs N times as fast", HelpName = "N" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("serve", "Runs the gateway") { City, Data, MqttPort, HttpPort, ClockStart, ClockSpeed };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, cancellation));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        Dictionary<string, string?> given = [];
        Put(given, "Gateway:City", parsed.GetValue(City));
        Put(given, "Gateway:Data", parsed.GetValue(Data));
        Put(given, "Gateway:MqttPort", parsed.GetValue(MqttPort));
        Put(given, "Gateway:HttpPort", parsed.GetValue(HttpPort));
        Put(given, "Gateway:ClockStart", parsed.GetValue(ClockStart));
        Put(given, "Gateway:ClockSpeed", parsed.GetValue(ClockSpeed));
        return RunAsync(given, Console.Out, Console.Error, cancellation);
    }

    /// <summary>Runs until SIGTERM, SIGINT or <paramref name="cancellation"/>; then drains and returns 0.</summary>
    internal static async Task<int> RunAsync(Dictionary<string, string?> given, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        // Before the first socket: completions run on the socket threads. MQTT handlers only parse and append there; HTTP hops off.
        Environment.SetEnvironmentVariable(InlineCompletionsVariable, "1");
        try
        {
            (WebApplication app, GatewayRuntime gateway, Listeners listeners) = GatewayApplication.Build(given);
            using (gateway)
            {
                await using (app.ConfigureAwait(false))
                {
                    await StartAsync(app, cancellation).ConfigureAwait(false);

                    // Ready means ready, unless the log holds so much that it would look like a hang; /readyz tells of the rest.
                    await Task.WhenAny(gateway.Pipeline.CaughtUp, Task.Delay(CatchUpPatience, cancellation)).ConfigureAwait(false);
                    await output.WriteLineAsync(listeners.ReadyLine(app)).ConfigureAwait(false);
                    await output.FlushAsync(cancellation).ConfigureAwait(false);
                    await app.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
                }
            }

            return 0;
        }
        catch (StartUpException e)
        {
            await error.WriteLineAsync("error: " + e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>Starts; what had started before a failure is stopped again, so that only the failure is told.</summary>
    private static async Task StartAsync(WebApplication app, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw new StartUpException($"{e.Message.TrimEnd('.')}; choose other ports with --mqtt-port and --http-port", e);
        }
        catch (SocketException e)
        {
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw new StartUpException($"cannot listen: {e.Message}; see Gateway:Host, --mqtt-port and --http-port", e);
        }
    }

    private static void Put<T>(Dictionary<string, string?> given, string key, T? value)
    {
        if (value is not null)
        {
            given[key] = Convert.ToString(value, CultureInfo.InvariantCulture);
        }
    }
}
