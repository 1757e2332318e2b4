using System.CommandLine;
using Gateway.Benchmarks;
using Gateway.Benchmarks.EndToEnd;

RootCommand root = new("Measures the City Sensing Gateway: its stages one by one, or the whole of it beside another broker.")
{
    StageCommand.Create(),
    EndToEndCommand.Create(),
};

ParseResult parsed = root.Parse(args);
int exit = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : exit;
