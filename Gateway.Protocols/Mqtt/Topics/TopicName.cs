namespace Gateway.Protocols.Mqtt.Topics;

/// <summary>Topic names: what messages are published on (v5 section 4.7). Works on UTF-8 bytes that the parser has checked.</summary>
public static class TopicName
{
    /// <summary>Number of levels: separators and one.</summary>
    public static int LevelCount(ReadOnlySpan<byte> topicName) => topicName.Count((byte)'/') + 1;

    /// <summary>Whether the name starts with <c>$</c>: of the server, and not matched by a leading wildcard [MQTT-4.7.2-1].</summary>
    public static bool IsReserved(ReadOnlySpan<byte> topicName) => !topicName.IsEmpty && topicName[0] == (byte)'$';

    /// <summary>Whether the bytes can be published on: not empty, valid text, no wildcard [MQTT-3.3.2-2, MQTT-4.7.3-1, -2].</summary>
    public static bool IsValid(ReadOnlySpan<byte> topicName) =>
        !topicName.IsEmpty
        && topicName.Length <= Packets.MqttText.LengthLimitBytes
        && topicName.IndexOfAny((byte)'+', (byte)'#') < 0
        && Packets.MqttText.IsValid(topicName);
}
