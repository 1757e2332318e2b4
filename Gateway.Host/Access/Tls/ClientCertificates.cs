namespace Gateway.Host.Access.Tls;

/// <summary>Whether clients of the MQTT listener show certificates.</summary>
internal enum ClientCertificates
{
    /// <summary>None is asked for.</summary>
    None,

    /// <summary>One is asked for; a client without one gives a password.</summary>
    Allowed,

    /// <summary>Without a good one there is no connection.</summary>
    Required,
}
