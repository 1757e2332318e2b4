using Gateway.Protocols.Readings;

namespace Gateway.Host.Workers;

/// <summary>
/// Keeps a worker at its work. What it foresees it deals with itself; what nobody foresaw ends one run of it, and never the gateway, which
/// takes messages and files cases without it: it is told with its trace, counted, shown by readiness for as long as it may come back, and the
/// worker begins again where it stood, after a wait that grows. Safe for threads.
/// </summary>
/// <param name="name">What people call it: a label of a metric, so from a fixed list or the gateway's own configuration.</param>
/// <param name="run">Its work, until it is told to stop; begins anew each time.</param>
/// <param name="time">For waits.</param>
/// <param name="logger">Hears of failures.</param>
/// <param name="isVital">Whether messages are taken and cases filed only with it; without any other the gateway is ready all the same.</param>
internal sealed partial class WorkerRun(string name, Func<CancellationToken, Task> run, TimeProvider time, ILogger logger, bool isVital = false)
{
    /// <summary>Wait after a failure.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait; who has run for as long is taken for well.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private Failure? _last;
    private long _failures;

    /// <summary>What people call it.</summary>
    public string Name => name;

    /// <summary>Whether messages are taken and cases filed only with it.</summary>
    public bool IsVital => isVital;

    /// <summary>Runs since start that ended in a way nobody foresaw.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>What went wrong, for people; null where nothing did, or where it has run well since.</summary>
    public string? Problem => Volatile.Read(ref _last) is { } last && !(last.BeganAgain is { } again && time.GetElapsedTime(again) >= LongestWait)
        ? $"{name} failed at {last.At} ({Failures} times since the start) and begins again by itself: {last.Message}; see the gateway's log"
        : null;

    /// <summary>How all of them are, for readiness: begins with <c>ok</c> unless one that is vital has failed.</summary>
    public static string Readiness(IEnumerable<WorkerRun> runs)
    {
        WorkerRun[] failed = [.. runs.Where(r => r.Problem is not null)];
        string problems = string.Join("; ", failed.Select(r => r.Problem));
        return failed.Length == 0 ? "ok" : Array.Exists(failed, r => r.IsVital) ? problems : $"ok: the gateway works on without what failed: {problems}";
    }

    /// <summary>Runs until it is told to stop, or there is nothing more to do.</summary>
    /// <exception cref="OutOfMemoryException">There is none left, for nobody: the gateway ends, and resumes from its log.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan wait = FirstWait;
        while (!stop.IsCancellationRequested)
        {
            long began = time.GetTimestamp();
            try
            {
                await run(stop).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                wait = time.GetElapsedTime(began) >= LongestWait ? FirstWait : wait;
                Interlocked.Increment(ref _failures);
                Volatile.Write(ref _last, new Failure(EventTime.From(time.GetUtcNow()), $"{e.GetType().Name}: {e.Message}", null));
                LogFailed(logger, e, name, (long)wait.TotalSeconds);
            }

            await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            Volatile.Write(ref _last, _last! with { BeganAgain = time.GetTimestamp() });
        }
    }

    [LoggerMessage(EventId = 1108, Level = LogLevel.Critical, Message = "{Worker} failed in a way that was not foreseen. The gateway goes on without it, and it begins again in {Seconds} s; please report this")]
    private static partial void LogFailed(ILogger logger, Exception exception, string worker, long seconds);

    private sealed record Failure(EventTime At, string Message, long? BeganAgain);
}
