using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Access.Limits;

/// <summary>
/// Who has to wait before another password is even looked at: a name from an address, and an address whatever the name, each after
/// some failures and each time twice as long. Failures from one address never make another wait. A name that got in from an
/// address before does not wait for what others do there. Memory is bounded. No clock; safe for threads.
/// </summary>
internal sealed class FailureBackoff(BackoffOptions options)
{
    private static readonly TimeSpan KnownMemory = TimeSpan.FromDays(30);
    private static readonly Entry Unknown = new(0, EventTime.MinValue, EventTime.MinValue, IsKnown: false);

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>Names and addresses remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>How long a name from an address must still wait; zero: it may try.</summary>
    public TimeSpan Wait(IPAddress? address, string name, EventTime now)
    {
        lock (_gate)
        {
            Entry ofName = Find(KeyOf(address, name), now);
            Entry ofAddress = ofName.IsKnown ? Unknown : Find(KeyOf(address, name: null), now);
            EventTime until = EventTime.Max(ofName.Until, ofAddress.Until);
            return until > now ? until - now : TimeSpan.Zero;
        }
    }

    /// <summary>A wrong password, or an unknown name.</summary>
    public void Failed(IPAddress? address, string name, EventTime now)
    {
        lock (_gate)
        {
            Note(KeyOf(address, name), options.FailuresOfName, now);
            Note(KeyOf(address, name: null), options.FailuresOfAddress, now);
        }
    }

    /// <summary>The right password: the name's failures are forgotten, those of the address are not.</summary>
    public void Succeeded(IPAddress? address, string name, EventTime now)
    {
        lock (_gate)
        {
            Set(KeyOf(address, name), Unknown with { Touched = now, IsKnown = true }, now);
        }
    }

    private void Note(Key key, int threshold, EventTime now)
    {
        if (threshold == 0)
        {
            return;
        }

        Entry entry = Find(key, now);
        int failures = entry.Failures + 1;
        int doublings = Math.Min(failures - threshold, 30);
        double waitSeconds = Math.Min(options.FirstWait.TotalSeconds * Math.Pow(2, doublings), options.LongestWait.TotalSeconds);
        EventTime until = doublings < 0 ? entry.Until : now + TimeSpan.FromSeconds(waitSeconds);
        Set(key, entry with { Failures = failures, Until = until, Touched = now }, now);
    }

    private Entry Find(Key key, EventTime now)
    {
        if (!_entries.TryGetValue(key, out Entry entry) || IsForgotten(entry, now))
        {
            return Unknown;
        }

        return now - entry.Touched > options.Memory ? Unknown with { IsKnown = true, Touched = entry.Touched } : entry;
    }

    private bool IsForgotten(Entry entry, EventTime now) => now - entry.Touched > (entry.IsKnown ? KnownMemory : options.Memory);

    private void Set(Key key, Entry entry, EventTime now)
    {
        if (_entries.Count >= options.Entries && !_entries.ContainsKey(key))
        {
            Shrink(now);
        }

        _entries[key] = entry;
    }

    /// <summary>Room for a quarter more: what is forgotten anyway goes, then the oldest failures, and those that got in last.</summary>
    private void Shrink(EventTime now)
    {
        IEnumerable<Key> order = _entries
            .OrderBy(e => IsForgotten(e.Value, now) ? 0 : e.Value.IsKnown ? 2 : 1)
            .ThenBy(e => e.Value.Touched)
            .Select(e => e.Key);
        foreach (Key key in order.Take(Math.Max(1, options.Entries / 4)).ToList())
        {
            _entries.Remove(key);
        }
    }

    private static Key KeyOf(IPAddress? address, string? name) => new(NetworkOf(address), name is null ? default : HashOf(name));

    /// <summary>An IPv4 address, or the 64 bits of an IPv6 address that one customer has: the rest it picks itself.</summary>
    private static UInt128 NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        bool isVersion6 = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        if (isVersion6)
        {
            bytes[8..].Clear();
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Names come from strangers and may be long: a hash of them is not.</summary>
    private static UInt128 HashOf(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private readonly record struct Key(UInt128 Network, UInt128 Name);

    private readonly record struct Entry(int Failures, EventTime Until, EventTime Touched, bool IsKnown);
}
