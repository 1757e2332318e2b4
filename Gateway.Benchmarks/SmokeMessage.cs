namespace Gateway.Benchmarks;

/// <summary>
/// The one message everything here is measured with: a smoke detector's canonical JSON of 108 bytes, calm, so that no rule fires. Time and
/// sequence have a fixed width, so that a load generator can put others in their place without encoding the packet again.
/// </summary>
internal static class SmokeMessage
{
    /// <summary>Length of <see cref="Payload"/>, bytes.</summary>
    public const int PayloadLengthBytes = 108;

    /// <summary>Where the digits of the time begin.</summary>
    public const int TimeAt = 6;

    /// <summary>Digits of the time, Unix milliseconds.</summary>
    public const int TimeDigits = 13;

    /// <summary>Where the digits of the sequence begin.</summary>
    public const int SequenceAt = 26;

    /// <summary>Digits of the sequence; the first is never 0, which JSON would not have.</summary>
    public const int SequenceDigits = 9;

    /// <summary>The payload as it is before anything is put into it.</summary>
    public static ReadOnlySpan<byte> Payload =>
        """{"ts":1769504400000,"seq":100000017,"smoke_density":0.0310,"temperature":21.50,"battery":93.5,"rssi":-71.25}"""u8;

    /// <summary>The detector's own alarm, which opens a case at once in the sample city.</summary>
    public static string Breach(long unixMilliseconds) => $$"""{"ts":{{unixMilliseconds}},"alarm":true}""";

    /// <summary>Id of the n-th smoke detector of a generated city.</summary>
    public static string DeviceId(int index) => $"SMK-{index:D6}";

    /// <summary>The topic of a smoke detector's readings.</summary>
    public static string TopicOf(string deviceId) => $"city/v1/smoke/{deviceId}/telemetry";
}
