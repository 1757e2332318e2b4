using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Composition;

namespace Gateway.Host.Api;

/// <summary>Figures of who gets in, in the Prometheus text format.</summary>
internal static class AccessMetrics
{
    /// <summary>Adds them.</summary>
    public static void Write(StringBuilder text, GatewayRuntime gateway)
    {
        CredentialStore credentials = gateway.Credentials;
        Admission admission = gateway.Admission;
        PrometheusMetrics.Gauge(text, "gateway_mqtt_credentials", "Credentials of devices and tools in force.", credentials.Current.Count);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_credentials_valid", "1 while the credential file as it stands is in force.", credentials.Problem is null ? 1 : 0);
        PrometheusMetrics.Counter(text, "gateway_mqtt_credential_reloads_total", "Times a changed credential file was taken.", credentials.Reloads);
        PrometheusMetrics.Counter(text, "gateway_mqtt_password_failures_total", "CONNECTs with an unknown name or a wrong password.", admission.Failures);
        PrometheusMetrics.Counter(text, "gateway_mqtt_password_hashes_total", "Passwords hashed; those that are remembered are not.", admission.Verifications);
        PrometheusMetrics.Counter(text, "gateway_mqtt_backoff_refusals_total", "CONNECTs refused unseen because of the failures before.", admission.Waits);
        PrometheusMetrics.Gauge(text, "gateway_mqtt_backoff_entries", "Names and addresses remembered for their failures.", admission.Backoff.Count);
        PrometheusMetrics.Counter(text, "gateway_mqtt_slowed_total", "Times a 3.1.1 client was read no further for a moment, for it was too fast.", gateway.Mqtt.SlowedClients);
        PrometheusMetrics.Gauge(text, "gateway_http_accounts", "Accounts of people in force.", gateway.Accounts.Look().Count);
        PrometheusMetrics.Gauge(text, "gateway_http_accounts_valid", "1 while the file of accounts as it stands is in force.", gateway.Accounts.Problem is null ? 1 : 0);
        PrometheusMetrics.Counter(text, "gateway_http_password_failures_total", "Sign-ins with an unknown name or a wrong password, and wrong set-up tokens.", gateway.SignIn.Failures);
        PrometheusMetrics.Counter(text, "gateway_http_backoff_refusals_total", "Sign-ins refused unseen because of the failures before.", gateway.SignIn.Waits);
        if (gateway.Certificates is { } certificates)
        {
            PrometheusMetrics.Gauge(text, "gateway_tls_certificate_valid", "1 while the certificate files as they stand are in use.", certificates.Problem is null ? 1 : 0);
            PrometheusMetrics.Gauge(text, "gateway_tls_certificate_expiry_days", "Whole days until the certificate in use expires.", certificates.DaysUntilExpiry);
            PrometheusMetrics.Counter(text, "gateway_tls_certificate_reloads_total", "Times changed certificate files were taken.", certificates.Reloads);
            PrometheusMetrics.Counter(text, "gateway_tls_certificate_refusals_total", "Times changed certificate files could not be used.", certificates.Refusals);
            PrometheusMetrics.Counter(text, "gateway_tls_clients_refused_total", "Handshakes ended for want of a good client certificate.", certificates.ClientsRefused);
        }
    }
}
