using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>A property as it was read. Immutable.</summary>
/// <param name="Id">Which.</param>
/// <param name="Number">Its value when that is a number.</param>
/// <param name="Bytes">Its value when that is text or bytes; the name of a user property.</param>
/// <param name="Second">The value of a user property.</param>
public sealed record ReceivedProperty(PropertyId Id, long Number, byte[] Bytes, byte[] Second)
{
    /// <summary><see cref="Bytes"/> as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    /// <summary><see cref="Second"/> as text.</summary>
    public string SecondText => System.Text.Encoding.UTF8.GetString(Second);
}
