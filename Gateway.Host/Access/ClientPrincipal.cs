using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Access;

/// <summary>What a connection was let in as.</summary>
internal enum PrincipalKind
{
    /// <summary>A client without credentials on the loopback of a development machine, or where access is open.</summary>
    Local,

    /// <summary>A device, by its password or its certificate.</summary>
    Device,

    /// <summary>An operator's tool, by its password or its certificate.</summary>
    Tool,
}

/// <summary>Who a connection is. Immutable.</summary>
internal sealed record ClientPrincipal
{
    private const string DevicePrefix = "device:";

    /// <summary>What it was let in as.</summary>
    public required PrincipalKind Kind { get; init; }

    /// <summary>Client id; it may differ from the name when a credential says the name.</summary>
    public required string ClientId { get; init; }

    /// <summary>Device id, or name of the tool, or the client id of a local client.</summary>
    public required string Name { get; init; }

    /// <summary>The credential it was let in with; null for a local client and for a device that showed a certificate.</summary>
    public StoredCredential? Credential { get; init; }

    /// <summary>Whose sessions it may take over: the same for every connection of one device or tool, and for all local clients.</summary>
    public string Owner => Kind switch
    {
        PrincipalKind.Device => OwnerOf(Name),
        PrincipalKind.Tool => "tool:" + Name,
        _ => "",
    };

    /// <summary>The owner of a device's sessions.</summary>
    public static string OwnerOf(string deviceId) => DevicePrefix + deviceId;

    /// <summary>The device that an owner is; null when it is none.</summary>
    public static string? DeviceOf(string owner) => owner.StartsWith(DevicePrefix, StringComparison.Ordinal) ? owner[DevicePrefix.Length..] : null;
}
