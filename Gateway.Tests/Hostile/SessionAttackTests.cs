using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Hostile;

/// <summary>Attacks on what the gateway keeps of a session: changes, identifiers, wills, takeovers.</summary>
[Collection(HostileSuite.Name)]
public sealed class SessionAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    private const int NotFound = 0x92;

    [Fact]
    public Task Changes_of_a_kept_session_wait_for_the_disk_and_not_in_memory() => AttackAsync(async round =>
    {
        // 15 filters of 60 KiB in each packet, each of them a record of the log: 240 MiB.
        byte[] subscribe = Packets.Subscribe(V5, 1, [.. Enumerable.Range(0, 15).Select(f => (new string((char)('a' + f), 60 * 1024), 0))]);
        FloodClient subscriber = await FloodAsync($"subscriber-{round}", V5, Property.SessionExpiry(3600));
        const int Times = 250;
        Task reading = Task.Run(() => subscriber.SkipAsync(Times * (5 + 15)));
        for (int i = 0; i < Times; i++)
        {
            await subscriber.MustSendAsync(subscribe);
        }

        await reading;
        await subscriber.SendAsync(Packets.Disconnect(0, Property.SessionExpiry(0)));
        Assert.Empty(await subscriber.ReadToEndAsync());

        // Its filters are large strings, which the runtime collects when it next has a reason to: what is left swings by some 60 MiB, and
        // does not rise from the second round to the eighth.
    }, growthLimitBytes: 96 * MiB, peakLimitBytes: 300L * MiB);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Acknowledgements_of_nothing_are_answered_and_forgotten(bool isKept) => AttackAsync(async round =>
    {
        const int Each = 250_000;
        using FloodClient client = await FloodAsync($"acks-{round}", V5, isKept ? [Property.SessionExpiry(3600)] : []);
        (PacketType Sent, int AnswerBytes)[] kinds = [(PacketType.PubRel, 5), (PacketType.PubRec, 5), (PacketType.PubAck, 0), (PacketType.PubComp, 0)];
        foreach ((PacketType sent, int answerBytes) in kinds)
        {
            byte[] flood = Enumerable.Range(0, 1000).SelectMany(i => Packets.Ack(sent, (i % 65535) + 1)).ToArray();
            Task reading = Task.Run(() => client.SkipAsync((long)Each * answerBytes));
            for (int i = 0; i < Each / 1000; i++)
            {
                await client.MustSendAsync(flood);
            }

            await reading;
        }

        await client.SendAsync(Packets.Ack(PacketType.PubRel, 77));
        Assert.Equal([0x70, 3, 0, 77, NotFound], await client.TakePacketAsync());
        await client.SendAsync(Packets.Disconnect(0, isKept ? [Property.SessionExpiry(0)] : []));
        Assert.Empty(await client.ReadToEndAsync());
    });

    [Fact]
    public Task Thousands_of_clients_that_break_off_have_each_will_published_once() => AttackAsync(async round =>
    {
        const int Wills = 2500;
        using FloodClient watcher = await FloodAsync($"watcher-{round}");
        await watcher.RequestAsync(Packets.Subscribe(V5, 1, (Topic("will"), 0)));
        byte[] will = Packets.Publish(V5, Topic("will"), "gone");
        byte[] connect = new ConnectOptions { ClientId = Client("dying"), WillTopic = Topic("will"), WillPayload = "gone" }.ToPacket(V5);
        Task watching = Task.Run(() => watcher.SkipAsync((long)Wills * will.Length));
        for (int i = 0; i < Wills; i++)
        {
            FloodClient client = await FloodClient.ConnectAsync(Port, connect);
            client.Cut();
        }

        await watching;
        Assert.Equal([0xD0, 0], await watcher.RequestAsync(Packets.PingReq)); // and not one more
    });

    [Fact]
    public Task Thousand_takeovers_tell_each_predecessor_and_leave_the_last_one_served() => AttackAsync(async round =>
    {
        const int Takeovers = 1000;
        ConnectOptions options = new() { ClientId = Client("heir"), CleanStart = false, Properties = [Property.SessionExpiry(60)] };
        Peer current = await ConnectAsync(options);
        await current.SubscribeAsync((Topic("heirloom"), 1));
        for (int i = 0; i < Takeovers; i++)
        {
            Peer next = await OpenAsync();
            Assert.Equal(1, (await next.ConnectAsync(options)).ConnAckFlags);
            await current.ReceiveCloseAsync(0x8E);
            current.Dispose();
            current = next;
        }

        await current.SendAsync(Packets.Publish(V5, Topic("heirloom"), $"round {round}"));
        await current.ReceivePublishAsync($"round {round}");
        await current.LeaveAsync(0, Property.SessionExpiry(0));
        current.Dispose();
    });
}
