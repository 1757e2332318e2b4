using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Gateway.Tests.Support;

/// <summary>A mosquitto_sub that runs beside the test: its messages one by one, and kill -9.</summary>
public sealed class MosquittoSubscriber : IAsyncDisposable
{
    private const string Mark = "message ";
    private const string Subscribed = "Subscribed (mid: ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Channel<MosquittoMessage> _messages = Channel.CreateUnbounded<MosquittoMessage>();
    private readonly TaskCompletionSource<string> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    private MosquittoSubscriber(int port, string version, string[] arguments)
    {
        // Line buffered, or what it says about its subscription waits in its buffer for the first message.
        string[] all = ["-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", $"{port}", "-V", version, "-d", "-F", $"{Mark}%r %q %t %p", .. arguments];
        _process = new Process { StartInfo = new ProcessStartInfo("stdbuf", all) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
    }

    /// <summary>What the SUBACK granted, as mosquitto_sub prints it: QoS values or reason codes.</summary>
    public string Granted => _subscribed.Task.Result;

    /// <summary>Starts one and waits until its subscription is answered.</summary>
    /// <param name="port">The gateway's MQTT port.</param>
    /// <param name="version">311 or 5.</param>
    /// <param name="arguments">Client id, topics, QoS, will.</param>
    public static async Task<MosquittoSubscriber> StartAsync(int port, string version, params string[] arguments)
    {
        MosquittoSubscriber subscriber = new(port, version, arguments);
        subscriber._process.Start();
        subscriber._process.BeginOutputReadLine();
        subscriber._process.BeginErrorReadLine();
        try
        {
            await subscriber._subscribed.Task.WaitAsync(Limit);
            return subscriber;
        }
        catch (TimeoutException)
        {
            await subscriber.DisposeAsync();
            throw new InvalidOperationException($"mosquitto_sub did not subscribe\n{subscriber.Output}");
        }
    }

    /// <summary>The next message.</summary>
    public async Task<MosquittoMessage> NextAsync()
    {
        using CancellationTokenSource deadline = new(Limit);
        try
        {
            return await _messages.Reader.ReadAsync(deadline.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"no message came\n{Output}", e);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private void Take(string? line)
    {
        Note(line);
        if (line is null)
        {
            _messages.Writer.TryComplete();
        }
        else if (line.StartsWith(Subscribed, StringComparison.Ordinal))
        {
            _subscribed.TrySetResult(line[(line.IndexOf(':', Subscribed.Length) + 2)..]);
        }
        else if (line.StartsWith(Mark, StringComparison.Ordinal))
        {
            string[] parts = line[Mark.Length..].Split(' ', 4);
            _messages.Writer.TryWrite(new MosquittoMessage(parts[2], int.Parse(parts[1]), parts[0] == "1", parts[3]));
        }
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
