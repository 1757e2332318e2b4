using System.CommandLine;
using Gateway.Host.Cli;
using Gateway.Host.Cli.Simulate;

Command serve = ServeCommand.Create();
RootCommand root = new("City Sensing Gateway: MQTT in, durable log, rules, governance cases. Without a command it serves.")
{
    serve,
    CheckCommand.Create(),
    CityCommand.Create(),
    SimulateCommand.Create(),
};

// No command, or only options of serve: serve.
string[] arguments = args.Length == 0 || (args[0].StartsWith('-') && args[0] is not ("-h" or "-?" or "--help" or "--version")) ? ["serve", .. args] : args;
ParseResult parsed = root.Parse(arguments);
int exit = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : exit;
