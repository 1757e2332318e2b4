namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>Every error of the parser, named once, with the statement of the v5 specification it stands for.</summary>
public static class ParseErrors
{
    /// <summary>Packet type 0, fixed header flags that are not as prescribed, or a length of more than four bytes.</summary>
    public static readonly ParseError FixedHeader = Malformed("MQTT-2.1.3-1", "fixed header type, flags or length is not as prescribed");

    /// <summary>A variable byte integer longer than needed.</summary>
    public static readonly ParseError LengthNotMinimal = Malformed("MQTT-1.5.5-1", "a variable byte integer uses more bytes than needed");

    /// <summary>Over the packet size limit.</summary>
    public static readonly ParseError PacketTooLarge = new(ReasonCode.PacketTooLarge, "MQTT-3.2.2-15", "the packet is over the maximum packet size");

    /// <summary>The body ends before a field does.</summary>
    public static readonly ParseError Truncated = Malformed("section 4.13", "the packet ends inside a field");

    /// <summary>Bytes after the last field.</summary>
    public static readonly ParseError TrailingBytes = Malformed("section 4.13", "bytes are left after the last field");

    /// <summary>Ill-formed UTF-8, a surrogate, or NUL.</summary>
    public static readonly ParseError Text = Malformed("MQTT-1.5.4-1", "a text is ill-formed UTF-8 or holds NUL");

    /// <summary>Packet identifier 0.</summary>
    public static readonly ParseError PacketIdentifierZero = Protocol("MQTT-2.2.1-3", "the packet identifier is 0");

    /// <summary>A type of packet that this side never receives, or never in this version.</summary>
    public static readonly ParseError UnexpectedPacket = Protocol("section 4.13", "a packet of this type is not allowed here");

    /// <summary>DUP on QoS 0.</summary>
    public static readonly ParseError DupOnQos0 = Malformed("MQTT-3.3.1-2", "DUP is set on a QoS 0 message");

    /// <summary>A wildcard in a topic name.</summary>
    public static readonly ParseError TopicNameWildcard = new(ReasonCode.TopicNameInvalid, "MQTT-3.3.2-2", "a topic name holds a wildcard");

    /// <summary>No topic and no alias.</summary>
    public static readonly ParseError TopicNameEmpty = Protocol("MQTT-4.7.3-1", "the topic name is empty");

    /// <summary>Topic alias 0.</summary>
    public static readonly ParseError TopicAliasZero = new(ReasonCode.TopicAliasInvalid, "MQTT-3.3.2-8", "the topic alias is 0");

    /// <summary>A client sent a subscription identifier in PUBLISH.</summary>
    public static readonly ParseError SubscriptionIdentifierFromClient = Protocol("MQTT-3.3.4-6", "a client put a subscription identifier into PUBLISH");

    /// <summary>A wildcard in a response topic.</summary>
    public static readonly ParseError ResponseTopic = Protocol("MQTT-3.3.2-14", "the response topic is empty or holds a wildcard");

    /// <summary>A property identifier nobody knows.</summary>
    public static readonly ParseError PropertyUnknown = Malformed("section 2.2.2.2", "a property has an unknown identifier");

    /// <summary>A known property in a packet it does not belong to.</summary>
    public static readonly ParseError PropertyMisplaced = Malformed("section 2.2.2.2", "a property does not belong to this packet");

    /// <summary>A property twice.</summary>
    public static readonly ParseError PropertyDuplicate = Protocol("section 2.2.2.2", "a property that may stand once stands twice");

    /// <summary>A property value that is not allowed.</summary>
    public static readonly ParseError PropertyValue = Protocol("section 2.2.2.2", "a property has a value that is not allowed");

    /// <summary>Authentication data without a method.</summary>
    public static readonly ParseError AuthenticationMethodMissing = Protocol("section 3.1.2.11.10", "authentication data without an authentication method");

    /// <summary>More user properties than the limit.</summary>
    public static readonly ParseError TooManyUserProperties = new(ReasonCode.QuotaExceeded, "section 4.13", "more user properties than the limit");

    /// <summary>More filters in one packet than the limit.</summary>
    public static readonly ParseError TooManyFilters = new(ReasonCode.QuotaExceeded, "section 4.13", "more topic filters in one packet than the limit");

    /// <summary>A reason code that the packet cannot carry.</summary>
    public static readonly ParseError ReasonCodeNotAllowed = Protocol("section 2.4", "the reason code does not belong to this packet");

    /// <summary>Protocol name other than MQTT.</summary>
    public static readonly ParseError ProtocolName = new(ReasonCode.UnsupportedProtocolVersion, "MQTT-3.1.2-1", "the protocol name is not MQTT");

    /// <summary>Protocol level other than 4 and 5.</summary>
    public static readonly ParseError ProtocolLevel = new(ReasonCode.UnsupportedProtocolVersion, "MQTT-3.1.2-2", "the protocol level is neither 4 nor 5");

    /// <summary>The reserved connect flag is set.</summary>
    public static readonly ParseError ConnectFlagReserved = Malformed("MQTT-3.1.2-3", "the reserved connect flag is set");

    /// <summary>Will QoS 3, or Will QoS or Will retain without a Will.</summary>
    public static readonly ParseError WillFlags = Malformed("MQTT-3.1.2-11", "the will flags contradict each other");

    /// <summary>3.1.1: a password without a user name.</summary>
    public static readonly ParseError PasswordWithoutUserName = Malformed("MQTT-3.1.2-22 (3.1.1)", "a password without a user name");

    /// <summary>CONNACK flags, or session present with a failure.</summary>
    public static readonly ParseError ConnAckFlags = Malformed("MQTT-3.2.2-1", "the connect acknowledge flags are not as prescribed");

    /// <summary>A topic filter with a misplaced wildcard, an empty one, or a bad shared subscription.</summary>
    public static readonly ParseError TopicFilter = Malformed("MQTT-4.7.1-1", "a topic filter is empty or a wildcard is misplaced");

    /// <summary>SUBSCRIBE or UNSUBSCRIBE without a filter, SUBACK or UNSUBACK without a code.</summary>
    public static readonly ParseError NoFilters = Protocol("MQTT-3.8.3-2", "the packet holds no topic filter or reason code");

    /// <summary>Reserved bits of the subscription options.</summary>
    public static readonly ParseError SubscriptionOptionsReserved = Malformed("MQTT-3.8.3-5", "reserved bits of the subscription options are set");

    /// <summary>QoS 3 or retain handling 3.</summary>
    public static readonly ParseError SubscriptionOptionsValue = Protocol("section 3.8.3.1", "subscription QoS or retain handling is 3");

    /// <summary>No Local on a shared subscription.</summary>
    public static readonly ParseError NoLocalShared = Protocol("MQTT-3.8.3-4", "No Local is set on a shared subscription");

    /// <summary>A server sent a session expiry interval in DISCONNECT.</summary>
    public static readonly ParseError SessionExpiryFromServer = Protocol("MQTT-3.14.2-2", "a server put a session expiry interval into DISCONNECT");

    /// <summary>DISCONNECT sets a session expiry that CONNECT had as zero.</summary>
    public static readonly ParseError SessionExpiryFromZero = Protocol("section 3.14.2.2.2", "DISCONNECT sets a session expiry where CONNECT had none");

    private static ParseError Malformed(string statement, string description) => new(ReasonCode.MalformedPacket, statement, description);

    private static ParseError Protocol(string statement, string description) => new(ReasonCode.ProtocolError, statement, description);
}
