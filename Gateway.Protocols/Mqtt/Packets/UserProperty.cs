namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>A name and a value that only the applications understand (v5 section 2.2.2.2). Names may repeat; order is kept. Immutable.</summary>
/// <param name="Name">At most 65,535 bytes of UTF-8.</param>
/// <param name="Value">At most 65,535 bytes of UTF-8.</param>
public readonly record struct UserProperty(string Name, string Value)
{
    /// <summary>Adds the property the reader stands on; most packets have none, so the list is made late.</summary>
    internal static void Append(ref List<UserProperty>? list, in PropertyReader reader) =>
        (list ??= []).Add(new UserProperty(MqttText.Decode(reader.Bytes), MqttText.Decode(reader.Second)));
}
