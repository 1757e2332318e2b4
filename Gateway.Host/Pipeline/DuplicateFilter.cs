using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gateway.Host.Pipeline;

/// <summary>
/// Recognises a message that a device sent again: the same stream and device time with the same <c>seq</c>, or the same payload when it
/// sends no <c>seq</c>. Without a device time: the same <c>seq</c> and payload, or the same payload marked DUP, among the stream's recent
/// messages. A device time newer than all before is new without a search, so a steady stream costs one comparison.
/// One stream is one device on one topic. Not safe for threads.
/// </summary>
internal sealed class DuplicateFilter
{
    /// <summary>Messages remembered of a slow stream.</summary>
    public const int SmallestWindow = 8;

    /// <summary>Messages remembered at most: as many as a client may have unacknowledged.</summary>
    public const int LargestWindow = 1024;

    private readonly List<Stream?> _streams = [];

    /// <summary>Judges one message and remembers it when it is new.</summary>
    /// <param name="stream">The stream's number.</param>
    /// <param name="deviceTime">Device time of its first observation, Unix milliseconds; null when it sent none.</param>
    /// <param name="sequence">Its <c>seq</c>, or -1.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="markedDuplicate">Whether the publisher set DUP.</param>
    /// <param name="receivedAtMilliseconds">Receive time, for growing the window of fast streams.</param>
    public bool IsDuplicate(int stream, long? deviceTime, long sequence, ReadOnlySpan<byte> payload, bool markedDuplicate, long receivedAtMilliseconds)
    {
        CollectionsMarshal.SetCount(_streams, Math.Max(_streams.Count, stream + 1));
        Stream memory = _streams[stream] ??= new Stream();
        ulong key = sequence >= 0 && deviceTime is not null ? (ulong)sequence : Hash(payload, sequence);
        long time = deviceTime ?? long.MinValue;
        bool mayRepeat = deviceTime is { } claimed ? claimed <= memory.NewestTime : sequence >= 0 || markedDuplicate;
        if (mayRepeat && memory.Contains(time, key))
        {
            return true;
        }

        memory.Remember(time, key, receivedAtMilliseconds);
        return false;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _streams.Clear();

    /// <summary>Writes the memory of one stream, for a checkpoint.</summary>
    public void Save(int stream, BinaryWriter writer)
    {
        Stream? memory = stream < _streams.Count ? _streams[stream] : null;
        writer.Write(memory?.Count ?? 0);
        memory?.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(int stream, BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count is < 0 or > LargestWindow)
        {
            throw new InvalidDataException($"checkpoint: a duplicate window of {count}");
        }

        CollectionsMarshal.SetCount(_streams, Math.Max(_streams.Count, stream + 1));
        Stream memory = _streams[stream] = new Stream(count);
        for (int i = 0; i < count; i++)
        {
            long time = reader.ReadInt64();
            ulong key = reader.ReadUInt64();
            memory.Remember(time, key, reader.ReadInt64());
        }
    }

    private static ulong Hash(ReadOnlySpan<byte> payload, long sequence)
    {
        // Two CRCs with different starts: 64 bits, far cheaper than a cryptographic hash, and a device can only forge itself away.
        uint low = (uint)sequence;
        uint high = ~(uint)(sequence >> 32) ^ (uint)payload.Length;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(payload))
        {
            low = BitOperations.Crc32C(low, word);
            high = BitOperations.Crc32C(high, BitOperations.RotateLeft(word, 29) * 0x9E3779B97F4A7C15UL);
        }

        Span<byte> tail = stackalloc byte[8];
        tail.Clear();
        payload[(payload.Length & ~7)..].CopyTo(tail);
        ulong last = BinaryPrimitives.ReadUInt64LittleEndian(tail);
        low = BitOperations.Crc32C(low, last);
        high = BitOperations.Crc32C(high, BitOperations.RotateLeft(last, 29) * 0x9E3779B97F4A7C15UL);
        return ((ulong)high << 32) | low;
    }

    private sealed class Stream
    {
        private const long RedeliveryWindowMilliseconds = 60_000;

        private Entry[] _ring;
        private int _next;

        /// <summary>Room for what is about to be remembered: a ring has doubled only when it was full, so its size follows from the count.</summary>
        public Stream(int count = 0) => _ring = new Entry[Math.Max(SmallestWindow, (int)BitOperations.RoundUpToPowerOf2((uint)count))];

        private readonly record struct Entry(long Time, ulong Key, long ReceivedAt);

        public int Count { get; private set; }

        public long NewestTime { get; private set; } = long.MinValue;

        public bool Contains(long time, ulong key)
        {
            foreach (ref readonly Entry entry in _ring.AsSpan(0, Count))
            {
                if (entry.Key == key && entry.Time == time)
                {
                    return true;
                }
            }

            return false;
        }

        public void Remember(long time, ulong key, long receivedAt)
        {
            if (Count == _ring.Length && _ring.Length < LargestWindow && receivedAt - _ring[_next].ReceivedAt < RedeliveryWindowMilliseconds)
            {
                Grow();
            }

            _ring[_next] = new Entry(time, key, receivedAt);
            _next = (_next + 1) % _ring.Length;
            Count = Math.Min(Count + 1, _ring.Length);
            NewestTime = Math.Max(NewestTime, time);
        }

        public void Save(BinaryWriter writer)
        {
            for (int i = 0; i < Count; i++)
            {
                Entry entry = _ring[(_next - Count + i + _ring.Length) % _ring.Length];
                writer.Write(entry.Time);
                writer.Write(entry.Key);
                writer.Write(entry.ReceivedAt);
            }
        }

        private void Grow()
        {
            Entry[] larger = new Entry[_ring.Length * 2];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = _ring[(_next - Count + i + _ring.Length) % _ring.Length];
            }

            _ring = larger;
            _next = Count;
        }
    }
}
