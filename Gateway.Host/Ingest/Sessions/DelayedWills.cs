using Gateway.Host.Ingest.Connections;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Sessions;

/// <summary>Wills that wait for their delay, one a client. The registry's gate guards them.</summary>
internal sealed class DelayedWills
{
    private readonly Dictionary<string, (MqttConnection Connection, Will Will, EventTime Due)> _byClient = new(StringComparer.Ordinal);

    /// <summary>A client has gone, and its Will is to be published at a time unless it comes back.</summary>
    public void Put(string clientId, MqttConnection connection, Will will, EventTime due) => _byClient[clientId] = (connection, will, due);

    /// <summary>
    /// The delayed Will of a client that is back, to be published: its session ends now, or its time was over before. Null when there is
    /// none, or the client came back to its session in time (v5 section 3.1.3.2.2).
    /// </summary>
    public (MqttConnection Connection, Will Will)? Take(string clientId, bool isResumed, EventTime now)
    {
        if (!_byClient.Remove(clientId, out (MqttConnection Connection, Will Will, EventTime Due) will))
        {
            return null;
        }

        if (isResumed && will.Due > now)
        {
            will.Connection.ReturnWill();
            return null;
        }

        return (will.Connection, will.Will);
    }

    /// <summary>Those whose time has come; they wait no more.</summary>
    public IReadOnlyList<(MqttConnection Connection, Will Will)> TakeDue(EventTime now)
    {
        List<(MqttConnection, Will)> due = [];
        foreach ((string clientId, (MqttConnection Connection, Will Will, EventTime Due) will) in _byClient.Where(w => w.Value.Due <= now).ToList())
        {
            _byClient.Remove(clientId);
            due.Add((will.Connection, will.Will));
        }

        return due;
    }
}
