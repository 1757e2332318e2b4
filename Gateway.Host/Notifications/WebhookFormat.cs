namespace Gateway.Host.Notifications;

/// <summary>The body a receiver wants.</summary>
internal enum WebhookFormat
{
    /// <summary><c>alertmanager-webhook</c>: the document that an Alertmanager sends to its own webhook receivers, version 4.</summary>
    AlertmanagerWebhook,

    /// <summary><c>alertmanager</c>: the array of alerts that an Alertmanager takes at <c>/api/v2/alerts</c>.</summary>
    Alertmanager,
}

/// <summary>The words of <see cref="WebhookFormat"/> in the configuration.</summary>
internal static class WebhookFormats
{
    /// <summary>All words, for messages.</summary>
    public const string Words = "alertmanager-webhook, alertmanager";

    /// <summary>The format that a word means; null for any other.</summary>
    public static WebhookFormat? Find(string? word) => word switch
    {
        "alertmanager-webhook" => WebhookFormat.AlertmanagerWebhook,
        "alertmanager" => WebhookFormat.Alertmanager,
        _ => null,
    };

    /// <summary>The word of a format.</summary>
    public static string Word(WebhookFormat format) => format == WebhookFormat.Alertmanager ? "alertmanager" : "alertmanager-webhook";
}
