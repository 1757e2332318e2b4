using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>Names made to look like paths, format strings, markup and log lines: they stay names.</summary>
[Collection(HostileSuite.Name)]
public sealed partial class NameAttackTests(NarrowHostileGateway gateway) : HostileTests(gateway), IClassFixture<NarrowHostileGateway>
{
    private const string Mark = "hostile-mark";

    private static readonly string[] Names =
    [
        $"../../{Mark}", $"..\\..\\{Mark}", $"/tmp/{Mark}", $"~{Mark}", $"{Mark}.dll", $"{Mark}%00.json", $"C:\\{Mark}", $"{{0}}{{1:x9999}}{Mark}", $"%n%s%x{Mark}",
        $"${{jndi:ldap://{Mark}}}", $"<script>alert('{Mark}')</script>", $"\"><img src=x onerror={Mark}>", $"'; DROP TABLE cases; --{Mark}",
        $"{Mark}\n2026-01-01T00:00:00.000 fail: Gateway[1] forged", $"{Mark}\r\nSet-Cookie: a=b", $"{Mark}\u001b[2J\u001b[31mred", $"{Mark}\u0007\u0008\u007f",
        $"{Mark}\u2028forged\u2029", $"{Mark}\u202Egnp.exe", $"{Mark}\u200B", $"{Mark}\U000E0041", new string('n', 240) + "😀😀😀😀😀😀😀😀😀",
    ];

    [Fact]
    public Task Names_reach_no_line_of_the_log_as_they_are() => AttackAsync(async round =>
    {
        int before = Gateway.Process.Errors.Length;
        foreach (string name in Names.Where(n => n.Length < 100))
        {
            FloodClient client = await FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = $"{round}{name}" }.ToPacket(V5));
            await client.RequestAsync(Packets.PingReq);
            client.Cut();
        }

        string log = await Eventually.BecomesAsync(
            async () =>
            {
                await Gateway.MetricAsync("gateway_mqtt_connections");
                return Gateway.Process.Errors[before..];
            },
            text => text.Split('\n').Count(l => l.Contains("mqtt: connection of", StringComparison.Ordinal)) >= Names.Length - 1,
            "each broken connection has its line");
        foreach (string line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Matches(LogLine(), line);
            Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202E' or '\u200B');
        }
    });

    [Fact]
    public Task Names_are_no_paths_and_no_markup() => AttackAsync(async round =>
    {
        using Peer publisher = await ConnectAsync(new ConnectOptions { ClientId = $"{round}{Names[0]}" });
        foreach (string name in Names)
        {
            string device = name.Replace("/", "", StringComparison.Ordinal);
            await publisher.PublishAsync($"city/v1/flood/{device}/telemetry", "{\"water_level\":1}", 1);
            await publisher.PublishAsync($"hostile/{name}", $"<b>{name}</b>", 1, retain: true);
            await publisher.PublishAsync($"hostile/{name}", "", 1, retain: true);
        }

        await Gateway.Process.CatchUpAsync();
        using HttpResponseMessage answer = await Gateway.Process.Http.GetAsync("/api/v1/quarantine?limit=200");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        HashSet<string> devices = [];
        Collect(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement, devices);
        foreach (string name in Names.Where(n => n.Length < 100))
        {
            Assert.Contains(name.Replace("/", "", StringComparison.Ordinal), devices);
        }

        foreach (string path in (string[])["/api/v1/ledger", "/api/v1/devices", "/metrics", "/readyz"])
        {
            Assert.DoesNotContain(Mark, await Gateway.Process.Http.GetStringAsync(path), StringComparison.Ordinal);
        }

        string around = Path.GetDirectoryName(Gateway.Process.Data)!;
        Assert.Empty(Directory.EnumerateFileSystemEntries(around, $"*{Mark}*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFileSystemEntries("/tmp", $"*{Mark}*"));
    });

    private static void Collect(JsonElement element, HashSet<string> texts)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            texts.Add(element.GetString()!);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Collect(item, texts);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                Collect(member.Value, texts);
            }
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} (trce|dbug|info|warn|fail|crit): (Gateway|Microsoft)[\w.]*\[\d+\] ")]
    private static partial Regex LogLine();
}
