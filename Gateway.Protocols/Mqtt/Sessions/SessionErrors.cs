using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Errors of behaviour, as opposed to the errors of form in <see cref="ParseErrors"/>, with the statement they stand for.</summary>
public static class SessionErrors
{
    /// <summary>The first packet is not CONNECT.</summary>
    public static readonly ParseError ConnectExpected = Protocol("MQTT-3.1.0-1", "the first packet is not CONNECT");

    /// <summary>A second CONNECT.</summary>
    public static readonly ParseError ConnectTwice = Protocol("MQTT-3.1.0-2", "a second CONNECT on one connection");

    /// <summary>An empty client id with Clean Session 0 (3.1.1), or one over the limit.</summary>
    public static readonly ParseError ClientId = new(ReasonCode.ClientIdentifierNotValid, "MQTT-3.1.3-8", "the client id is too long, or is empty without a clean session");

    /// <summary>Enhanced authentication is not supported.</summary>
    public static readonly ParseError AuthenticationMethod = new(ReasonCode.BadAuthenticationMethod, "MQTT-4.12.0-1", "enhanced authentication is not supported");

    /// <summary>AUTH without an authentication method in CONNECT.</summary>
    public static readonly ParseError AuthNotAgreed = Protocol("MQTT-4.12.0-6", "AUTH, but CONNECT named no authentication method");

    /// <summary>The payload of the Will is over the limit.</summary>
    public static readonly ParseError WillTooLarge = new(ReasonCode.QuotaExceeded, "section 4.13", "the payload of the Will is over the limit");

    /// <summary>More unacknowledged messages than the Receive Maximum.</summary>
    public static readonly ParseError ReceiveMaximum = new(ReasonCode.ReceiveMaximumExceeded, "MQTT-3.3.4-9", "more unacknowledged messages than the Receive Maximum");

    /// <summary>An alias over the maximum.</summary>
    public static readonly ParseError TopicAliasOverMaximum = new(ReasonCode.TopicAliasInvalid, "MQTT-3.3.2-9", "the topic alias is over the maximum");

    /// <summary>An alias in the place of a topic that was not set before on this connection: a protocol error, not a bad alias.</summary>
    public static readonly ParseError TopicAliasNotSet = Protocol("section 3.3.4", "the topic name is empty and its alias was not set before");

    /// <summary>Too many bytes of topics behind aliases.</summary>
    public static readonly ParseError TopicAliasBytes = new(ReasonCode.QuotaExceeded, "section 4.13", "the topics behind the aliases are over the limit");

    /// <summary>More topic levels than the limit.</summary>
    public static readonly ParseError TopicLevels = new(ReasonCode.TopicNameInvalid, "section 4.7.3", "the topic name has more levels than the limit");

    /// <summary>The clients together have begun larger packets than the server has room for.</summary>
    public static readonly ParseError TooMuchUnderWay = new(ReasonCode.QuotaExceeded, "section 4.13", "too many large packets are under way at once");

    /// <summary>The sessions of all clients together are as large as they may be.</summary>
    public static readonly ParseError SessionsTooLarge = new(ReasonCode.QuotaExceeded, "section 4.13", "too many QoS 2 messages are held for all clients together");

    /// <summary>A SUBACK or UNSUBACK for so many filters is over the client's Maximum Packet Size.</summary>
    public static readonly ParseError AnswerTooLarge = new(ReasonCode.PacketTooLarge, "MQTT-3.1.2-24", "the answer to so many topic filters is over the client's maximum packet size");

    /// <summary>Payload of a Will that says it is UTF-8 and is not.</summary>
    public static readonly ParseError WillPayloadFormat = new(ReasonCode.PayloadFormatInvalid, "section 3.1.3.2.3", "the payload of the Will is not the UTF-8 it says it is");

    /// <summary>An acknowledgement that does not fit the state of its message.</summary>
    public static readonly ParseError AckOutOfOrder = Protocol("section 4.3", "the acknowledgement does not fit the QoS or state of its message");

    private static ParseError Protocol(string statement, string description) => new(ReasonCode.ProtocolError, statement, description);
}
