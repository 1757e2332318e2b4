using System.Diagnostics.CodeAnalysis;

namespace Gateway.Protocols.Devices;

/// <summary>
/// A topic name with exactly one level that is the device id, for example <c>city/v1/flood/{deviceId}/telemetry</c>. Levels are
/// literal or <c>{deviceId}</c> or <c>+</c> (any one level). Immutable.
/// </summary>
public sealed class TopicPattern
{
    /// <summary>The placeholder of the level that names the device.</summary>
    public const string DeviceIdPlaceholder = "{deviceId}";

    private readonly string[] _levels;

    private TopicPattern(string text, string[] levels, int deviceLevel)
    {
        Text = text;
        _levels = levels;
        DeviceLevel = deviceLevel;
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>Which level, from 0, holds the device id.</summary>
    public int DeviceLevel { get; }

    /// <summary>Reads a pattern; <paramref name="error"/> says what is wrong with it and how to mend it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicPattern? pattern, out string error)
    {
        pattern = null;
        string[] levels = text.Split('/');
        int deviceLevel = Array.IndexOf(levels, DeviceIdPlaceholder);
        if (text.Length == 0 || levels.Any(l => l.Length == 0))
        {
            error = "a topic pattern has no empty level; write it like city/v1/flood/{deviceId}/telemetry";
            return false;
        }

        if (deviceLevel < 0 || Array.LastIndexOf(levels, DeviceIdPlaceholder) != deviceLevel)
        {
            error = "a topic pattern has exactly one level {deviceId}";
            return false;
        }

        if (levels.Any(l => l.Contains('#', StringComparison.Ordinal) || (l.Contains('+', StringComparison.Ordinal) && l != "+") || (l.Contains('{', StringComparison.Ordinal) && l != DeviceIdPlaceholder)))
        {
            error = "a level is literal text, {deviceId} or + (a whole level); # is not allowed";
            return false;
        }

        pattern = new TopicPattern(text, levels, deviceLevel);
        error = "";
        return true;
    }

    /// <summary>
    /// Whether <paramref name="topicName"/> fits, and which part of it is the device id (never empty). A first level that is not literal
    /// does not fit a name that begins with <c>$</c> [MQTT-4.7.2-1].
    /// </summary>
    public bool TryMatch(ReadOnlySpan<char> topicName, out ReadOnlySpan<char> deviceId)
    {
        deviceId = default;
        if (topicName.StartsWith('$') && _levels[0] is "+" or DeviceIdPlaceholder)
        {
            return false;
        }

        ReadOnlySpan<char> found = default;
        int level = 0;
        while (true)
        {
            int slash = topicName.IndexOf('/');
            ReadOnlySpan<char> part = slash < 0 ? topicName : topicName[..slash];
            if (level >= _levels.Length)
            {
                return false;
            }

            if (level == DeviceLevel)
            {
                found = part;
            }
            else if (_levels[level] != "+" && !part.SequenceEqual(_levels[level]))
            {
                return false;
            }

            level++;
            if (slash < 0)
            {
                bool fits = level == _levels.Length && found.Length > 0;
                deviceId = fits ? found : default;
                return fits;
            }

            topicName = topicName[(slash + 1)..];
        }
    }

    /// <summary>The topic name for one device; <c>+</c> levels become <c>0</c>.</summary>
    public string For(string deviceId) =>
        string.Join('/', _levels.Select(l => l == DeviceIdPlaceholder ? deviceId : l == "+" ? "0" : l));

    /// <inheritdoc />
    public override string ToString() => Text;
}
