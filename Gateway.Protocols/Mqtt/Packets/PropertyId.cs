namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>The properties of MQTT 5 by their identifier (section 2.2.2.2).</summary>
public enum PropertyId : byte
{
    /// <summary>Byte 0 or 1: PUBLISH, Will.</summary>
    PayloadFormatIndicator = 0x01,

    /// <summary>Four bytes, seconds: PUBLISH, Will.</summary>
    MessageExpiryInterval = 0x02,

    /// <summary>Text: PUBLISH, Will.</summary>
    ContentType = 0x03,

    /// <summary>Text, a topic name: PUBLISH, Will.</summary>
    ResponseTopic = 0x08,

    /// <summary>Bytes: PUBLISH, Will.</summary>
    CorrelationData = 0x09,

    /// <summary>Variable byte integer from 1: PUBLISH (from the server, repeatable), SUBSCRIBE.</summary>
    SubscriptionIdentifier = 0x0B,

    /// <summary>Four bytes, seconds: CONNECT, CONNACK, DISCONNECT.</summary>
    SessionExpiryInterval = 0x11,

    /// <summary>Text: CONNACK.</summary>
    AssignedClientIdentifier = 0x12,

    /// <summary>Two bytes, seconds: CONNACK.</summary>
    ServerKeepAlive = 0x13,

    /// <summary>Text: CONNECT, CONNACK, AUTH.</summary>
    AuthenticationMethod = 0x15,

    /// <summary>Bytes: CONNECT, CONNACK, AUTH.</summary>
    AuthenticationData = 0x16,

    /// <summary>Byte 0 or 1: CONNECT.</summary>
    RequestProblemInformation = 0x17,

    /// <summary>Four bytes, seconds: Will.</summary>
    WillDelayInterval = 0x18,

    /// <summary>Byte 0 or 1: CONNECT.</summary>
    RequestResponseInformation = 0x19,

    /// <summary>Text: CONNACK.</summary>
    ResponseInformation = 0x1A,

    /// <summary>Text: CONNACK, DISCONNECT.</summary>
    ServerReference = 0x1C,

    /// <summary>Text for people: every packet with a reason code.</summary>
    ReasonString = 0x1F,

    /// <summary>Two bytes from 1: CONNECT, CONNACK.</summary>
    ReceiveMaximum = 0x21,

    /// <summary>Two bytes: CONNECT, CONNACK.</summary>
    TopicAliasMaximum = 0x22,

    /// <summary>Two bytes from 1: PUBLISH.</summary>
    TopicAlias = 0x23,

    /// <summary>Byte 0 or 1: CONNACK.</summary>
    MaximumQos = 0x24,

    /// <summary>Byte 0 or 1: CONNACK.</summary>
    RetainAvailable = 0x25,

    /// <summary>Two texts, repeatable, order kept: every packet with properties.</summary>
    UserProperty = 0x26,

    /// <summary>Four bytes from 1: CONNECT, CONNACK.</summary>
    MaximumPacketSize = 0x27,

    /// <summary>Byte 0 or 1: CONNACK.</summary>
    WildcardSubscriptionAvailable = 0x28,

    /// <summary>Byte 0 or 1: CONNACK.</summary>
    SubscriptionIdentifierAvailable = 0x29,

    /// <summary>Byte 0 or 1: CONNACK.</summary>
    SharedSubscriptionAvailable = 0x2A,
}
