namespace Gateway.Host.Notifications;

/// <summary>One receiver of case events. Section <c>Gateway:Webhooks:0</c>, <c>:1</c>, ...</summary>
internal sealed class WebhookOptions
{
    /// <summary>The header that carries the secret unless another is named.</summary>
    public const string CustomaryHeader = "Authorization";

    /// <summary>Its name: letters, digits, dot, dash and underscore. Its place among the events is kept under it. No default.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where to POST: https, or http on loopback. No default.</summary>
    public string Url { get; set; } = "";

    /// <summary>One of <see cref="WebhookFormats.Words"/>. Default <c>alertmanager-webhook</c>.</summary>
    public string Format { get; set; } = "alertmanager-webhook";

    /// <summary>Allows http beyond loopback. Default false: such a receiver is a start-up error.</summary>
    public bool AllowPlaintextOffLoopback { get; set; }

    /// <summary>Event kinds that are sent: exact, or a family <c>flood.*</c>. Default none: all.</summary>
    public IList<string> Events { get; set; } = [];

    /// <summary>Cases below this severity are not sent: info, warning, critical, emergency. Default info.</summary>
    public string MinimumSeverity { get; set; } = "info";

    /// <summary>Name of the header with the secret. Default <c>Authorization</c>.</summary>
    public string HeaderName { get; set; } = CustomaryHeader;

    /// <summary>File with the whole value of that header, one line; read anew for each request. Default none: no such header.</summary>
    public string? HeaderFile { get; set; }

    /// <summary>A receiver that is new here begins with the oldest event. Default false: it begins with what happens next.</summary>
    public bool FromBeginning { get; set; }

    /// <summary>Cases in one request at most, 1 to 256. Default 64.</summary>
    public int BatchLimit { get; set; } = 64;

    /// <summary>Time for a request and its answer, 1 s to 5 min. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The first wait after a failure; doubled by each further one. 100 ms to 1 min. Default 1 s.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Where doubling ends; 1 s to 1 h. Default 1 min.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A request that has failed for so long, and at least <see cref="RetryPolicy.FewestAttempts"/> times, is given up; 1 min or more. Default 1 day.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Requests given up that are kept, 1 to 100,000; the oldest go. Default 1,000.</summary>
    public int DeadLetterLimit { get; set; } = 1000;

    /// <summary>Format <c>alertmanager</c>: open cases are sent again this often, 10 s or more. Default 1 min.</summary>
    public TimeSpan RepeatInterval { get; set; } = TimeSpan.FromMinutes(1);
}
