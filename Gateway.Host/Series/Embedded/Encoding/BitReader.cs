using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gateway.Host.Series.Embedded.Encoding;

/// <summary>
/// Reads bits from the most significant down. Past the end it gives zero bits and <see cref="Overrun"/> becomes true, so that a decoder
/// is a total function over any bytes: it checks once at its end, not at every bit.
/// </summary>
internal ref struct BitReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _next;
    private ulong _window;
    private int _valid;
    private int _padding;

    /// <summary>Starts at the first bit of <paramref name="bytes"/>.</summary>
    public BitReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether bits were taken that the input does not have.</summary>
    public readonly bool Overrun => _padding > _valid;

    /// <summary>The next <paramref name="count"/> bits (0 to 64) as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(int count)
    {
        if (count > 32)
        {
            ulong high = ReadShort(count - 32);
            return (high << 32) | ReadShort(32);
        }

        return ReadShort(count);
    }

    /// <summary>Counts one bits up to <paramref name="limit"/> (at most 32); the zero bit that ends them is taken too, unless the limit is reached first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadOnes(int limit)
    {
        Refill();
        int ones = BitOperations.LeadingZeroCount(~_window);
        if (ones >= limit)
        {
            Take(limit);
            return limit;
        }

        Take(ones + 1);
        return ones;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadShort(int count)
    {
        Refill();

        // Two shifts, because a shift by 64 is a shift by 0.
        ulong value = (_window >> 1) >> (63 - count);
        Take(count);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(int count)
    {
        _window <<= count;
        _valid -= count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Refill()
    {
        if (_valid >= 33)
        {
            return;
        }

        if (_next + 8 <= _bytes.Length)
        {
            // The window may keep bits beyond the valid ones: the next refill puts the same bits there again.
            _window |= BinaryPrimitives.ReadUInt64BigEndian(_bytes[_next..]) >> _valid;
            int bytes = (63 - _valid) >> 3;
            _next += bytes;
            _valid += bytes * 8;
            return;
        }

        RefillAtEnd();
    }

    private void RefillAtEnd()
    {
        while (_valid <= 56)
        {
            if (_next < _bytes.Length)
            {
                _window |= (ulong)_bytes[_next++] << (56 - _valid);
            }
            else
            {
                _padding += 8;
            }

            _valid += 8;
        }
    }
}
