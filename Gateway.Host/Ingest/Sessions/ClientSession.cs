using Gateway.Host.Access;
using Gateway.Host.Ingest.Connections;
using Gateway.Host.Ingest.Routing;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Sessions;

/// <summary>
/// One session and the lock that guards it and its connection together. Lock order: registry, session gate, connection output, log.
/// </summary>
internal sealed class ClientSession
{
    /// <summary>Creates a session that nobody is connected to.</summary>
    public ClientSession(MqttSession machine)
    {
        Machine = machine;
        Retained = new RetainedDelivery(this);
    }

    /// <summary>Guards the session and the connection attached to it.</summary>
    public object Gate { get; } = new();

    /// <summary>The protocol's state.</summary>
    public MqttSession Machine { get; }

    /// <summary>Whose it is, see <see cref="Access.ClientPrincipal.Owner"/>; nobody else takes it over.</summary>
    public required string Owner { get; init; }

    /// <summary>Retained messages it is still owed.</summary>
    public RetainedDelivery Retained { get; }

    /// <summary>The connection in use, or null; under the gate.</summary>
    public MqttConnection? Connection { get; set; }

    /// <summary>The expiry that the log knows: zero while the session is not kept over a restart; under the gate.</summary>
    public TimeSpan KeptFor { get; set; }

    /// <summary>Whether the log has its end, when somebody waits for that; null otherwise. Under the gate.</summary>
    public Task<bool>? Ending { get; set; }

    /// <summary>The connection that waits for its end, the last that came; under the registry's gate.</summary>
    public MqttConnection? Successor { get; set; }

    /// <summary>Which device's it is: by its credential, or, where local clients need none, by its client id; null for a tool's.</summary>
    public string? DeviceId => Owner.Length == 0 ? Machine.ClientId : ClientPrincipal.DeviceOf(Owner);

    /// <summary>Sends or queues a message.</summary>
    public DeliveryOutcome Deliver(MqttMessage message, Qos qos, bool retain, uint[] subscriptionIdentifiers, EventTime now)
    {
        lock (Gate)
        {
            if (Connection is null || Connection.Output.IsCongested)
            {
                return Machine.Deliver(message, qos, retain, subscriptionIdentifiers, now, output: null);
            }

            using ConnectionOutput.Scope scope = Connection.Output.Begin();
            return Machine.Deliver(message, qos, retain, subscriptionIdentifiers, now, scope.Writer);
        }
    }
}
