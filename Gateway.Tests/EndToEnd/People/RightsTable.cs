namespace Gateway.Tests.EndToEnd.People;

/// <summary>
/// Who may do what, written down by hand and from nothing in the gateway: a right that is wrong there is another one here. One letter for each
/// who may, in any order: <c>n</c> nobody in particular (no credentials), <c>v</c> viewer, <c>o</c> officer, <c>s</c> supervisor, <c>p</c>
/// operator, <c>a</c> admin.
/// </summary>
internal static class RightsTable
{
    /// <summary>Everybody with an account.</summary>
    private const string Accounts = "vospa";

    /// <summary>Everybody at all.</summary>
    private const string All = "n" + Accounts;

    /// <summary>Method and path of every endpoint, and who may ask it.</summary>
    public static IReadOnlyDictionary<string, string> Endpoints { get; } = new Dictionary<string, string>
    {
        // Probes and the ways in; MQTT judges its clients by itself.
        ["GET /livez"] = All,
        ["GET /readyz"] = All,
        ["GET /mqtt"] = All,
        ["POST /api/v1/session"] = All,
        ["POST /api/v1/setup"] = All,

        // A citizen with a token from an officer, who has no account.
        ["POST /api/v1/ratings"] = All,

        // One's own session.
        ["GET /api/v1/session"] = Accounts,
        ["DELETE /api/v1/session"] = Accounts,
        ["POST /api/v1/session/password"] = Accounts,

        // Reading cases: whoever has an account.
        ["GET /api/v1/cases"] = Accounts,
        ["GET /api/v1/cases/{caseNo}"] = Accounts,
        ["GET /api/v1/cases/stream"] = Accounts,
        ["GET /api/v1/cases/{caseNo}/evidence"] = Accounts,
        ["GET /api/v1/cases/{caseNo}/timeline"] = Accounts,
        ["GET /api/v1/cases/{caseNo}/timeline.svg"] = Accounts,
        ["GET /api/v1/cases/{caseNo}/cap"] = Accounts,
        ["GET /api/v1/cases/{caseNo}/cap/{sequence}"] = Accounts,
        ["GET /api/v1/metrics/cases"] = Accounts,
        ["GET /api/v1/metrics/load"] = Accounts,
        ["GET /api/v1/cap"] = Accounts,
        ["GET /open311/v2/discovery.json"] = Accounts,
        ["GET /open311/v2/discovery.xml"] = Accounts,
        ["GET /open311/v2/services.json"] = Accounts,
        ["GET /open311/v2/services.xml"] = Accounts,
        ["GET /open311/v2/requests.json"] = Accounts,
        ["GET /open311/v2/requests.xml"] = Accounts,
        ["GET /open311/v2/requests/{serviceRequestId}.json"] = Accounts,
        ["GET /open311/v2/requests/{serviceRequestId}.xml"] = Accounts,

        // What devices sent, as they sent it: not for whoever only reads.
        ["GET /api/v1/cases/{caseNo}/evidence/{sha256}"] = "ospa",

        // Working on cases: duty officers and those who supervise them, never who runs the machinery.
        ["POST /api/v1/cases"] = "os",
        ["POST /api/v1/cases/{caseNo}/commands"] = "os",
        ["POST /api/v1/cases/{caseNo}/rating-token"] = "os",

        // Warnings of other systems: by the desk, or by a bridge with a token of the machinery.
        ["POST /api/v1/cap"] = "op",

        // The state of things.
        ["GET /api/v1/alerts"] = Accounts,
        ["GET /api/v1/rules"] = Accounts,
        ["GET /api/v1/rules/shadow"] = Accounts,
        ["GET /api/v1/devices"] = Accounts,
        ["GET /api/v1/devices/{deviceId}"] = Accounts,
        ["GET /api/v1/areas"] = Accounts,
        ["GET /api/v1/map"] = Accounts,
        ["GET /api/v1/ledger"] = Accounts,
        ["GET /api/v1/series"] = Accounts,
        ["GET /api/v1/series/query"] = Accounts,
        ["GET /api/v1/series/export"] = Accounts,
        ["GET /metrics"] = Accounts,
        ["GET /openapi/{documentName}.json"] = Accounts,
        ["GET /api/v1/mode"] = Accounts,

        // An emergency is declared by who supervises.
        ["POST /api/v1/mode"] = "s",

        // The machinery.
        ["GET /api/v1/quarantine"] = "p",
        ["POST /api/v1/devices/{deviceId}/commands"] = "p",
        ["GET /api/v1/webhooks"] = "pa",
        ["POST /api/v1/webhooks/{name}/deadletters/{id}/retry"] = "p",

        // Accounts: admins alone.
        ["GET /api/v1/accounts"] = "a",
        ["POST /api/v1/accounts"] = "a",
        ["PUT /api/v1/accounts/{name}/role"] = "a",
        ["POST /api/v1/accounts/{name}/password"] = "a",
        ["DELETE /api/v1/accounts/{name}"] = "a",
        ["POST /api/v1/accounts/{name}/tokens"] = "a",
        ["DELETE /api/v1/accounts/{name}/tokens/{id}"] = "a",
    };

    /// <summary>Every command to a case, and who may give it.</summary>
    public static IReadOnlyDictionary<string, string> Commands { get; } = new Dictionary<string, string>
    {
        ["accept"] = "o",
        ["return"] = "os",
        ["report"] = "o",
        ["verify"] = "os",
        ["reject"] = "os",
        ["void"] = "s",
        ["comment"] = "os",
        ["defer"] = "os",
        ["extend"] = "os",
        ["approve"] = "s",
        ["deny"] = "s",
        ["resume"] = "s",
        ["whistle"] = "os",
        ["arrive"] = "os",
        ["supervise"] = "s",
        ["merge"] = "s",
        ["evaluate"] = "s",
    };

    /// <summary>
    /// What a program with a token of an account is refused though the account is not: a token has no session to end. Everything else it may as its
    /// account may.
    /// </summary>
    public static IReadOnlyDictionary<string, int> OtherForTokens { get; } = new Dictionary<string, int> { ["DELETE /api/v1/session"] = 400 };
}
