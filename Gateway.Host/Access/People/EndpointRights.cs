namespace Gateway.Host.Access.People;

/// <summary>Who may ask one endpoint.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Pattern">Its path as the route table has it.</param>
/// <param name="Roles">Who may.</param>
internal sealed record EndpointRight(string Method, string Pattern, Roles Roles);

/// <summary>
/// Who may ask which endpoint: the one table that the gate, the documents and the tests go by. An endpoint that is not in it lets nobody
/// pass, and a test fails until it is put here.
/// </summary>
internal static class EndpointRights
{
    private const Roles Workers = Roles.Officer | Roles.Supervisor;

    /// <summary>The table.</summary>
    public static IReadOnlyList<EndpointRight> All { get; } =
    [
        // Whether it lives, and the ways in. MQTT has its own admission.
        new("GET", "/livez", Roles.Anonymous),
        new("GET", "/readyz", Roles.Anonymous),
        new("GET", "/mqtt", Roles.Anonymous),
        new("POST", "/api/v1/session", Roles.Anonymous),
        new("POST", "/api/v1/setup", Roles.Anonymous),

        // Whoever a case was closed for rates it with its token.
        new("POST", "/api/v1/ratings", Roles.Anonymous),

        // One's own session.
        new("GET", "/api/v1/session", Roles.Everyone),
        new("DELETE", "/api/v1/session", Roles.Everyone),
        new("POST", "/api/v1/session/password", Roles.Everyone),

        // Cases.
        new("GET", "/api/v1/cases", Roles.Everyone),
        new("POST", "/api/v1/cases", Workers),
        new("GET", "/api/v1/cases/{caseNo}", Roles.Everyone),
        new("POST", "/api/v1/cases/{caseNo}/commands", Workers), // and the command: CommandRights
        new("POST", "/api/v1/cases/{caseNo}/rating-token", Workers),
        new("GET", "/api/v1/cases/stream", Roles.Everyone),
        new("GET", "/api/v1/cases/{caseNo}/evidence", Roles.Everyone),
        new("GET", "/api/v1/cases/{caseNo}/evidence/{sha256}", Roles.Officer | Roles.Supervisor | Roles.Operator | Roles.Admin), // raw messages of devices
        new("GET", "/api/v1/cases/{caseNo}/timeline", Roles.Everyone),
        new("GET", "/api/v1/cases/{caseNo}/timeline.svg", Roles.Everyone),
        new("GET", "/api/v1/metrics/cases", Roles.Everyone),
        new("GET", "/api/v1/metrics/load", Roles.Everyone),
        new("GET", "/api/v1/cap", Roles.Everyone),
        new("POST", "/api/v1/cap", Roles.Officer | Roles.Operator),
        new("GET", "/api/v1/cases/{caseNo}/cap", Roles.Everyone),
        new("GET", "/api/v1/cases/{caseNo}/cap/{sequence}", Roles.Everyone),
        new("GET", "/open311/v2/discovery.json", Roles.Everyone),
        new("GET", "/open311/v2/discovery.xml", Roles.Everyone),
        new("GET", "/open311/v2/services.json", Roles.Everyone),
        new("GET", "/open311/v2/services.xml", Roles.Everyone),
        new("GET", "/open311/v2/requests.json", Roles.Everyone),
        new("GET", "/open311/v2/requests.xml", Roles.Everyone),
        new("GET", "/open311/v2/requests/{serviceRequestId}.json", Roles.Everyone),
        new("GET", "/open311/v2/requests/{serviceRequestId}.xml", Roles.Everyone),

        // What is so now, and what was measured.
        new("GET", "/api/v1/alerts", Roles.Everyone),
        new("GET", "/api/v1/rules", Roles.Everyone),
        new("GET", "/api/v1/rules/shadow", Roles.Everyone),
        new("GET", "/api/v1/devices", Roles.Everyone),
        new("GET", "/api/v1/devices/{deviceId}", Roles.Everyone),
        new("GET", "/api/v1/areas", Roles.Everyone),
        new("GET", "/api/v1/map", Roles.Everyone),
        new("GET", "/api/v1/ledger", Roles.Everyone),
        new("GET", "/api/v1/series", Roles.Everyone),
        new("GET", "/api/v1/series/query", Roles.Everyone),
        new("GET", "/api/v1/series/export", Roles.Everyone),
        new("GET", "/metrics", Roles.Everyone),
        new("GET", "/openapi/{documentName}.json", Roles.Everyone),

        // Normal times and emergencies: whoever supervises switches.
        new("GET", "/api/v1/mode", Roles.Everyone),
        new("POST", "/api/v1/mode", Roles.Supervisor),

        // The machinery: what devices sent that could not be read is shown as they sent it.
        new("GET", "/api/v1/quarantine", Roles.Operator),
        new("POST", "/api/v1/devices/{deviceId}/commands", Roles.Operator),
        new("GET", "/api/v1/webhooks", Roles.Operator | Roles.Admin),
        new("POST", "/api/v1/webhooks/{name}/deadletters/{id}/retry", Roles.Operator),

        // Accounts.
        new("GET", "/api/v1/accounts", Roles.Admin),
        new("POST", "/api/v1/accounts", Roles.Admin),
        new("PUT", "/api/v1/accounts/{name}/role", Roles.Admin),
        new("POST", "/api/v1/accounts/{name}/password", Roles.Admin),
        new("DELETE", "/api/v1/accounts/{name}", Roles.Admin),
        new("POST", "/api/v1/accounts/{name}/tokens", Roles.Admin),
        new("DELETE", "/api/v1/accounts/{name}/tokens/{id}", Roles.Admin),
    ];

    private static readonly Dictionary<(string Method, string Pattern), Roles> ByEndpoint = All.ToDictionary(r => (r.Method, r.Pattern), r => r.Roles);

    /// <summary>Who may make a request. A path that leads nowhere tells so to whoever has an account, and nothing to others.</summary>
    public static Roles Of(HttpContext context) => context.GetEndpoint() switch
    {
        RouteEndpoint endpoint => Of(context.Request.Method, endpoint),
        _ => Roles.Everyone, // no such path, or another method: 404 or 405
    };

    /// <summary>Who may ask an endpoint by a method; nobody when no row names it.</summary>
    public static Roles Of(string method, RouteEndpoint endpoint) => ByEndpoint.GetValueOrDefault((method, PatternOf(endpoint)));

    /// <summary>An endpoint's path as the table has it.</summary>
    public static string PatternOf(RouteEndpoint endpoint) => "/" + (endpoint.RoutePattern.RawText ?? "").Trim('/');
}
