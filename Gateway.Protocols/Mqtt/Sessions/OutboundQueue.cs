using System.Diagnostics.CodeAnalysis;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Messages that wait for one client, in order, with what they weigh.</summary>
internal sealed class OutboundQueue(ByteBudget budget)
{
    private readonly Queue<OutboundDelivery> _waiting = new();

    public int Count => _waiting.Count;

    public long Bytes { get; private set; }

    /// <summary>How many of them are of QoS 0.</summary>
    public int AtMostOnceCount { get; private set; }

    public IEnumerable<OutboundDelivery> Waiting => _waiting;

    public bool TryPeek([NotNullWhen(true)] out OutboundDelivery? next) => _waiting.TryPeek(out next);

    public void Enqueue(OutboundDelivery delivery)
    {
        _waiting.Enqueue(delivery);
        budget.Take(delivery.CostBytes);
        Bytes += delivery.Message!.SizeBytes;
        AtMostOnceCount += delivery.Qos == Qos.AtMostOnce ? 1 : 0;
    }

    public OutboundDelivery Dequeue()
    {
        OutboundDelivery delivery = _waiting.Dequeue();
        Bytes -= delivery.Message!.SizeBytes;
        budget.Return(delivery.CostBytes);
        AtMostOnceCount -= delivery.Qos == Qos.AtMostOnce ? 1 : 0;
        return delivery;
    }

    /// <summary>QoS 0 is for who is there: those that waited for a client that went go with it.</summary>
    public void DropAtMostOnce()
    {
        for (int i = Count; i > 0 && AtMostOnceCount > 0; i--)
        {
            OutboundDelivery delivery = Dequeue();
            if (delivery.Qos != Qos.AtMostOnce)
            {
                Enqueue(delivery);
            }
        }
    }

    public void Clear()
    {
        while (Count > 0)
        {
            Dequeue();
        }
    }
}
