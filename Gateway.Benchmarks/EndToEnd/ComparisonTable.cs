using System.Globalization;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>The figures of a shape as a Markdown table: medians of the runs, and what one server's are of the other's.</summary>
internal static class ComparisonTable
{
    private static readonly (string Title, string Format, Func<RunFigures, double> Value)[] Columns =
    [
        ("msg/s", "N0", f => f.MessagesPerSecond),
        ("CPU us/msg to PUBACK", "F2", f => f.CpuMicrosecondsToPubAck),
        ("CPU us/msg caught up", "F2", f => f.CpuMicrosecondsCaughtUp),
        ("msg/s caught up", "N0", f => f.MessagesPerSecondCaughtUp),
        ("PUBACK p50 ms", "F2", f => f.PubAckMedianMilliseconds),
        ("PUBACK p99 ms", "F2", f => f.PubAckP99Milliseconds),
        ("RSS MiB", "F0", f => f.ResidentBytes / (1024.0 * 1024.0)),
        ("generator us/msg", "F2", f => f.GeneratorMicroseconds),
    ];

    /// <summary>Writes heading, table, and what the gateway's own counters add.</summary>
    public static void Write(TextWriter output, LoadShape shape, int messages, EndToEndOptions options, IReadOnlyList<(ServerUnderTest Server, IReadOnlyList<RunFigures> Runs)> rows)
    {
        string rate = shape.RatePerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $", {shape.RatePerSecond} messages/s") : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n### {shape.Name}: {shape.Connections} connections, window {shape.Window}{rate}; {messages} messages a run, medians of {options.Repetitions} after one warm-up, MQTT {(options.Protocol == 5 ? "5.0" : "3.1.1")}, QoS 1\n"));
        output.WriteLine("| server | PUBACK means | " + string.Join(" | ", Columns.Select(c => c.Title)) + " |");
        output.WriteLine("|---|---|" + string.Concat(Columns.Select(_ => "---|")));
        foreach ((ServerUnderTest server, IReadOnlyList<RunFigures> runs) in rows)
        {
            output.WriteLine($"| {server.Name} | {server.PubAckMeans} | " + string.Join(" | ", Columns.Select(c => Cell(runs, c.Value, c.Format))) + " |");
        }

        if (rows is [var first, var second])
        {
            output.WriteLine($"| {first.Server.Name} / {second.Server.Name} | | " + string.Join(" | ", Columns.Select(c => Text(Median(first.Runs, c.Value) / Median(second.Runs, c.Value), "F2"))) + " |");
        }

        IReadOnlyList<RunFigures> gateway = rows[0].Runs;
        double perMillion = 1e6 / messages;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\ngateway: {Median(gateway, f => (double)messages / f.Counters.Commits):F1} messages a commit; {Median(gateway, f => f.Counters.Gen0Collections * perMillion):F1} gen0 collections a million messages; {Median(gateway, f => (double)f.Counters.AllocatedBytes / messages):F0} bytes allocated a message; CPU caught up from {gateway.Min(f => f.CpuMicrosecondsCaughtUp):F2} to {gateway.Max(f => f.CpuMicrosecondsCaughtUp):F2} us/msg over the runs"));
    }

    private static string Cell(IReadOnlyList<RunFigures> runs, Func<RunFigures, double> value, string format) => Text(Median(runs, value), format);

    private static string Text(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static double Median(IReadOnlyList<RunFigures> runs, Func<RunFigures, double> value)
    {
        double[] sorted = [.. runs.Select(value).Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
