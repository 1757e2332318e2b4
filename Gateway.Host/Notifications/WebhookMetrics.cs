using System.Globalization;
using System.Text;
using Gateway.Host.Api;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Notifications;

/// <summary>Figures of the receivers in the Prometheus text format; none when there are none.</summary>
internal static class WebhookMetrics
{
    /// <summary>Adds them.</summary>
    public static void Write(StringBuilder text, Outbox outbox, EventTime now)
    {
        if (outbox.Dispatchers.Count == 0)
        {
            return;
        }

        long last = outbox.LastSequence;
        (string Label, WebhookStatus Status)[] all = [.. outbox.Dispatchers.Select(d => (PrometheusMetrics.Escaped(d.Options.Name), d.Status))];
        Each(text, all, "gateway_webhook_requests_total", "Requests delivered since start.", "counter", s => s.Requests);
        Each(text, all, "gateway_webhook_alerts_total", "Cases in the requests delivered since start.", "counter", s => s.Alerts);
        Each(text, all, "gateway_webhook_failures_total", "Requests that failed since start, each try of one.", "counter", s => s.Failures);
        Each(text, all, "gateway_webhook_dead_letters_total", "Requests ever given up, kept or not.", "counter", s => s.DeadLetters);
        Each(text, all, "gateway_webhook_lag_events", "Case events that the receiver has not.", "gauge", s => Outbox.Lag(s, last, now).Events);
        Each(text, all, "gateway_webhook_lag_seconds", "Age of the oldest of them, by the gateway's clock.", "gauge", s => (long)Outbox.Lag(s, last, now).Time.TotalSeconds);
    }

    private static void Each(StringBuilder text, (string Label, WebhookStatus Status)[] all, string name, string help, string type, Func<WebhookStatus, long> value)
    {
        PrometheusMetrics.Head(text, name, help, type);
        foreach ((string label, WebhookStatus status) in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{{receiver=\"{label}\"}} {value(status)}\n");
        }
    }
}
