using System.Globalization;

namespace Gateway.Tests.Hostile;

/// <summary>A gateway whose limits for all clients together are soon reached, and which says in its log when a connection breaks.</summary>
public sealed class NarrowHostileGateway : HostileGateway
{
    /// <summary>Sessions at once.</summary>
    public const int SessionLimit = 120;

    /// <summary>Retained messages.</summary>
    public const int RetainedLimit = 200;

    /// <summary>Topics, payloads and properties of retained messages, bytes.</summary>
    public const int RetainedLimitBytes = 1024 * 1024;

    /// <summary>Messages waiting for all clients, bytes.</summary>
    public const int QueueLimitBytes = 4 * 1024 * 1024;

    /// <summary>Subscriptions, Wills and QoS 2 identifiers of all sessions, bytes.</summary>
    public const int SessionLimitBytes = 1024 * 1024;

    /// <summary>Packets that have begun, bytes.</summary>
    public const int PartialPacketLimitBytes = 4 * 1024 * 1024;

    /// <inheritdoc />
    protected override IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["Gateway__Mqtt__SessionLimit"] = Text(SessionLimit),
        ["Gateway__Mqtt__RetainedLimit"] = Text(RetainedLimit),
        ["Gateway__Mqtt__RetainedLimitBytes"] = Text(RetainedLimitBytes),
        ["Gateway__Mqtt__QueueLimitBytes"] = Text(QueueLimitBytes),
        ["Gateway__Mqtt__SessionLimitBytes"] = Text(SessionLimitBytes),
        ["Gateway__Mqtt__PartialPacketLimitBytes"] = Text(PartialPacketLimitBytes),
        ["Logging__LogLevel__Gateway"] = "Debug",
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
