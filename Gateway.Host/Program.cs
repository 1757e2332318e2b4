using System.CommandLine;
using Gateway.Host.Cli;
using Gateway.Host.Cli.Access;
using Gateway.Host.Cli.Audit;
using Gateway.Host.Cli.Evidence;
using Gateway.Host.Cli.Export;
using Gateway.Host.Cli.Logs;
using Gateway.Host.Cli.RuleFiles;
using Gateway.Host.Cli.Simulate;

RootCommand root = new("City Sensing Gateway: MQTT in, durable log, rules, governance cases. Without a command it serves.")
{
    ServeCommand.Create(),
    CheckCommand.Create(),
    CityCommand.Create(),
    DevicesCommand.Create(),
    ToolsCommand.Create(),
    UsersCommand.Create(),
    SimulateCommand.Create(),
    RulesCommand.Create(),
    LogCommand.Create(),
    CaseReplayCommand.Create(),
    AuditCommand.Create(),
    ExportCommand.CreateExport(),
    ExportCommand.CreateImport(),
};

// No command, or only options of serve: serve.
string[] arguments = args.Length == 0 || (args[0].StartsWith('-') && args[0] is not ("-h" or "-?" or "--help" or "--version")) ? ["serve", .. args] : args;
ParseResult parsed = root.Parse(arguments);

// The server's own host answers SIGTERM: it drains, however long that takes. The other commands just end.
TimeSpan? terminationTimeout = arguments[0] == "serve" ? null : TimeSpan.FromSeconds(2);
int exit = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = terminationTimeout });
return parsed.Errors.Count > 0 ? 2 : exit;
