using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Gateway.Benchmarks;

/// <summary>
/// <c>bench [FILTER]</c>: the benchmarks of the stages. They run in this process with the short job, so that all of them take a few
/// minutes; a figure that decides something deserves <c>--long</c>.
/// </summary>
internal static class StageCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Argument<string> filter = new("FILTER") { Description = "Part of a benchmark's name, for example Parse (default: all)", DefaultValueFactory = _ => "" };
        Option<bool> thorough = new("--long") { Description = "As many iterations as BenchmarkDotNet sees fit" };
        Command command = new("bench", "Measures the stages: time and allocation per operation") { filter, thorough };
        command.SetAction(parsed => Run(parsed.GetValue(filter)!, parsed.GetValue(thorough)));
        return command;
    }

    private static int Run(string filter, bool thorough)
    {
        Job job = (thorough ? Job.Default : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .AddValidator([.. DefaultConfig.Instance.GetValidators()]);
        string pattern = filter.Contains('*', StringComparison.Ordinal) ? filter : $"*{filter}*";
        IEnumerable<BenchmarkDotNet.Reports.Summary> summaries =
            BenchmarkSwitcher.FromAssembly(typeof(StageCommand).Assembly).Run(["--filter", pattern], config);
        return summaries.Any() && summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
