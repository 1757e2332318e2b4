using System.Text;
using Gateway.Host.Ingest;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Access;

/// <summary>
/// Who may use which topic, for messages, wills, retained messages and subscriptions alike. A device uses what lies under its own id; a
/// tool what is written beside its name; a local client, if it is no registered device, is taken for an operator's tool without limits.
/// Nobody publishes on the gateway's own topics. Pure.
/// </summary>
internal sealed class TopicRules(TopicAccess access)
{
    private const string CityPrefix = "city/v1/";
    private const string CasesPrefix = "city/v1/cases/";
    private const string CasesLevel = "cases";
    private const string SystemPrefix = "$SYS/";
    private const string CommandLevel = "command";
    private const int KindLevel = 2;
    private const int DeviceLevel = 3;
    private const int ChannelLevel = 4;

    /// <summary>Whether a client may publish on a topic.</summary>
    /// <param name="principal">The client.</param>
    /// <param name="topic">Topic name.</param>
    /// <param name="boundDeviceId">The device id in the topic when a profile binds it; null when none does.</param>
    /// <param name="isRegistered">Whether the client's name is that of a device of the city.</param>
    public bool MayPublish(ClientPrincipal principal, string topic, string? boundDeviceId, bool isRegistered)
    {
        if (topic.StartsWith(SystemPrefix, StringComparison.Ordinal) || topic.StartsWith(CasesPrefix, StringComparison.Ordinal))
        {
            return false; // the gateway's own
        }

        if (access == TopicAccess.Open)
        {
            return true;
        }

        if (topic.StartsWith('$'))
        {
            return false; // of servers; only other people's suites publish there, to see that wildcards do not match it
        }

        if (principal.Kind == PrincipalKind.Tool)
        {
            byte[] name = Encoding.UTF8.GetBytes(topic);
            return principal.Credential!.Written.Publish.Any(f => f.Matches(name));
        }

        bool isDevice = IsDevice(principal, isRegistered);
        if (boundDeviceId is not null)
        {
            return boundDeviceId == principal.Name && IsPlain(principal.Name);
        }

        if (!topic.StartsWith(CityPrefix, StringComparison.Ordinal))
        {
            return !isDevice;
        }

        string[] levels = topic.Split('/');
        bool isCommand = levels.Length == ChannelLevel + 1 && levels[ChannelLevel] == CommandLevel;
        return isCommand ? !isDevice : IsOwn(levels, principal.Name);
    }

    /// <summary>Whether a client may subscribe to a filter; of a shared subscription the filter behind the share counts.</summary>
    /// <param name="principal">The client.</param>
    /// <param name="filter">What it asks for.</param>
    /// <param name="boundDeviceId">The device id in the filter when a profile binds it as it stands; null when none does.</param>
    /// <param name="isRegistered">Whether the client's name is that of a device of the city.</param>
    public bool MaySubscribe(ClientPrincipal principal, TopicFilter filter, string? boundDeviceId, bool isRegistered)
    {
        if (access == TopicAccess.Open)
        {
            return true;
        }

        if (principal.Kind == PrincipalKind.Tool)
        {
            return principal.Credential!.Written.Subscribe.Any(f => FilterCover.Covers(f, filter));
        }

        if (!IsDevice(principal, isRegistered))
        {
            return true;
        }

        if (boundDeviceId is not null && !filter.HasWildcard)
        {
            return boundDeviceId == principal.Name && IsPlain(principal.Name);
        }

        return filter.Matched.StartsWith(CityPrefix, StringComparison.Ordinal) && IsOwn(filter.Matched.ToString().Split('/'), principal.Name);
    }

    private static bool IsDevice(ClientPrincipal principal, bool isRegistered) =>
        principal.Kind == PrincipalKind.Device || (principal.Kind == PrincipalKind.Local && isRegistered);

    /// <summary>Whether a name or filter under <c>city/v1/</c> lies under a device's own id: the level of the kind is one kind, never cases.</summary>
    private static bool IsOwn(string[] levels, string name) =>
        levels.Length > ChannelLevel
        && levels[KindLevel] is not ("+" or "#" or CasesLevel)
        && levels[DeviceLevel] == name
        && IsPlain(name);

    /// <summary>Whether an id means itself and nothing else inside a topic or filter.</summary>
    private static bool IsPlain(string name) => name.AsSpan().IndexOfAny("+#$/") < 0;
}
