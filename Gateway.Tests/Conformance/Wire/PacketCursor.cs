using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Tests.Conformance.Wire;

/// <summary>Reads the fields of a packet from left to right; a field that is not there fails the test.</summary>
internal sealed class PacketCursor(byte[] body)
{
    private int _at;

    public bool IsAtEnd => _at == body.Length;

    public byte[] Rest => Take(body.Length - _at);

    public int Byte() => Take(1)[0];

    public int Two() => (Byte() << 8) | Byte();

    public long Four() => ((long)Two() << 16) | (uint)Two();

    public byte[] Binary() => Take(Two());

    public int Variable()
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            int next = Byte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                Assert.True(shift == 0 || next > 0, $"a variable byte integer is longer than needed in {Convert.ToHexString(body)}");
                return value;
            }

            Assert.True(shift < 21, $"a variable byte integer has more than four bytes in {Convert.ToHexString(body)}");
        }
    }

    /// <summary>A section of properties; one that may stand once and stands twice fails the test.</summary>
    public List<ReceivedProperty> Properties()
    {
        int length = Variable();
        PacketCursor section = new(Take(length));
        List<ReceivedProperty> properties = [];
        while (!section.IsAtEnd)
        {
            properties.Add(section.Property());
        }

        IEnumerable<PropertyId> repeated = properties.GroupBy(p => p.Id).Where(g => g.Count() > 1).Select(g => g.Key);
        Assert.All(repeated, id => Assert.True(id is PropertyId.UserProperty or PropertyId.SubscriptionIdentifier, $"{id} stands twice"));
        return properties;
    }

    private ReceivedProperty Property()
    {
        PropertyId id = (PropertyId)Byte();
        switch (id)
        {
            case PropertyId.PayloadFormatIndicator or PropertyId.MaximumQos or PropertyId.RetainAvailable or PropertyId.WildcardSubscriptionAvailable
                or PropertyId.SubscriptionIdentifierAvailable or PropertyId.SharedSubscriptionAvailable:
                return new ReceivedProperty(id, Byte(), [], []);
            case PropertyId.ServerKeepAlive or PropertyId.ReceiveMaximum or PropertyId.TopicAliasMaximum or PropertyId.TopicAlias:
                return new ReceivedProperty(id, Two(), [], []);
            case PropertyId.MessageExpiryInterval or PropertyId.SessionExpiryInterval or PropertyId.MaximumPacketSize:
                return new ReceivedProperty(id, Four(), [], []);
            case PropertyId.SubscriptionIdentifier:
                return new ReceivedProperty(id, Variable(), [], []);
            case PropertyId.UserProperty:
                return new ReceivedProperty(id, 0, Binary(), Binary());
            case PropertyId.ContentType or PropertyId.ResponseTopic or PropertyId.CorrelationData or PropertyId.AssignedClientIdentifier
                or PropertyId.AuthenticationMethod or PropertyId.AuthenticationData or PropertyId.ResponseInformation or PropertyId.ServerReference
                or PropertyId.ReasonString:
                return new ReceivedProperty(id, 0, Binary(), []);
            default:
                Assert.Fail($"a server does not send property 0x{(int)id:X2}: {Convert.ToHexString(body)}");
                throw new InvalidOperationException();
        }
    }

    private byte[] Take(int count)
    {
        Assert.True(count <= body.Length - _at, $"the packet ends inside a field: {Convert.ToHexString(body)} at {_at}");
        _at += count;
        return body[(_at - count).._at];
    }
}
