using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Access;

/// <summary>What became of a CONNECT: a principal, or a reason code with a text for the person who reads the client's log. Immutable.</summary>
internal sealed record AdmissionVerdict
{
    private AdmissionVerdict()
    {
    }

    /// <summary>Success, or why not.</summary>
    public required ReasonCode Reason { get; init; }

    /// <summary>Why not, for people; it says nothing about whether a name exists.</summary>
    public string ReasonText { get; private init; } = "";

    /// <summary>Who it is; null when refused.</summary>
    public ClientPrincipal? Principal { get; private init; }

    /// <summary>Let in.</summary>
    public static AdmissionVerdict Enter(ClientPrincipal principal) => new() { Reason = ReasonCode.Success, Principal = principal };

    /// <summary>Kept out.</summary>
    public static AdmissionVerdict Refuse(ReasonCode reason, string text) => new() { Reason = reason, ReasonText = text };
}
