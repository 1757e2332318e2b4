using Gateway.Protocols.Devices;

namespace Gateway.Host.Ingest.Commands;

/// <summary>Where commands go to a device and where it answers.</summary>
internal static class CommandTopics
{
    private const string Prefix = "city/v1/";
    private const string ReplySuffix = "/command/reply";
    private const int ReplyLevels = 6;

    /// <summary><c>city/v1/{kind}/{deviceId}/command</c>.</summary>
    public static string CommandOf(Device device) => $"{Prefix}{device.Profile.Kind}/{device.Id}/command";

    /// <summary><c>city/v1/{kind}/{deviceId}/command/reply</c>.</summary>
    public static string ReplyOf(Device device) => $"{Prefix}{device.Profile.Kind}/{device.Id}{ReplySuffix}";

    /// <summary>The device id in the topic of a reply; null for any other topic.</summary>
    public static string? ReplyFrom(string topic)
    {
        if (!topic.StartsWith(Prefix, StringComparison.Ordinal) || !topic.EndsWith(ReplySuffix, StringComparison.Ordinal))
        {
            return null;
        }

        string[] levels = topic.Split('/');
        return levels.Length == ReplyLevels ? levels[3] : null;
    }
}
