namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>What is known of reason codes: which are failures, which belong to which packet, what 3.1.1 says instead.</summary>
public static class ReasonCodes
{
    /// <summary>Whether the code says that the operation failed (0x80 and above).</summary>
    public static bool IsFailure(this ReasonCode code) => code >= ReasonCode.UnspecifiedError;

    /// <summary>Whether <paramref name="code"/> may stand in a packet of this type sent by this side (v5 table 2-6 and sections 3.x).</summary>
    public static bool IsAllowed(ReasonCode code, PacketType packet, PacketSender sender) => packet switch
    {
        PacketType.ConnAck => code == ReasonCode.Success || IsConnAckFailure(code),
        PacketType.PubAck or PacketType.PubRec => code is ReasonCode.Success or ReasonCode.NoMatchingSubscribers
            or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError or ReasonCode.NotAuthorized
            or ReasonCode.TopicNameInvalid or ReasonCode.PacketIdentifierInUse or ReasonCode.QuotaExceeded or ReasonCode.PayloadFormatInvalid,
        PacketType.PubRel or PacketType.PubComp => code is ReasonCode.Success or ReasonCode.PacketIdentifierNotFound,
        PacketType.SubAck => code is ReasonCode.Success or ReasonCode.GrantedQos1 or ReasonCode.GrantedQos2
            or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError or ReasonCode.NotAuthorized
            or ReasonCode.TopicFilterInvalid or ReasonCode.PacketIdentifierInUse or ReasonCode.QuotaExceeded
            or ReasonCode.SharedSubscriptionsNotSupported or ReasonCode.SubscriptionIdentifiersNotSupported
            or ReasonCode.WildcardSubscriptionsNotSupported,
        PacketType.UnsubAck => code is ReasonCode.Success or ReasonCode.NoSubscriptionExisted or ReasonCode.UnspecifiedError
            or ReasonCode.ImplementationSpecificError or ReasonCode.NotAuthorized or ReasonCode.TopicFilterInvalid
            or ReasonCode.PacketIdentifierInUse,
        PacketType.Auth => code is ReasonCode.ContinueAuthentication or ReasonCode.ReAuthenticate
            || (code == ReasonCode.Success && sender == PacketSender.Server),
        PacketType.Disconnect => IsDisconnect(code, sender),
        _ => false,
    };

    /// <summary>
    /// The return code of a 3.1.1 CONNACK (section 3.2.2.3) that says the same, or null where 3.1.1 has none and the connection is just
    /// closed.
    /// </summary>
    public static byte? ToConnectReturnCode(ReasonCode code) => code switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedProtocolVersion => 1,
        ReasonCode.ClientIdentifierNotValid => 2,
        ReasonCode.ServerUnavailable or ReasonCode.ServerBusy or ReasonCode.QuotaExceeded or ReasonCode.ConnectionRateExceeded
            or ReasonCode.UseAnotherServer or ReasonCode.ServerMoved => 3,
        ReasonCode.BadUserNameOrPassword => 4,
        ReasonCode.NotAuthorized or ReasonCode.Banned => 5,
        _ => null,
    };

    /// <summary>The v5 reason code that says what a 3.1.1 return code says, or null when the code is reserved.</summary>
    public static ReasonCode? FromConnectReturnCode(byte returnCode) => returnCode switch
    {
        0 => ReasonCode.Success,
        1 => ReasonCode.UnsupportedProtocolVersion,
        2 => ReasonCode.ClientIdentifierNotValid,
        3 => ReasonCode.ServerUnavailable,
        4 => ReasonCode.BadUserNameOrPassword,
        5 => ReasonCode.NotAuthorized,
        _ => null,
    };

    private static bool IsConnAckFailure(ReasonCode code) => code is (>= ReasonCode.UnspecifiedError and <= ReasonCode.Banned)
        or ReasonCode.BadAuthenticationMethod or ReasonCode.TopicNameInvalid or ReasonCode.PacketTooLarge or ReasonCode.QuotaExceeded
        or ReasonCode.PayloadFormatInvalid or ReasonCode.RetainNotSupported or ReasonCode.QosNotSupported
        or ReasonCode.UseAnotherServer or ReasonCode.ServerMoved or ReasonCode.ConnectionRateExceeded;

    private static bool IsDisconnect(ReasonCode code, PacketSender sender) => code switch
    {
        ReasonCode.Success => true,
        ReasonCode.DisconnectWithWillMessage => sender == PacketSender.Client,
        ReasonCode.UnspecifiedError or ReasonCode.MalformedPacket or ReasonCode.ProtocolError
            or ReasonCode.ImplementationSpecificError or ReasonCode.BadAuthenticationMethod or ReasonCode.TopicNameInvalid
            or ReasonCode.ReceiveMaximumExceeded or ReasonCode.TopicAliasInvalid or ReasonCode.PacketTooLarge
            or ReasonCode.MessageRateTooHigh or ReasonCode.QuotaExceeded or ReasonCode.AdministrativeAction
            or ReasonCode.PayloadFormatInvalid => true,
        ReasonCode.NotAuthorized or ReasonCode.ServerBusy or ReasonCode.ServerShuttingDown or ReasonCode.KeepAliveTimeout
            or ReasonCode.SessionTakenOver or ReasonCode.TopicFilterInvalid or ReasonCode.RetainNotSupported
            or ReasonCode.QosNotSupported or ReasonCode.UseAnotherServer or ReasonCode.ServerMoved
            or ReasonCode.SharedSubscriptionsNotSupported or ReasonCode.ConnectionRateExceeded or ReasonCode.MaximumConnectTime
            or ReasonCode.SubscriptionIdentifiersNotSupported or ReasonCode.WildcardSubscriptionsNotSupported => sender == PacketSender.Server,
        _ => false,
    };
}
