using System.CommandLine;
using Gateway.Benchmarks.EndToEnd;
using Gateway.Host.City;

namespace Gateway.Benchmarks.Cases;

/// <summary><c>cases</c>: a case store with a year of cases, asked through the gateway's HTTP side.</summary>
internal static class CasesCommand
{
    private static readonly Option<long> Count = new("--cases") { Description = "Cases in the store", DefaultValueFactory = _ => 1_000_000, HelpName = "N" };
    private static readonly Option<int> Copies = new("--copies") { Description = "The store is made of so many copies of a part of it, each with its own dates: filling it all takes long", DefaultValueFactory = _ => 3, HelpName = "N" };
    private static readonly Option<int> Devices = new("--devices") { Description = "Devices of the generated city", DefaultValueFactory = _ => 40_000, HelpName = "N" };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "How often each query is asked", DefaultValueFactory = _ => 50, HelpName = "N" };
    private static readonly Option<string> Folder = new("--folder") { Description = "Where city and data directory are kept; filled when there is nothing yet, used as it is else", HelpName = "DIR", Required = true };
    private static readonly Option<string> GatewayPath = new("--gateway") { Description = "gateway.dll or a published gateway (default: the one built with this program)", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "gateway.dll") };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("cases", "Measures a gateway with a year of cases in its store") { Count, Copies, Devices, Rounds, Folder, GatewayPath };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, Console.Out, Console.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        string folder = Path.GetFullPath(parsed.GetValue(Folder)!), city = Path.Combine(folder, "city"), data = Path.Combine(folder, "data");
        string gateway = parsed.GetValue(GatewayPath)!, store = Path.Combine(data, "cases.db"), part = Path.Combine(folder, "part.db");
        try
        {
            if (!File.Exists(part))
            {
                Directory.CreateDirectory(data);
                await GatewayServer.GenerateCityAsync(gateway, city, parsed.GetValue(Devices), cancellation).ConfigureAwait(false);
                CaseFill.Run(part, Read(city), PartOf(parsed.GetValue(Count), parsed.GetValue(Copies)), output);
            }

            if (!File.Exists(store))
            {
                CaseCopies.Run(part, store, parsed.GetValue(Copies), output);
                CaseUpgrade.Run(store, data, output);
            }

            await output.WriteLineAsync(MachineText.Describe(folder)).ConfigureAwait(false);
            await CaseQueryRun.RunAsync(gateway, city, data, parsed.GetValue(Rounds), output, cancellation).ConfigureAwait(false);
            CaseCommitRun.Run(store, Read(city), parsed.GetValue(Rounds), output);
            return 0;
        }
        catch (MeasurementException e)
        {
            await error.WriteLineAsync("error: " + e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static CitySnapshot Read(string city) => CitySnapshot.Read(city).Snapshot ?? throw new MeasurementException($"the city in {city} has errors: gateway check {city}");

    // A copy of long ago leaves out what is still open, some hundredths of the part.
    private static long PartOf(long cases, int copies) => copies == 1 ? cases : cases / copies * 105 / 100;
}
