using System.Text;
using Gateway.Tests.Support;

namespace Gateway.Tests.Repository;

/// <summary>
/// Runs the blocks of one document as a reader would, one after the other in one shell, against a gateway of its own. The text has the
/// default ports; here they are those of the gateway.
/// </summary>
internal static class DocumentRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs a document; returns what each block wrote to standard output.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(MarkdownFile document)
    {
        // The city is a copy, because blocks show how to edit it; the folder looks like the root of the tree as far as they name it.
        using TemporaryFolder folder = new();
        CopyCity(folder.File("Gateway.Host/city"));
        using CertificateAuthority authority = new(folder.Path, "city");
        File.Move(authority.File, folder.File("city-ca.pem"));
        IssuedCertificate certificate = authority.Server("gateway");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings
        {
            Arguments = ["--city", folder.File("Gateway.Host/city")],
            Variables = new Dictionary<string, string>
            {
                ["Gateway__Mqtt__Tls__Port"] = "0",
                ["Gateway__Mqtt__Tls__CertificateFile"] = certificate.CertificateFile,
                ["Gateway__Mqtt__Tls__KeyFile"] = certificate.KeyFile,
            },
        });
        IReadOnlyList<RunnableBlock> blocks = document.RunnableBlocks();
        ProgramRun run = await ProgramRun.ToEndAsync("bash", [], Script(document, blocks, gateway), folder.Path, Limit);
        Assert.True(run.ExitCode == 0, $"{document.Name} failed with {run.ExitCode} after these lines:\n{run.Errors}\n{run.Output}");
        return run.Output.Split(Marker)[1..];
    }

    private const string Marker = "\u0001";

    private static string Script(MarkdownFile document, IReadOnlyList<RunnableBlock> blocks, GatewayProcess gateway)
    {
        // Before each block the pipeline catches up: a reader is slower than it, a script is not.
        StringBuilder script = new($$"""
            set -euo pipefail
            export Gateway__Data='{{gateway.Data}}'
            mosquitto_pub() { command mosquitto_pub -p {{gateway.MqttPort}} "$@"; }
            mosquitto_sub() { command mosquitto_sub -p {{gateway.MqttPort}} "$@"; }
            dotnet() { [ "$1 $2 $3 $4 $5 $6" = "run -c Release --project Gateway.Host --" ]; shift 6; command dotnet '{{RepositoryFolder.GatewayDll}}' "$@"; }
            settle() { for i in $(seq 300); do curl -s http://127.0.0.1:{{gateway.HttpPort}}/readyz | grep -q '"lagRecords":0,' && return; sleep 0.1; done; return 1; }

            """);
        foreach (RunnableBlock block in blocks)
        {
            script.Append($"settle; printf '\\001'; echo '{document.Name}:{block.Line}' >&2\n");
            script.Append(block.Text
                .Replace("127.0.0.1:8080", $"127.0.0.1:{gateway.HttpPort}", StringComparison.Ordinal)
                .Replace("-p 8883", $"-p {gateway.MqttTlsPort}", StringComparison.Ordinal)).Append('\n');
        }

        return script.ToString();
    }

    private static void CopyCity(string target)
    {
        string source = RepositoryFolder.PathOf("Gateway.Host/city");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
