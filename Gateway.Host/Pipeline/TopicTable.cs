using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Pipeline;

/// <summary>What the active snapshot makes of one topic.</summary>
internal sealed class TopicRoute
{
    /// <summary>Number of the stream, for the duplicate filter; the same topic keeps it over snapshots.</summary>
    public required int Stream { get; init; }

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The device id in the topic; empty when no profile binds it.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The registered device, or null.</summary>
    public Device? Device { get; init; }

    /// <summary>The device's decoder, or null.</summary>
    public IPayloadDecoder? Decoder { get; init; }

    /// <summary>The batch of its kind, or null.</summary>
    public ReadingBatch? Batch { get; init; }

    /// <summary>The device's counts, once it has some.</summary>
    public LedgerEntry? Entry { get; set; }

    /// <summary>What becomes of its messages before they are decoded; stored means "decode".</summary>
    public required Outcome Before { get; init; }
}

/// <summary>
/// Topic bytes to route, without making a string of the topic: open addressing over the UTF-8 bytes. Only topics of registered devices
/// are remembered, so strangers can neither fill it nor aim at one slot. Not safe for threads.
/// </summary>
internal sealed class TopicTable(Func<string, int, TopicRoute> create)
{
    private Slot[] _slots = new Slot[1024];
    private int _count;
    private int _nextStream;

    private struct Slot
    {
        public uint Hash;
        public byte[]? Key;
        public TopicRoute? Route;
    }

    /// <summary>Routes in use, in no order.</summary>
    public IEnumerable<TopicRoute> Routes => _slots.Where(s => s.Route is not null).Select(s => s.Route!);

    /// <summary>Finds or makes the route of a topic.</summary>
    public TopicRoute Find(ReadOnlySpan<byte> topic)
    {
        uint hash = Hash(topic);
        int mask = _slots.Length - 1;
        for (int i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            ref Slot slot = ref _slots[i];
            if (slot.Key is null)
            {
                return Add(hash, topic);
            }

            if (slot.Hash == hash && topic.SequenceEqual(slot.Key))
            {
                return slot.Route!;
            }
        }
    }

    private static uint Hash(ReadOnlySpan<byte> topic)
    {
        uint hash = (uint)topic.Length;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(topic))
        {
            hash = BitOperations.Crc32C(hash, word);
        }

        foreach (byte b in topic[(topic.Length & ~7)..])
        {
            hash = BitOperations.Crc32C(hash, b);
        }

        return hash;
    }

    private TopicRoute Add(uint hash, ReadOnlySpan<byte> topic)
    {
        TopicRoute route = create(Encoding.UTF8.GetString(topic), _nextStream);
        if (route.Device is null)
        {
            return route;
        }

        _nextStream++;
        if ((_count + 1) * 2 > _slots.Length)
        {
            Grow();
        }

        Insert(_slots, new Slot { Hash = hash, Key = topic.ToArray(), Route = route });
        _count++;
        return route;
    }

    private void Grow()
    {
        Slot[] larger = new Slot[_slots.Length * 2];
        foreach (Slot slot in _slots)
        {
            if (slot.Key is not null)
            {
                Insert(larger, slot);
            }
        }

        _slots = larger;
    }

    private static void Insert(Slot[] slots, Slot slot)
    {
        int mask = slots.Length - 1;
        int i = (int)slot.Hash & mask;
        while (slots[i].Key is not null)
        {
            i = (i + 1) & mask;
        }

        slots[i] = slot;
    }
}
