using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Host.Composition;
using Gateway.Host.Ingest;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Api;

/// <summary>Figures of connections, sessions and subscriptions, in the Prometheus text format.</summary>
internal static class MqttMetrics
{
    /// <summary>Adds them.</summary>
    public static void Write(StringBuilder text, GatewayRuntime gateway)
    {
        MqttCounters counters = gateway.Mqtt.Counters;
        PrometheusMetrics.Gauge(text, "gateway_mqtt_connections", "Network connections.", gateway.Sessions.ConnectionCount);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_sessions", "Sessions, connected or kept.", gateway.Sessions.SessionCount);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_subscriptions", "Subscriptions.", gateway.Router.SubscriptionCount);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_session_bytes", "Subscriptions, wills and QoS 2 identifiers of all sessions, bytes.", gateway.Mqtt.Budgets.Sessions.UsedBytes);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_partial_packet_bytes", "Packets that clients have begun and not finished, bytes.", gateway.Mqtt.Budgets.PartialPackets.UsedBytes);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_queued_bytes", "Messages that wait for clients or for their acknowledgements, bytes.", gateway.Sessions.QueuedBytes);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_retained", "Retained messages.", gateway.Retained.Count);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_retained_bytes", "Retained messages, bytes.", gateway.Retained.SizeBytes);
        PrometheusMetrics.Counter(text, "gateway_mqtt_turned_away_total", "Network connections closed at once because there were too many.", counters.ConnectionsTurnedAway);
        PrometheusMetrics.Counter(text, "gateway_mqtt_refused_connects_total", "CONNECTs refused.", gateway.Mqtt.RefusedConnects);
        PrometheusMetrics.Counter(text, "gateway_mqtt_refused_subscriptions_total", "Topic filters refused: not allowed, too deep, too many.", counters.SubscriptionsRefused);
        PrometheusMetrics.Counter(text, "gateway_mqtt_delivered_total", "Messages sent or queued for subscribers.", gateway.Router.Delivered);
        PrometheusMetrics.Counter(text, "gateway_mqtt_dropped_total", "Messages subscribers did not get.", gateway.Router.Dropped);
        PrometheusMetrics.Head(text, "gateway_mqtt_closed_total", "Connections that ended, by the reason the client or the gateway gave.", "counter");
        foreach ((ReasonCode reason, long count) in counters.ConnectionsClosed)
        {
            text.Append(CultureInfo.InvariantCulture, $"gateway_mqtt_closed_total{{reason=\"{JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())}\"}} {count}\n");
        }
    }
}
