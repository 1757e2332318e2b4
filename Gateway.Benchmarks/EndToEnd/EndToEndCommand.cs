using System.CommandLine;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// <c>e2e</c>: starts the real gateway, and mosquitto beside it, and loads them in turn. Linux only: it reads <c>/proc</c> and waits with
/// epoll.
/// </summary>
internal static class EndToEndCommand
{
    private static readonly Option<int?> Messages = new("--messages") { Description = "Messages of one run (default: 400000 pipelined, 100000 else)", HelpName = "N" };
    private static readonly Option<int> Repetitions = new("--repetitions") { Description = "Runs of each server that count, after one that does not", DefaultValueFactory = _ => 5 };
    private static readonly Option<string?> Shape = new("--shape") { Description = "Only one shape (default: all)" };
    private static readonly Option<int> Protocol = new("--protocol") { Description = "4 for MQTT 3.1.1, 5 for MQTT 5.0", DefaultValueFactory = _ => 4 };
    private static readonly Option<string> GatewayPath = new("--gateway") { Description = "gateway.dll or a published gateway (default: the one built with this program)", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "gateway.dll") };
    private static readonly Option<string> MosquittoPath = new("--mosquitto") { Description = "The mosquitto binary; none for the gateway alone", DefaultValueFactory = _ => "mosquitto", HelpName = "PATH" };
    private static readonly Option<string> Work = new("--work") { Description = "Folder for data directories, on the disk to measure", DefaultValueFactory = _ => Path.GetTempPath(), HelpName = "DIR" };
    private static readonly Option<bool> Latency = new("--latency") { Description = "Times breach published to case visible on the stream, instead of comparing servers" };
    private static readonly Option<int> LatencyRate = new("--rate") { Description = "Background messages a second with --latency", DefaultValueFactory = _ => 20_000 };
    private static readonly Option<int> Breaches = new("--breaches") { Description = "Breaches to time with --latency", DefaultValueFactory = _ => 300 };

    private static readonly Option<int> Connections = new("--connections") { Description = "Opens so many idle connections and weighs them, instead of comparing servers under load", DefaultValueFactory = _ => 0, HelpName = "N" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Shape.AcceptOnlyFromAmong([.. LoadShape.All.Select(s => s.Name)]);
        Protocol.Validators.Add(result => Require(result, Protocol, p => p is 4 or 5, "--protocol is 4 or 5"));
        Repetitions.Validators.Add(result => Require(result, Repetitions, r => r >= 1, "--repetitions is at least 1"));
        Messages.Validators.Add(result => Require(result, Messages, m => m is null or >= 1000, "--messages is at least 1000"));
        LatencyRate.Validators.Add(result => Require(result, LatencyRate, r => r >= 1, "--rate is at least 1"));
        Breaches.Validators.Add(result => Require(result, Breaches, b => b >= 1, "--breaches is at least 1"));
        Command command = new("e2e", "Measures the whole gateway beside mosquitto, over loopback")
        {
            Messages, Repetitions, Shape, Protocol, GatewayPath, MosquittoPath, Work, Latency, LatencyRate, Breaches, Connections,
        };
        command.SetAction((parsed, cancellation) => RunAsync(Read(parsed), Console.Out, Console.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(EndToEndOptions options, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            await error.WriteLineAsync("e2e runs on Linux only: it reads /proc and waits with epoll. The stage benchmarks (bench) run everywhere.").ConfigureAwait(false);
            return 2;
        }

#if DEBUG
        await error.WriteLineAsync("warning: this is a Debug build, whose figures mean nothing: dotnet run -c Release --project Gateway.Benchmarks -- e2e").ConfigureAwait(false);
#endif
        using WorkFolder work = new(options.WorkFolder);
        try
        {
            await output.WriteLineAsync(MachineText.Describe(work.Root)).ConfigureAwait(false);
            return options.Connections > 0 ? await IdleConnectionsRun.RunAsync(options, work, output, cancellation).ConfigureAwait(false)
                : options.Latency ? await CaseLatencyRun.RunAsync(options, work, output, cancellation).ConfigureAwait(false)
                : await ComparisonRun.RunAsync(options, work, output, cancellation).ConfigureAwait(false);
        }
        catch (MeasurementException e)
        {
            await error.WriteLineAsync("error: " + e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static EndToEndOptions Read(ParseResult parsed) => new()
    {
        Shapes = parsed.GetValue(Shape) is { } name ? [LoadShape.All.Single(s => s.Name == name)] : LoadShape.All,
        Messages = parsed.GetValue(Messages),
        Repetitions = parsed.GetValue(Repetitions),
        Protocol = parsed.GetValue(Protocol),
        Gateway = parsed.GetValue(GatewayPath)!,
        Mosquitto = parsed.GetValue(MosquittoPath) is "none" ? null : parsed.GetValue(MosquittoPath),
        WorkFolder = parsed.GetValue(Work)!,
        Latency = parsed.GetValue(Latency),
        LatencyRate = parsed.GetValue(LatencyRate),
        Breaches = parsed.GetValue(Breaches),
        Connections = parsed.GetValue(Connections),
    };

    private static void Require<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option, Func<T?, bool> holds, string message)
    {
        if (!holds(result.GetValue(option)))
        {
            result.AddError(message);
        }
    }
}
