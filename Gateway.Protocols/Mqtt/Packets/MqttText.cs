using System.Text;
using System.Text.Unicode;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>UTF-8 texts as MQTT wants them (v5 section 1.5.4).</summary>
public static class MqttText
{
    /// <summary>The longest text, bytes.</summary>
    public const int LengthLimitBytes = 65_535;

    /// <summary>
    /// Whether the bytes are well-formed UTF-8 without NUL [MQTT-1.5.4-1, -2]; overlong forms and surrogates are ill-formed.
    /// Control characters and non-characters, which the specification only advises against, pass.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) => !utf8.Contains((byte)0) && Utf8.IsValid(utf8);

    /// <summary>The text of valid bytes; a leading byte order mark stays [MQTT-1.5.4-3].</summary>
    internal static string Decode(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? "" : Encoding.UTF8.GetString(utf8);
}
