using System.Globalization;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>The smoke recording: 62,630 readings at 1 Hz, replayed over MQTT and read back bit for bit.</summary>
public sealed class SmokeRecordingTests
{
    private static readonly string[] Metrics = ["temperature", "humidity", "eco2", "alarm"];

    [RecordingFact]
    public async Task Recording_replays_without_a_fault_and_its_series_come_back_exactly()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        ProgramRun replay = await ProgramRun.ToEndAsync(
            "dotnet",
            [RepositoryFolder.GatewayDll, "simulate", "--port", $"{gateway.MqttPort}", "--scenario", "replay", SharedData.Smoke, "--device", "SMK-000001", "--rate", "20000"],
            limit: TimeSpan.FromMinutes(4));
        Assert.True(replay.ExitCode == 0, replay.Output + replay.Errors);
        string[][] rows = [.. File.ReadLines(SharedData.Smoke).Skip(1).Select(l => l.Split(','))];
        LedgerView ledger = await LedgerView.SettledAsync(gateway.Http, rows.Length);
        Assert.Equal(rows.Length, ledger.Stored);

        for (int column = 0; column < Metrics.Length; column++)
        {
            string csv = await gateway.Http.GetStringAsync($"/api/v1/series/export?device=SMK-000001&metric={Metrics[column]}&from=0&format=csv");
            string[] lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            int value = Array.IndexOf(lines[0].Trim().Split(','), "value");
            double[] exported = [.. lines.Skip(1).Select(l => double.Parse(l.Trim().Split(',')[value], CultureInfo.InvariantCulture))];
            Assert.Equal(rows.Select(r => double.Parse(r[column + 1], CultureInfo.InvariantCulture)), exported);
        }
    }
}
