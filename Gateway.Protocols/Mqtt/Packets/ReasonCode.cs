namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The reason codes of MQTT 5 (section 2.4); 0x80 and above are failures.</summary>
public enum ReasonCode : byte
{
    /// <summary>Success; also Normal disconnection and Granted QoS 0.</summary>
    Success = 0x00,

    /// <summary>SUBACK: granted at most QoS 1.</summary>
    GrantedQos1 = 0x01,

    /// <summary>SUBACK: granted at most QoS 2.</summary>
    GrantedQos2 = 0x02,

    /// <summary>DISCONNECT: publish the Will all the same.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>PUBACK, PUBREC: accepted, nobody subscribes.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>UNSUBACK: there was nothing to remove.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>AUTH: another step follows.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>AUTH: start again.</summary>
    ReAuthenticate = 0x19,

    /// <summary>The sender does not say or no other code fits.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet cannot be parsed by the specification.</summary>
    MalformedPacket = 0x81,

    /// <summary>Parsed, but out of order or with values the protocol does not allow.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, not accepted by this implementation.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>CONNACK: the protocol level is not spoken here.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>CONNACK: the client id is not allowed.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>CONNACK: credentials refused.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>Not allowed to do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>CONNACK: not now.</summary>
    ServerUnavailable = 0x88,

    /// <summary>Try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>CONNACK: barred by the operator.</summary>
    Banned = 0x8A,

    /// <summary>DISCONNECT: the server is going down.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is not supported or not the one in use.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>DISCONNECT: silent for 1.5 times the keep alive.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>DISCONNECT: another connection uses this client id.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>Well formed, not accepted by this server.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>Well formed, not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>PUBREL, PUBCOMP: no such packet identifier; not an error during recovery.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>DISCONNECT: more unacknowledged messages than the Receive Maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>DISCONNECT: a topic alias of 0, over the maximum or not yet set.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>Larger than the Maximum Packet Size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>DISCONNECT: too many messages in a time.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit of the implementation or the operator is exceeded.</summary>
    QuotaExceeded = 0x97,

    /// <summary>DISCONNECT: closed by an operator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not what its Payload Format Indicator says.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is over the Maximum QoS.</summary>
    QosNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections come too fast.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>DISCONNECT: the longest allowed connection time is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcards are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
