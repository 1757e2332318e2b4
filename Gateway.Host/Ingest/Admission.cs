using System.Net;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Ingest;

/// <summary>Who a connection is.</summary>
/// <param name="ClientId">Client id; for a device its device id.</param>
/// <param name="IsTrustedLocal">A client without credentials on the loopback of a development machine.</param>
internal sealed record ClientPrincipal(string ClientId, bool IsTrustedLocal);

/// <summary>
/// Authentication and authorisation: who may connect, publish and subscribe. Deny by default; in the Development environment a client on
/// loopback needs no credentials.
/// </summary>
internal sealed class Admission(MqttOptions options, bool isDevelopment)
{
    private const string CityPrefix = "city/v1/";
    private const string CasesPrefix = "city/v1/cases/";
    private const string SystemPrefix = "$SYS/";
    private const string CommandLevel = "command";

    /// <summary>Judges a CONNECT; a failure code refuses it.</summary>
    public ReasonCode Authenticate(ConnectPacket packet, string clientId, EndPoint? remote, out ClientPrincipal? principal)
    {
        principal = null;
        bool loopback = remote is IPEndPoint address && IPAddress.IsLoopback(address.Address);
        if (!loopback || !(isDevelopment || options.Access == TopicAccess.Open))
        {
            return packet.UserName is null && packet.Password is null ? ReasonCode.NotAuthorized : ReasonCode.BadUserNameOrPassword;
        }

        principal = new ClientPrincipal(clientId, IsTrustedLocal: true);
        return ReasonCode.Success;
    }

    /// <summary>Whether a client may publish on a topic.</summary>
    /// <param name="principal">The client.</param>
    /// <param name="topic">Topic name.</param>
    /// <param name="boundDeviceId">The device id in the topic when a profile binds it; null when none does.</param>
    /// <param name="isDevice">Whether the client id is that of a registered device.</param>
    public bool MayPublish(ClientPrincipal principal, string topic, string? boundDeviceId, bool isDevice)
    {
        if (topic.StartsWith(SystemPrefix, StringComparison.Ordinal) || topic.StartsWith(CasesPrefix, StringComparison.Ordinal))
        {
            return false; // the gateway's own
        }

        if (options.Access == TopicAccess.Open)
        {
            return true;
        }

        if (topic.StartsWith('$'))
        {
            return false; // of servers; only other people's suites publish there, to see that wildcards do not match it
        }

        if (boundDeviceId is not null)
        {
            return boundDeviceId == principal.ClientId;
        }

        if (!topic.StartsWith(CityPrefix, StringComparison.Ordinal))
        {
            return !isDevice;
        }

        string[] levels = topic.Split('/');
        bool isCommand = levels.Length == 5 && levels[4] == CommandLevel;
        return isCommand ? !isDevice : levels.Length >= 5 && levels[3] == principal.ClientId;
    }

    /// <summary>Whether a client may subscribe to a filter: a device to what lies under its own id, an operator's tool to everything.</summary>
    public bool MaySubscribe(ClientPrincipal principal, TopicFilter filter, bool isDevice)
    {
        if (options.Access == TopicAccess.Open || !isDevice)
        {
            return principal.IsTrustedLocal;
        }

        string[] levels = filter.Matched.ToString().Split('/');
        return levels.Length >= 5 && filter.Matched.StartsWith(CityPrefix, StringComparison.Ordinal) && levels[2].IndexOfAny(['+', '#']) < 0 && levels[3] == principal.ClientId;
    }
}
