using System.Net;
using Gateway.Host.Access.Limits;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Access.Limits;

public sealed class FailureBackoffTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("198.51.100.1");
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.7");

    private readonly BackoffOptions _options = new();
    private readonly FailureBackoff _backoff;
    private EventTime _now = new(1_000_000);

    public FailureBackoffTests() => _backoff = new FailureBackoff(_options);

    [Fact]
    public void Name_waits_twice_as_long_after_each_failure_up_to_the_longest()
    {
        List<double> waits = [];
        for (int i = 0; i < 16; i++)
        {
            _backoff.Failed(Attacker, "SMK-1", _now);
            TimeSpan wait = Wait(Attacker, "SMK-1");
            waits.Add(wait.TotalSeconds);
            _now += wait;
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], waits);
    }

    [Fact]
    public void Wait_passes_with_time()
    {
        Fail(Attacker, "SMK-1", _options.FailuresOfName);
        _now += TimeSpan.FromMilliseconds(999);
        Assert.Equal(TimeSpan.FromMilliseconds(1), Wait(Attacker, "SMK-1"));
        _now += TimeSpan.FromMilliseconds(1);
        Assert.Equal(TimeSpan.Zero, Wait(Attacker, "SMK-1"));
    }

    [Fact]
    public void Victim_elsewhere_does_not_wait()
    {
        Fail(Attacker, "SMK-1", 1000);
        Assert.True(Wait(Attacker, "SMK-1") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Wait(Home, "SMK-1"));
    }

    [Fact]
    public void Address_waits_after_failures_of_many_names()
    {
        for (int i = 0; i < _options.FailuresOfAddress; i++)
        {
            Assert.Equal(TimeSpan.Zero, Wait(Attacker, "fresh"));
            Fail(Attacker, $"name-{i}", 1);
        }

        Assert.Equal(_options.FirstWait, Wait(Attacker, "fresh"));
        Assert.Equal(TimeSpan.Zero, Wait(Home, "fresh"));
    }

    [Fact]
    public void Name_that_got_in_before_does_not_wait_for_its_neighbours()
    {
        _backoff.Succeeded(Home, "SMK-1", _now);
        _now += TimeSpan.FromDays(1);
        for (int i = 0; i < 200; i++)
        {
            Fail(Home, $"neighbour-{i}", 1);
        }

        Assert.True(Wait(Home, "SMK-2") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Wait(Home, "SMK-1"));
        Fail(Home, "SMK-1", _options.FailuresOfName);
        Assert.True(Wait(Home, "SMK-1") > TimeSpan.Zero);
    }

    [Fact]
    public void Success_forgets_the_failures_of_its_name_only()
    {
        Fail(Home, "SMK-1", _options.FailuresOfName - 1);
        _backoff.Succeeded(Home, "SMK-1", _now);
        Fail(Home, "SMK-1", _options.FailuresOfName - 1);
        Assert.Equal(TimeSpan.Zero, Wait(Home, "SMK-1"));
        Fail(Home, "SMK-2", _options.FailuresOfName);
        _backoff.Succeeded(Home, "SMK-1", _now);
        Assert.True(Wait(Home, "SMK-2") > TimeSpan.Zero);
    }

    [Fact]
    public void Failures_are_forgotten_after_a_quiet_time()
    {
        Fail(Home, "SMK-1", 20);
        _now += _options.Memory + TimeSpan.FromSeconds(1);
        Fail(Home, "SMK-1", _options.FailuresOfName - 1);
        Assert.Equal(TimeSpan.Zero, Wait(Home, "SMK-1"));
    }

    [Fact]
    public void Addresses_of_one_ipv6_customer_are_one()
    {
        for (int i = 0; i < _options.FailuresOfAddress; i++)
        {
            Fail(IPAddress.Parse($"2001:db8:1:2:{i + 1:x}::1"), $"name-{i}", 1);
        }

        Assert.True(Wait(IPAddress.Parse("2001:db8:1:2:ffff::9"), "fresh") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Wait(IPAddress.Parse("2001:db8:1:3::1"), "fresh"));
        Fail(IPAddress.Parse("::ffff:198.51.100.1"), "SMK-1", _options.FailuresOfName);
        Assert.True(Wait(Attacker, "SMK-1") > TimeSpan.Zero);
    }

    [Fact]
    public void Memory_is_bounded_and_those_who_got_in_are_forgotten_last()
    {
        _options.Entries = 1000;
        _backoff.Succeeded(Home, "SMK-1", _now);
        for (int i = 0; i < 20_000; i++)
        {
            _now += TimeSpan.FromMilliseconds(1);
            Fail(new IPAddress(0x0A000000 + i), new string('x', 1000) + i, 1);
        }

        Assert.InRange(_backoff.Count, 1, 1000);
        Fail(Home, "other", 1);
        for (int i = 0; i < _options.FailuresOfAddress; i++)
        {
            Fail(Home, $"n{i}", 1);
        }

        Assert.Equal(TimeSpan.Zero, Wait(Home, "SMK-1"));
    }

    [Fact]
    public void Zero_failures_means_nobody_waits()
    {
        (_options.FailuresOfName, _options.FailuresOfAddress) = (0, 0);
        Fail(Home, "SMK-1", 1000);
        Assert.Equal((TimeSpan.Zero, 0), (Wait(Home, "SMK-1"), _backoff.Count));
    }

    private void Fail(IPAddress address, string name, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _backoff.Failed(address, name, _now);
        }
    }

    private TimeSpan Wait(IPAddress address, string name) => _backoff.Wait(address, name, _now);
}
