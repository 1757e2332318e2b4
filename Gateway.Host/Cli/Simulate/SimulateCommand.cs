using System.CommandLine;

namespace Gateway.Host.Cli.Simulate;

/// <summary>
/// <c>gateway simulate</c>: a living city over real MQTT. Exit code 0 when every message was acknowledged, 1 when one was not or the
/// input is bad, 2 for a wrong command line.
/// </summary>
internal static class SimulateCommand
{
    /// <summary>The command, for the root command to take in.</summary>
    public static Command Create()
    {
        SimulateArguments arguments = new();
        Command command = new("simulate", "Publishes a living city, or recordings, over MQTT.");
        arguments.AddTo(command);
        command.SetAction((result, cancellation) => new SimulateRun(arguments.Read(result), TimeProvider.System, RunOutput.OfConsole()).RunAsync(cancellation));
        return command;
    }
}
