using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.Support;

/// <summary>Debian's prometheus-alertmanager on a free port, with a folder of its own and nobody to tell.</summary>
public sealed class AlertmanagerProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _errors = new();
    private readonly HttpClient _http = new();
    private Process? _process;

    private AlertmanagerProcess()
    {
    }

    /// <summary>Where it takes alerts.</summary>
    public string AlertsUrl => $"http://127.0.0.1:{Port}/api/v2/alerts";

    private int Port { get; set; }

    /// <summary>Starts one and waits until it is ready.</summary>
    public static async Task<AlertmanagerProcess> StartAsync()
    {
        AlertmanagerProcess one = new();
        File.WriteAllText(one._folder.File("alertmanager.yml"), "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
        using (TcpListener free = new(System.Net.IPAddress.Loopback, 0))
        {
            free.Start();
            one.Port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        }

        await one.ComeAsync();
        return one;
    }

    /// <summary>Starts it again with nothing in memory; it keeps no alerts on disk.</summary>
    public async Task ComeAsync()
    {
        string[] arguments =
        [
            $"--config.file={_folder.File("alertmanager.yml")}", $"--storage.path={_folder.File("data")}", $"--web.listen-address=127.0.0.1:{Port}", "--cluster.listen-address=",
        ];
        _process = new Process { StartInfo = new ProcessStartInfo("prometheus-alertmanager", arguments) { RedirectStandardError = true, RedirectStandardOutput = true } };
        _process.OutputDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.BecomesAsync(
            async () =>
            {
                try
                {
                    using HttpResponseMessage answer = await _http.GetAsync($"http://127.0.0.1:{Port}/-/ready");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return _process.HasExited ? throw new InvalidOperationException(_errors.ToString()) : false;
                }
            },
            ready => ready,
            "the Alertmanager is ready");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The alerts it shows as firing.</summary>
    public async Task<JsonElement[]> AlertsAsync() => await _http.GetFromJsonAsync<JsonElement[]>(AlertsUrl) ?? [];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _http.Dispose();
        _folder.Dispose();
    }
}
