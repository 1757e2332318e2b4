using System.Collections.Concurrent;
using System.Diagnostics;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>A server under test as a process of its own. Its output is read all the time, and told when something goes wrong.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int LinesKept = 20;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Func<string, bool> _isReady;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopped;

    private ServerProcess(string name, Process process, Func<string, bool> isReady)
    {
        _process = process;
        _isReady = isReady;
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _ready.TrySetException(new MeasurementException($"{name} ended before it was ready:\n{Tail()}"));
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a server; <see cref="WhenReady"/> waits for the line that <paramref name="isReady"/> knows.</summary>
    /// <exception cref="MeasurementException">There is no such program.</exception>
    public static ServerProcess Start(string name, ProcessStartInfo start, Func<string, bool> isReady)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        Process process = new() { StartInfo = start };
        ServerProcess server = new(name, process, isReady);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            process.Dispose();
            throw new MeasurementException($"{name} cannot be started ({start.FileName}): {e.Message}");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="MeasurementException">It failed; with what it said.</exception>
    public static async Task RunAsync(string name, ProcessStartInfo start, CancellationToken cancellation)
    {
        ServerProcess run = Start(name, start, _ => false);
        _ = run._ready.Task.Exception; // an early end is what is wanted here
        await run._process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        run._stopped = true;
        int exit = run._process.ExitCode;
        await run.DisposeAsync().ConfigureAwait(false);
        if (exit != 0)
        {
            throw new MeasurementException($"{name} failed with exit code {exit}:\n{run.Tail()}");
        }
    }

    /// <summary>The line that says it is ready.</summary>
    public Task<string> WhenReady(TimeSpan limit, CancellationToken cancellation) => _ready.Task.WaitAsync(limit, cancellation);

    /// <summary>Asks it to end and waits; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        _stopped = true;
        if (!_process.HasExited)
        {
            LinuxCalls.Terminate(_process.Id);
            using CancellationTokenSource limit = new(StopLimit);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }

        return _process.ExitCode;
    }

    /// <summary>What it said last.</summary>
    public string Tail() => string.Join('\n', _lines);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_stopped && !_process.HasExited)
        {
            // Only when a measurement broke off: nothing of the server's is wanted any more.
            _process.Kill();
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
        {
            _lines.TryDequeue(out _);
        }

        if (_isReady(line))
        {
            _ready.TrySetResult(line);
        }
    }
}
