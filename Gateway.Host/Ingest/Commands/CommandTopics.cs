using Gateway.Protocols.Devices;

namespace Gateway.Host.Ingest.Commands;

/// <summary>Where commands go to a device and where it answers.</summary>
internal static class CommandTopics
{
    private const string Prefix = "city/v1/";
    private const string CommandSuffix = "/command";
    private const string ReplySuffix = "/command/reply";
    private const int ReplyLevels = 6;

    /// <summary><c>city/v1/{kind}/{deviceId}/command</c>.</summary>
    public static string CommandOf(Device device) => $"{Prefix}{device.Profile.Kind}/{device.Id}/command";

    /// <summary><c>city/v1/{kind}/{deviceId}/command/reply</c>.</summary>
    public static string ReplyOf(Device device) => $"{Prefix}{device.Profile.Kind}/{device.Id}{ReplySuffix}";

    /// <summary>Whether a topic is that of the commands to a device.</summary>
    public static bool IsCommand(string topic) => topic.StartsWith(Prefix, StringComparison.Ordinal) && topic.EndsWith(CommandSuffix, StringComparison.Ordinal);

    /// <summary>The device id in a topic <c>city/v1/{kind}/{deviceId}/...</c>; null for any other topic.</summary>
    public static string? DeviceIn(string topic) =>
        topic.StartsWith(Prefix, StringComparison.Ordinal) && topic.Split('/') is [_, _, _, { } id, _, ..] ? id : null;

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
