using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>One message on its way to one client: first in the queue, then in flight. The links are of <see cref="DeliveryList"/>.</summary>
internal sealed class OutboundDelivery
{
    private const int OverheadBytes = 128;

    /// <summary>The message; null once PUBREC has come, when only the identifier still matters.</summary>
    public MqttMessage? Message { get; set; }

    public required Qos Qos { get; init; }

    public required bool Retain { get; init; }

    public required uint[] SubscriptionIdentifiers { get; init; }

    /// <summary>0 until it is sent with QoS 1 or 2.</summary>
    public ushort PacketIdentifier { get; set; }

    /// <summary>Whether PUBREC has come, so that PUBREL is what is owed.</summary>
    public bool IsReleased => Message is null;

    /// <summary>What it takes of the memory for all clients: the message, which it may share with others, and itself.</summary>
    public int CostBytes => OverheadBytes + Message!.SizeBytes;

    public OutboundDelivery? Previous { get; set; }

    public OutboundDelivery? Next { get; set; }
}

/// <summary>A list in which a delivery is its own link: removal from the middle costs nothing, one allocation a message.</summary>
internal struct DeliveryList
{
    private OutboundDelivery? _last;

    public OutboundDelivery? First { get; private set; }

    public void Append(OutboundDelivery delivery)
    {
        delivery.Previous = _last;
        delivery.Next = null;
        if (_last is null)
        {
            First = delivery;
        }
        else
        {
            _last.Next = delivery;
        }

        _last = delivery;
    }

    public void Remove(OutboundDelivery delivery)
    {
        if (delivery.Previous is null)
        {
            First = delivery.Next;
        }
        else
        {
            delivery.Previous.Next = delivery.Next;
        }

        if (delivery.Next is null)
        {
            _last = delivery.Previous;
        }
        else
        {
            delivery.Next.Previous = delivery.Previous;
        }

        delivery.Previous = null;
        delivery.Next = null;
    }
}
