using Gateway.Tests.Conformance.Wire;

namespace Gateway.Tests.Hostile;

/// <summary>Attacks with retained messages. What one test retains it removes, for the next.</summary>
[Collection(HostileSuite.Name)]
public sealed class RetainedAttackTests(HostileGateway gateway) : HostileTests(gateway)
{
    [Fact]
    public async Task Hundred_subscriptions_to_everything_again_and_again_stall_nobody()
    {
        const int Retained = 20_000;
        const int Rounds = 2;
        using (FloodClient publisher = await FloodAsync("publisher"))
        {
            await RetainAsync(publisher, Retained, "x"u8.ToArray());
            Assert.Equal(Retained, await Gateway.MetricAsync("gateway_mqtt_retained"));
            await AttackAsync(async round =>
            {
                // Wildcards that match nothing of it: every retained topic is looked at, nothing is sent. 924 of the filters are over the limit.
                using FloodClient subscriber = await FloodAsync($"subscriber-{round}");
                byte[] subscribe = Packets.Subscribe(V5, 1, [.. Enumerable.Range(0, 1024).Select(f => ($"+/+/none{f}/#", 0))]);
                for (int i = 0; i < Rounds; i++)
                {
                    byte[] subAck = await subscriber.RequestAsync(subscribe);
                    Assert.All(subAck[^1024..^924], code => Assert.Equal(0, code));
                    Assert.All(subAck[^924..], code => Assert.Equal(0x97, code));
                }

                Assert.Equal([0xD0, 0x00], await subscriber.RequestAsync(Packets.PingReq));
            });
            await RetainAsync(publisher, Retained, []);
        }

        Assert.Equal(0, await Gateway.MetricAsync("gateway_mqtt_retained"));
    }

    [Fact]
    public async Task Large_retained_messages_wait_for_subscribers_that_never_read()
    {
        const int Retained = 60;
        const int Deaf = 12;
        byte[] payload = new byte[1000 * 1024];
        using (FloodClient publisher = await FloodAsync("publisher"))
        {
            await RetainAsync(publisher, Retained, payload);
            await AttackAsync(async round =>
            {
                List<FloodClient> deaf = [];
                for (int s = 0; s < Deaf; s++)
                {
                    FloodClient subscriber = await FloodClient.ConnectAsync(Port, new ConnectOptions { ClientId = Client($"deaf{s}") }.ToPacket(V5), receiveBufferBytes: 4096);
                    deaf.Add(subscriber);
                    await subscriber.SendAsync(Packets.Subscribe(V5, 1, (Topic("r/#"), 0)));
                    Assert.Equal(0x90, (await subscriber.RequestAsync(Packets.PingReq))[0]);
                }

                using Peer other = await ConnectAsync($"other-{round}");
                await other.ReceiveNothingAsync();
                deaf.ForEach(d => d.Cut());

                // Over 23 rounds resident memory swings by 200 MiB, as the runtime collects large buffers, and does not rise. When 64
                // messages were written at once one round took over 700.
            }, growthLimitBytes: 128 * MiB, peakLimitBytes: 400L * MiB);
            await RetainAsync(publisher, Retained, []);
        }
    }

    private async Task RetainAsync(FloodClient publisher, int topics, byte[] payload)
    {
        List<byte> batch = [];
        int waiting = 0;
        for (int i = 0; i < topics; i++)
        {
            batch.AddRange(Packets.Publish(V5, Bytes.Text(Topic($"r/{i}")), payload, qos: 1, id: (i % 500) + 1, retain: true));
            waiting++;
            if (waiting == 500 || batch.Count > MiB || i == topics - 1)
            {
                await publisher.MustSendAsync(batch.ToArray());
                await publisher.SkipAsync(waiting * 4);
                batch.Clear();
                waiting = 0;
            }
        }
    }
}
