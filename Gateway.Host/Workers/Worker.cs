namespace Gateway.Host.Workers;

/// <summary>What works beside intake and pipeline.</summary>
internal interface IWorker
{
    /// <summary>Its runs: one, but where it works for several who must not wait for each other.</summary>
    IReadOnlyList<WorkerRun> Runs { get; }
}

/// <summary>A worker with one run.</summary>
internal abstract class Worker : BackgroundService, IWorker
{
    private readonly WorkerRun _run;

    /// <summary>Prepares it.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="time">For waits.</param>
    /// <param name="logger">Hears of failures.</param>
    /// <param name="isVital">See <see cref="WorkerRun.IsVital"/>.</param>
    protected Worker(string name, TimeProvider time, ILogger logger, bool isVital = false)
    {
        Time = time;
        Logger = logger;
        _run = new WorkerRun(name, RunAsync, time, logger, isVital);
        Runs = [_run];
    }

    /// <inheritdoc />
    public IReadOnlyList<WorkerRun> Runs { get; }

    /// <summary>For waits.</summary>
    protected TimeProvider Time { get; }

    /// <summary>Hears of failures.</summary>
    protected ILogger Logger { get; }

    /// <summary>Works until it is told to stop; after a failure from the beginning, with what it has noted in fields.</summary>
    protected abstract Task RunAsync(CancellationToken stop);

    /// <inheritdoc />
    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) => _run.RunAsync(stoppingToken);
}
