namespace Gateway.Host.Cases.Audit;

/// <summary>Where in a data directory the audit has its files.</summary>
/// <param name="Root">The data directory.</param>
internal sealed record AuditFolder(string Root)
{
    /// <summary>The case store.</summary>
    public string CaseStore => Path.Combine(Root, "cases.db");

    /// <summary>The private key that signs checkpoints.</summary>
    public string Key => Path.Combine(Root, "secrets", "audit.key");

    /// <summary>Public keys of gateways that signed this history before it was imported here; absent where there was none.</summary>
    public string EarlierKeys => Path.Combine(Root, "audit-keys.pem");

    /// <summary>Checkpoint lines, for a second party.</summary>
    public string Checkpoints => Path.Combine(Root, "audit-checkpoints.txt");
}
