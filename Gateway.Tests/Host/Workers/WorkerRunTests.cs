using System.Threading.Channels;
using Gateway.Host.Workers;
using Gateway.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace Gateway.Tests.Host.Workers;

/// <summary>What nobody foresaw in a worker ends neither it nor the gateway.</summary>
public sealed class WorkerRunTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly RecordedLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<TaskCompletionSource> _begun = Channel.CreateUnbounded<TaskCompletionSource>();

    [Fact]
    public async Task Failed_worker_begins_again_after_waits_that_grow_to_five_minutes_and_is_told_each_time()
    {
        WorkerRun run = new("evidence", WorkAsync, _time, _log);
        Task running = run.RunAsync(_stop.Token);
        foreach (int seconds in new[] { 5, 10, 20, 40, 80, 160, 300, 300 })
        {
            (await BegunAsync()).SetException(new ArgumentNullException("rule"));
            Assert.Equal(seconds, (await _time.WaitedForAsync(_ => true)).TotalSeconds);
            Assert.Contains($"Critical 1108 evidence failed in a way that was not foreseen. The gateway goes on without it, and it begins again in {seconds} s", _log.Lines.Last(), StringComparison.Ordinal);
            _time.Pass(TimeSpan.FromSeconds(seconds));
        }

        await BegunAsync();
        Assert.Equal(8, run.Failures);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Failure_is_shown_until_it_has_run_well_for_as_long_as_the_longest_wait_and_the_next_one_waits_short_again()
    {
        WorkerRun run = new("city", WorkAsync, _time, _log);
        Task running = run.RunAsync(_stop.Token);
        Assert.Null(run.Problem);
        (await BegunAsync()).SetException(new InvalidOperationException("no such area"));
        await _time.WaitedForAsync(_ => true);
        Assert.Equal("city failed at 2026-01-27T09:00:00.000Z (1 times since the start) and begins again by itself: InvalidOperationException: no such area; see the gateway's log", run.Problem);
        _time.Pass(WorkerRun.FirstWait);
        TaskCompletionSource second = await BegunAsync();
        _time.Pass(WorkerRun.LongestWait - TimeSpan.FromSeconds(1));
        Assert.NotNull(run.Problem);
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(run.Problem);

        second.SetException(new InvalidOperationException("no such area"));
        Assert.Equal(WorkerRun.FirstWait, await _time.WaitedForAsync(_ => true));
        Assert.NotNull(run.Problem);
        await _stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData(false, "ok: the gateway works on without what failed: webhooks failed at")]
    [InlineData(true, "ticks failed at")]
    public async Task Only_what_is_vital_makes_the_gateway_unready(bool isVital, string says)
    {
        WorkerRun run = new(isVital ? "ticks" : "webhooks", WorkAsync, _time, _log, isVital), well = new("city", WorkAsync, _time, _log);
        Task running = run.RunAsync(_stop.Token);
        TaskCompletionSource work = await BegunAsync();
        Assert.Equal("ok", WorkerRun.Readiness([run, well]));
        work.SetException(new InvalidOperationException("broken"));
        await _time.WaitedForAsync(_ => true);
        Assert.StartsWith(says, WorkerRun.Readiness([well, run]), StringComparison.Ordinal);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Gateway_that_stops_waits_for_no_worker_that_waits()
    {
        WorkerRun run = new("evidence", WorkAsync, _time, _log);
        Task running = run.RunAsync(_stop.Token);
        (await BegunAsync()).SetException(new InvalidOperationException());
        await _time.WaitedForAsync(_ => true);
        await _stop.CancelAsync();
        await running;
        Assert.Equal(1, run.Failures);
    }

    [Fact]
    public async Task Memory_that_is_gone_is_gone_for_all()
    {
        WorkerRun run = new("evidence", _ => throw new OutOfMemoryException(), _time, _log);
        await Assert.ThrowsAsync<OutOfMemoryException>(() => run.RunAsync(_stop.Token));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Every_background_service_is_kept_at_its_work() =>
        Assert.Equal(["Rehearsal"], typeof(WorkerRun).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(IHostedService)) && !t.IsAbstract && !t.IsAssignableTo(typeof(IWorker))).Select(t => t.Name)); // catches all by itself

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Dispose();
        _log.Dispose();
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _begun.Writer.WriteAsync(end, stop);
        await end.Task.WaitAsync(stop);
    }

    private async Task<TaskCompletionSource> BegunAsync() => await _begun.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
