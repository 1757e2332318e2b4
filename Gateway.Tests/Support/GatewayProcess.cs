using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Support;

/// <summary>
/// The built gateway as a process of its own, on free ports, with a temporary data directory: what a test kills, stops and starts again.
/// </summary>
public sealed partial class GatewayProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int NoSuchProcess = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly GatewayProcessSettings _settings;
    private readonly TemporaryFolder? _ownData;
    private readonly StringBuilder _errors = new();
    private Process? _process;

    private GatewayProcess(GatewayProcessSettings settings)
    {
        _settings = settings;
        _ownData = settings.Data is null ? new TemporaryFolder() : null;
        Data = settings.Data ?? _ownData!.File("data");
    }

    /// <summary>The data directory, the same after a restart.</summary>
    public string Data { get; }

    /// <summary>Port of the MQTT listener; another one after a restart; -1 when there is none.</summary>
    public int MqttPort { get; private set; }

    /// <summary>Port of the HTTP listener; another one after a restart; -1 when there is none.</summary>
    public int HttpPort { get; private set; }

    /// <summary>Port of the listener for MQTT over TLS; -1 when there is none.</summary>
    public int MqttTlsPort { get; private set; }

    /// <summary>Port of the HTTPS listener; -1 when there is none.</summary>
    public int HttpTlsPort { get; private set; }

    /// <summary>A client with the base address of the gateway; a new one after a restart.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>Process id.</summary>
    public int Id => _process!.Id;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Standard error so far, of every start.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts a gateway and waits for its ready line.</summary>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the message has its standard error.</exception>
    public static async Task<GatewayProcess> StartAsync(GatewayProcessSettings? settings = null)
    {
        GatewayProcess gateway = new(settings ?? new GatewayProcessSettings());
        try
        {
            await gateway.StartAgainAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on the same data, after <see cref="KillAsync"/> or <see cref="StopAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the message has its standard error.</exception>
    public async Task StartAgainAsync()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("the gateway still runs");
        }

        TaskCompletionSource<Match> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process?.Dispose();
        _process = new Process { StartInfo = StartInfo() };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && ReadyLine().Match(text) is { Success: true } match)
            {
                ready.TrySetResult(match);
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        Task ended = _process.WaitForExitAsync();
        Task first = await Task.WhenAny(ready.Task, ended, Task.Delay(StartLimit));
        if (first != ready.Task)
        {
            throw new InvalidOperationException($"the gateway {(first == ended ? $"ended with {_process.ExitCode}" : "was not ready in time")}\n{Errors}");
        }

        Match found = await ready.Task;
        (MqttPort, HttpPort, MqttTlsPort, HttpTlsPort) = (Port(1), Port(2), Port(3), Port(4));
        Http.Dispose();
        Http = new HttpClient { BaseAddress = HttpPort < 0 ? null : new Uri($"http://{IPAddress.Loopback}:{HttpPort}"), Timeout = TimeSpan.FromSeconds(30) };

        int Port(int group) => found.Groups[group].Success ? int.Parse(found.Groups[group].Value) : -1;
    }

    /// <summary>
    /// Waits until everything the log holds has been processed and committed: what was acknowledged before can be asked for after.
    /// </summary>
    /// <exception cref="InvalidOperationException">It did not catch up in time, or something else is not ready; the message says what.</exception>
    public async Task CatchUpAsync()
    {
        using PeriodicTimer timer = new(LookInterval);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage answer = await Http.GetAsync("/readyz");
            string text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode && text.Contains("\"lagRecords\":0,", StringComparison.Ordinal))
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(began) > CatchUpLimit)
            {
                throw new InvalidOperationException($"the gateway did not catch up in time: {text}\n{Errors}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>kill -9, and waits until it is gone. A wrapper goes with it.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await EndAsync();
    }

    /// <summary>SIGTERM: drains; returns the exit code, also of one that has just ended by itself. With a wrapper the signal goes to the wrapper.</summary>
    public async Task<int> StopAsync()
    {
        if (Kill(_process!.Id, SigTerm) != 0 && Marshal.GetLastPInvokeError() is not NoSuchProcess and var error)
        {
            throw new InvalidOperationException($"SIGTERM was not taken: errno {error}");
        }

        return await EndedAsync();
    }

    /// <summary>Waits until it has ended, by itself or by what was done to it; returns the exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await EndAsync();
        return _process!.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        Http.Dispose();
        _process?.Dispose();
        _ownData?.Dispose();
        Assert.DoesNotContain("was not foreseen", Errors, StringComparison.Ordinal); // whatever a test was about: a worker that had to begin again is a bug
    }

    private async Task EndAsync()
    {
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            _process!.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"the gateway did not end in time and was killed\n{Errors}");
        }
    }

    private ProcessStartInfo StartInfo()
    {
        string dll = RepositoryFolder.GatewayDll;
        if (!File.Exists(dll))
        {
            throw new InvalidOperationException($"{RepositoryFolder.Relative(dll)} is not built");
        }

        string[] command =
        [
            .. _settings.Wrapper,
            "dotnet", dll, "serve", "--data", Data, "--mqtt-port", $"{_settings.PlaintextPort}", "--http-port", $"{_settings.PlaintextPort}",
            .. _settings.Arguments,
        ];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(dll)!,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = _settings.Environment;
        start.Environment["Gateway__Rehearsal"] = _settings.Wrapper.Count == 0 ? "true" : "false"; // whoever traces calls counts those of the gateway's work
        foreach ((string name, string value) in _settings.Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    [GeneratedRegex(@"^gateway ready mqtt=(?:\S+:(\d+)|off) http=(?:\S+:(\d+)|off)(?: mqtts=\S+:(\d+))?(?: https=\S+:(\d+))?$")]
    private static partial Regex ReadyLine();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
