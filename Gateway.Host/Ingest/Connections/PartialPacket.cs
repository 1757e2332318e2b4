using System.Buffers;
using Gateway.Protocols.Mqtt.Sessions;

namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// The packet a client has begun and not finished: room for it while it comes, and whether it comes at all. Used by the connection's
/// reader alone.
/// </summary>
/// <param name="all">What the unfinished packets of all clients may take together.</param>
internal sealed class PartialPacket(ByteBudget all)
{
    /// <summary>A packet of this size or less may always be on its way, bytes.</summary>
    public const int FreeBytes = 16 * 1024;

    /// <summary>So much of a packet counts as being heard of, bytes: a large one may take longer than a keep alive, a trickle is silence.</summary>
    public const int ProgressBytes = 1024;

    private int _heldBytes;
    private long _seenBytes;

    /// <summary>Makes room for a packet whose header has come. False when the clients together have too much under way.</summary>
    public bool TryHold(int packetBytes)
    {
        if (packetBytes <= FreeBytes || _heldBytes == packetBytes)
        {
            return true;
        }

        Release();
        if (!all.TryTake(packetBytes))
        {
            return false;
        }

        _heldBytes = packetBytes;
        return true;
    }

    /// <summary>The packet is whole, or will never be.</summary>
    public void Release()
    {
        all.Return(_heldBytes);
        _heldBytes = 0;
    }

    /// <summary>Whether a read brought a whole packet, or enough of a large one to take the client for alive.</summary>
    /// <param name="bufferedBytes">What there was to look at.</param>
    /// <param name="leftBytes">What is left of it.</param>
    public bool IsProgress(long bufferedBytes, long leftBytes)
    {
        bool isHeard = leftBytes < bufferedBytes || bufferedBytes >= _seenBytes + ProgressBytes;
        _seenBytes = isHeard ? leftBytes : _seenBytes;
        return isHeard;
    }

    /// <summary>The bytes in one piece; <paramref name="rented"/> goes back to the pool after use, when there is one.</summary>
    public static ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> bytes, out byte[]? rented)
    {
        rented = null;
        if (bytes.IsSingleSegment)
        {
            return bytes.FirstSpan;
        }

        int length = (int)bytes.Length;
        rented = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(rented);
        return rented.AsSpan(0, length);
    }

    /// <summary>Gives the bytes of a packet back; they may hold a password.</summary>
    public static void GiveBack(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }
}
