using System.CommandLine;
using Gateway.Benchmarks;
using Gateway.Benchmarks.Cases;
using Gateway.Benchmarks.EndToEnd;

RootCommand root = new("Measures the City Sensing Gateway: its stages one by one, the whole of it beside another broker, or its cases.")
{
    StageCommand.Create(),
    EndToEndCommand.Create(),
    CasesCommand.Create(),
};

ParseResult parsed = root.Parse(args);
int exit = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : exit;
