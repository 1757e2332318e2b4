using System.Globalization;
using System.Text;
using Gateway.Host.Cases;
using Gateway.Host.Composition;
using Gateway.Host.Notifications;
using Gateway.Host.Pipeline;
using Gateway.Host.Series;
using Gateway.Host.Workers;

namespace Gateway.Host.Api;

/// <summary>The gateway's figures in the Prometheus text format, version 0.0.4. Labels come from fixed lists, never from devices.</summary>
internal static class PrometheusMetrics
{
    /// <summary>Content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All figures as they stand.</summary>
    public static string Render(GatewayRuntime gateway, IEnumerable<WorkerRun> workers)
    {
        StringBuilder text = new(8 * 1024);
        Messages(text, gateway.Ledger);
        Counter(text, "gateway_payload_unknown_fields_total", "Payload members no profile names.", gateway.Pipeline.UnknownFields);
        Counter(text, "gateway_log_commits_total", "Commits, one fsync each.", gateway.Log.Counters.Commits);
        Counter(text, "gateway_log_records_total", "Durable records.", gateway.Log.Counters.Records);
        Counter(text, "gateway_log_bytes_total", "Durable bytes.", gateway.Log.Counters.Bytes);
        Counter(text, "gateway_log_commit_failures_total", "Commits the disk refused.", gateway.Log.Counters.Failures);
        Counter(text, "gateway_log_damaged_regions_total", "Damaged regions of the log met by the pipeline.", gateway.Pipeline.DamagedRegions);
        Gauge(text, "gateway_log_end_offset", "Offset behind the last durable record.", gateway.Log.CommittedEndOffset);
        Gauge(text, "gateway_log_backlog_bytes", "Bytes of the log that the pipeline has not worked off, in whole segments.", gateway.Quota.BacklogBytes);
        Gauge(text, "gateway_log_disk_free_bytes", "Free bytes of the disk the log is on.", gateway.Quota.FreeBytes);
        Gauge(text, "gateway_log_pressure", "0 all messages are taken, 1 those of life-safety kinds alone, 2 none.", (int)gateway.Quota.Pressure);
        Gauge(text, "gateway_pipeline_offset", "Offset behind the last processed record.", gateway.Pipeline.ProcessedOffset);
        Gauge(text, "gateway_pipeline_checkpoint_offset", "Offset of the last checkpoint.", gateway.Pipeline.CheckpointOffset);
        Gauge(text, "gateway_pipeline_healthy", "1 while the pipeline works.", gateway.Pipeline.IsHealthy ? 1 : 0);
        Gauge(text, "gateway_clock_ahead_milliseconds", "How far the gateway's clock is ahead of the system's; negative for behind.", (long)gateway.Clock.Ahead.TotalMilliseconds);
        Gauge(text, "gateway_alerts", "Pending and firing alerts.", gateway.Pipeline.Alerts.Length);
        Counter(text, "gateway_alert_transitions_total", "Changes of alerts since start: began, fired, was dropped, resolved, withdrawn, released by the end of a cover.", gateway.Pipeline.Transitions);
        CaseStoreHealth cases = gateway.Cases.Health();
        Gauge(text, "gateway_case_events", "Sequence of the latest case event.", cases.LastSequence);
        Gauge(text, "gateway_case_store_bytes", "Size of the case store.", cases.SizeBytes);
        SeriesStoreStatus series = gateway.Series.Status;
        Gauge(text, "gateway_series_head_bytes", "Samples in memory, bytes.", series.HeadBytes);
        MqttMetrics.Write(text, gateway);
        AccessMetrics.Write(text, gateway);
        Gauge(text, "gateway_case_topic_sequence", "Sequence of the last case event that is done with for the MQTT topics.", gateway.Outbox.Topics.Cursor);
        Counter(text, "gateway_case_topic_messages_total", "Case events published on MQTT topics since start.", gateway.Outbox.Topics.Published);
        WebhookMetrics.Write(text, gateway.Outbox, gateway.Clock.Now);
        Counter(text, "gateway_city_readings_total", "Times the city folder was read since start because it had been touched.", gateway.City.Readings);
        Counter(text, "gateway_city_reloads_total", "City snapshots taken since start.", gateway.City.Reloads);
        Counter(text, "gateway_city_refusals_total", "City edits refused since start.", gateway.City.Refusals);
        Gauge(text, "gateway_city_folder_valid", "1 while the city folder as it stands is the snapshot at work.", gateway.City.IsFolderInEffect ? 1 : 0);
        Workers(text, workers);
        Gauge(text, "process_resident_memory_bytes", "Resident memory.", Environment.WorkingSet);
        Counter(text, "gateway_gc_gen0_collections_total", "Generation 0 collections.", GC.CollectionCount(0));
        Counter(text, "gateway_gc_allocated_bytes_total", "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes());
        return text.ToString();
    }

    private static void Workers(StringBuilder text, IEnumerable<WorkerRun> workers)
    {
        Head(text, "gateway_worker_failures_total", "Failures of what works beside intake and pipeline that nobody foresaw, since start.", "counter");
        foreach (WorkerRun worker in workers)
        {
            text.Append(CultureInfo.InvariantCulture, $"gateway_worker_failures_total{{worker=\"{Escaped(worker.Name)}\"}} {worker.Failures}\n");
        }
    }

    private static void Messages(StringBuilder text, Ledger ledger)
    {
        Head(text, "gateway_messages_total", "Messages by what became of them.", "counter");
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
        {
            text.Append(CultureInfo.InvariantCulture, $"gateway_messages_total{{outcome=\"{(outcome.IsQuarantine() ? "quarantined" : outcome.Name())}\",reason=\"{(outcome.IsQuarantine() ? outcome.Name() : "")}\"}} {ledger.Total[outcome]}\n");
        }

        foreach ((string name, long count) in ledger.Rejections)
        {
            text.Append(CultureInfo.InvariantCulture, $"gateway_messages_total{{outcome=\"rejected\",reason=\"{name}\"}} {count}\n");
        }
    }

    /// <summary>A value as it stands between the quotes of a label.</summary>
    internal static string Escaped(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    internal static void Counter(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, help, "counter");
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    internal static void Gauge(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, help, "gauge");
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    internal static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
}
