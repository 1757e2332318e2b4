using System.Buffers;
using Gateway.Host.Ingest.Sessions;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Mqtt.Sessions;
using Gateway.Protocols.Mqtt.Topics;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// Packets of one connection that carry no message: subscriptions, acknowledgements, pings. Under the session's gate.
/// </summary>
internal sealed class ControlIntake(MqttServer server, MqttConnection connection, MessageIntake intake)
{
    private ClientSession Session => connection.Session!;

    /// <summary>One whole packet after CONNECT that is not a PUBLISH. False when it must come again: the log has no space at the moment.</summary>
    public bool Take(in FixedHeader header, ReadOnlySpan<byte> body, EventTime steady, IBufferWriter<byte> output)
    {
        if (Session.KeptFor > TimeSpan.Zero && header.Type is PacketType.Subscribe or PacketType.Unsubscribe or PacketType.PubRel)
        {
            if (!intake.HasRoomForReply())
            {
                return false;
            }

            ArrayBufferWriter<byte> reply = new(64);
            Receive(header, body, steady, reply);
            Reply(reply, output);
        }
        else
        {
            Receive(header, body, steady, output);
        }

        return true;
    }

    /// <summary>Answers a change of a kept session when it is durable; but an error at once, for it ends the connection.</summary>
    private void Reply(ArrayBufferWriter<byte> reply, IBufferWriter<byte> output)
    {
        if (connection.Machine.State == ConnectionState.Connected)
        {
            intake.ReplyDurably(reply.WrittenSpan.ToArray());
        }
        else
        {
            output.Write(reply.WrittenSpan);
        }
    }

    private void Receive(in FixedHeader header, ReadOnlySpan<byte> body, EventTime steady, IBufferWriter<byte> output)
    {
        ReceiveResult result = connection.Machine.Receive(header, body, steady, output);
        switch (result.Action)
        {
            case ReceiveAction.Subscribe:
                Subscribe(result.Subscribe!, output);
                break;
            case ReceiveAction.Unsubscribed:
                Unsubscribe(result.Unsubscribe!.Filters);
                break;
            case ReceiveAction.Released when Session.KeptFor > TimeSpan.Zero:
                server.Journal.Released(Session.Machine, result.PacketIdentifier);
                break;
        }
    }

    private void Unsubscribe(IReadOnlyList<TopicFilter> filters)
    {
        server.Router.Unsubscribe(Session, filters);
        foreach (TopicFilter filter in filters)
        {
            Session.Retained.Remove(filter);
            if (Session.KeptFor > TimeSpan.Zero)
            {
                server.Journal.Unsubscribed(Session.Machine, filter);
            }
        }
    }

    private void Subscribe(SubscribePacket packet, IBufferWriter<byte> output)
    {
        ReasonCode[] verdicts = [.. packet.Requests.Select(r => server.Door.MaySubscribe(connection.Principal!, r.Filter) ? ReasonCode.Success : ReasonCode.NotAuthorized)];
        IReadOnlyList<SubscriptionChange> changes = connection.Machine.CompleteSubscribe(packet, verdicts, output);
        server.Counters.RefuseSubscriptions(packet.Requests.Count - changes.Count);
        foreach (SubscriptionChange change in changes)
        {
            server.Router.Subscribe(Session, change.Subscription);
            if (Session.KeptFor > TimeSpan.Zero)
            {
                server.Journal.Subscribed(Session.Machine, change.Subscription);
            }

            if (change.WantsRetained)
            {
                Session.Retained.Add(change.Subscription);
            }
        }
    }
}
