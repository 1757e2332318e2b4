using Gateway.Host.Cli.Simulate.Publishing;
using Spectre.Console;

namespace Gateway.Host.Cli.Simulate;

/// <summary>Where a run tells of itself: a bar on a terminal, a line now and then elsewhere.</summary>
/// <param name="Console">The terminal, or null for plain lines.</param>
/// <param name="Out">For progress and figures.</param>
/// <param name="Error">For what went wrong.</param>
internal sealed record RunOutput(IAnsiConsole? Console, TextWriter Out, TextWriter Error)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200L);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5L);

    /// <summary>The process's own console.</summary>
    public static RunOutput OfConsole()
    {
        bool terminal = !System.Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        return new RunOutput(terminal ? AnsiConsole.Console : null, System.Console.Out, System.Console.Error);
    }

    /// <summary>Shows how far a run has come until it has ended.</summary>
    /// <param name="run">The run.</param>
    /// <param name="statistics">Its figures.</param>
    /// <param name="total">Messages in all.</param>
    /// <param name="time">Real time.</param>
    public async Task FollowAsync(Task run, RunStatistics statistics, long total, TimeProvider time)
    {
        if (Console is null)
        {
            await TickAsync(run, LineInterval, time, () => Out.WriteLine(Line(statistics, total)));
            return;
        }

        await Console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask("publishing", maxValue: Math.Max(1, total));
                void Show()
                {
                    task.Value = statistics.Published + statistics.Lost;
                    task.Description = Markup.Escape(Line(statistics, total));
                }

                await TickAsync(run, BarInterval, time, Show);
                Show();
            });
    }

    private static async Task TickAsync(Task run, TimeSpan interval, TimeProvider time, Action show)
    {
        using PeriodicTimer timer = new(interval, time);
        while (true)
        {
            Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(run, tick) == run)
            {
                break;
            }

            show();
        }

        await run;
    }

    private static string Line(RunStatistics statistics, long total) => FormattableString.Invariant(
        $"published {statistics.Published} of {total}, acknowledged {statistics.Acknowledged}, refused {statistics.Refused}, lost {statistics.Lost}");
}
