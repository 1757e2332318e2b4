namespace Gateway.Host.Access.Credentials;

/// <summary>Whose credential it is.</summary>
internal enum CredentialKind
{
    /// <summary>A device: it uses the topics under its own id, and no others.</summary>
    Device,

    /// <summary>An operator's tool, such as a bridge or a dashboard: it uses the topics that are written beside its name.</summary>
    Tool,
}
