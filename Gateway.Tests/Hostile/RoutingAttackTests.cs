using Gateway.Tests.Conformance.Wire;
using Gateway.Tests.Support;

namespace Gateway.Tests.Hostile;

/// <summary>Attacks with what a message costs behind the door: matching, delivering, and subscribers who do not take it.</summary>
[Collection(HostileSuite.Name)]
public sealed class RoutingAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    private const int Levels = 32;
    private const int FiltersPerSession = 100;

    [Fact]
    public Task Ten_thousand_wildcard_subscriptions_cost_a_message_no_more_than_those_that_match() => AttackAsync(async round =>
    {
        const int Sessions = 100;
        const int Messages = 200;
        List<FloodClient> subscribers = [];
        for (int s = 0; s < Sessions; s++)
        {
            FloodClient subscriber = await FloodAsync($"s{s}");
            subscribers.Add(subscriber);
            byte[] subAck = await subscriber.RequestAsync(Packets.Subscribe(V5, 1, [.. Enumerable.Range(0, FiltersPerSession).Select(f => (Filter(f), 0))]));
            Assert.All(subAck[^FiltersPerSession..], code => Assert.Equal(0, code));
        }

        Assert.Equal(Sessions * FiltersPerSession, await Gateway.MetricAsync("gateway_mqtt_subscriptions"));
        long before = await Gateway.MetricAsync("gateway_mqtt_delivered_total");

        // Half of the filters end at a level that the topic has another name for: each session still gets the message exactly once.
        string topic = string.Join('/', Enumerable.Repeat("x", Levels));
        Peer publisher = await ConnectAsync($"publisher-{round}");
        for (int m = 0; m < Messages; m++)
        {
            await publisher.SendAsync(Packets.Publish(V5, topic, "m"));
        }

        await publisher.ReceiveNothingAsync();
        await Eventually.BecomesAsync(() => Gateway.MetricAsync("gateway_mqtt_delivered_total"), n => n >= before + (Messages * Sessions), "everybody has every message");
        Assert.Equal(before + (Messages * Sessions), await Gateway.MetricAsync("gateway_mqtt_delivered_total"));
        byte[] publish = Packets.Publish(V5, topic, "m");
        foreach (FloodClient subscriber in subscribers)
        {
            await subscriber.SkipAsync((long)Messages * publish.Length);
            subscriber.Dispose();
        }

        publisher.Dispose();
    });

    [Fact]
    public Task Burst_to_hundreds_of_subscribers_stalls_nobody() => AttackAsync(async _ =>
    {
        const int Subscribers = 300;
        const int Messages = 400;
        List<FloodClient> subscribers = [];
        for (int s = 0; s < Subscribers; s++)
        {
            FloodClient subscriber = await FloodAsync($"s{s}");
            subscribers.Add(subscriber);
            await subscriber.RequestAsync(Packets.Subscribe(V5, 1, ("#", 0)));
        }

        long Sum(long delivered, long dropped) => delivered + dropped;
        long before = Sum(await Gateway.MetricAsync("gateway_mqtt_delivered_total"), await Gateway.MetricAsync("gateway_mqtt_dropped_total"));
        using FloodClient publisher = await FloodAsync("publisher");
        byte[] publish = Packets.Publish(V5, "b", "");
        await publisher.MustSendAsync(Repeat(publish, Messages));
        await Eventually.BecomesAsync(
            async () => Sum(await Gateway.MetricAsync("gateway_mqtt_delivered_total"), await Gateway.MetricAsync("gateway_mqtt_dropped_total")),
            n => n >= before + ((long)Messages * Subscribers),
            "every message was offered to everybody");
        Assert.Equal([0xD0, 0x00], await publisher.RequestAsync(Packets.PingReq));
        subscribers.ForEach(s => s.Cut());
    }, growthLimitBytes: 64 * MiB);

    [Fact]
    public Task Subscribers_that_never_read_cost_no_more_than_their_queues() => AttackAsync(async round =>
    {
        const int Deaf = 40;
        const int Messages = 120;
        List<FloodClient> deaf = [];
        for (int s = 0; s < Deaf; s++)
        {
            FloodClient subscriber = await FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = Client($"deaf{s}") }.ToPacket(V5), receiveBufferBytes: 4096);
            deaf.Add(subscriber);
            await subscriber.RequestAsync(Packets.Subscribe(V5, 1, (Topic("deaf"), s % 3)));
        }

        long dropped = await Gateway.MetricAsync("gateway_mqtt_dropped_total");
        using FloodClient publisher = await FloodAsync($"publisher-{round}");
        byte[] publish = Packets.Publish(V5, Bytes.Text(Topic("deaf")), new byte[256 * 1024], qos: 2, id: 1);
        for (int m = 1; m <= Messages; m++)
        {
            Bytes.Two(m).CopyTo(publish, publish.Length - (256 * 1024) - 3);
            await publisher.MustSendAsync(publish);
        }

        await publisher.SkipAsync(Messages * 4); // PUBRECs: the publisher is not held up by those who do not read
        await Eventually.BecomesAsync(() => Gateway.MetricAsync("gateway_mqtt_dropped_total"), n => n > dropped, "the queues are full");
        deaf.ForEach(d => d.Cut());
    }, growthLimitBytes: 96 * MiB, peakLimitBytes: 400L * MiB);

    /// <summary>Filters of every depth; the odd ones name a last level that no topic here has.</summary>
    private static string Filter(int number)
    {
        string plus = string.Join('/', Enumerable.Repeat("+", 1 + (number / 2 % (Levels - 2))));
        return (number % 2) switch
        {
            0 when number < Levels => $"{plus}/#",
            0 => $"{plus}/none{number}",
            _ => $"{plus}/none{number}/#",
        };
    }

    private static byte[] Repeat(byte[] packet, int times)
    {
        byte[] all = new byte[packet.Length * times];
        for (int i = 0; i < times; i++)
        {
            packet.CopyTo(all, i * packet.Length);
        }

        return all;
    }
}
