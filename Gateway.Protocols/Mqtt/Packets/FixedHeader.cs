using System.Buffers;

namespace Gateway.Protocols.Mqtt.Packets;

/// <summary>What the first bytes say of a packet.</summary>
public enum FrameStatus : byte
{
    /// <summary>Not enough bytes to judge; read more.</summary>
    NeedMore,

    /// <summary>The header is whole and valid; the body may still be on its way.</summary>
    Ok,

    /// <summary><see cref="ParseErrors.FixedHeader"/>: close.</summary>
    Malformed,

    /// <summary><see cref="ParseErrors.PacketTooLarge"/>: close before buffering anything.</summary>
    TooLarge,
}

/// <summary>
/// The fixed header (v5 section 2.1): judged from at most five bytes, before any of the body is buffered. Immutable.
/// <code>
/// byte 0      type (4 bits) | flags (4 bits)
/// byte 1..4   remaining length: 7 bits a byte, low bits first, top bit = another byte follows
/// </code>
/// </summary>
public readonly struct FixedHeader
{
    /// <summary>The longest possible fixed header, bytes.</summary>
    public const int LengthLimitBytes = 5;

    /// <summary>The largest remaining length the protocol can say, bytes.</summary>
    public const int RemainingLengthLimitBytes = 268_435_455;

    private FixedHeader(byte first, int headerLengthBytes, int bodyLengthBytes)
    {
        First = first;
        HeaderLengthBytes = headerLengthBytes;
        BodyLengthBytes = bodyLengthBytes;
    }

    /// <summary>The first byte: type and flags.</summary>
    public byte First { get; }

    /// <summary>The packet type.</summary>
    public PacketType Type => (PacketType)(First >> 4);

    /// <summary>The four flag bits; only PUBLISH has a choice in them.</summary>
    public byte Flags => (byte)(First & 0x0F);

    /// <summary>Bytes of this header, 2 to 5.</summary>
    public int HeaderLengthBytes { get; }

    /// <summary>Bytes that follow (the Remaining Length).</summary>
    public int BodyLengthBytes { get; }

    /// <summary>Bytes of the whole packet.</summary>
    public int TotalLengthBytes => HeaderLengthBytes + BodyLengthBytes;

    /// <summary>
    /// Whether the length is written in as few bytes as it needs. v5 demands it [MQTT-1.5.5-1]; 3.1.1 does not, and small devices pad.
    /// </summary>
    public bool IsMinimal => HeaderLengthBytes == 1 + VariableByteInteger.LengthBytes((uint)BodyLengthBytes);

    /// <summary>Reads the header at the start of <paramref name="bytes"/>. On any status but Ok <paramref name="header"/> is default.</summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="packetSizeLimitBytes">Largest whole packet to take, fixed header included.</param>
    /// <param name="header">The header.</param>
    public static FrameStatus TryRead(ReadOnlySpan<byte> bytes, int packetSizeLimitBytes, out FixedHeader header)
    {
        header = default;
        if (bytes.IsEmpty)
        {
            return FrameStatus.NeedMore;
        }

        byte first = bytes[0];
        if (!AreFlagsValid(first))
        {
            return FrameStatus.Malformed;
        }

        int length = 0;
        for (int i = 1; i < LengthLimitBytes; i++)
        {
            if (i >= bytes.Length)
            {
                return FrameStatus.NeedMore;
            }

            byte next = bytes[i];
            length |= (next & 0x7F) << (7 * (i - 1));
            if (next < 0x80)
            {
                if (length + i + 1 > packetSizeLimitBytes)
                {
                    return FrameStatus.TooLarge;
                }

                header = new FixedHeader(first, i + 1, length);
                return FrameStatus.Ok;
            }
        }

        return FrameStatus.Malformed;
    }

    /// <summary>As <see cref="TryRead(ReadOnlySpan{byte}, int, out FixedHeader)"/>, over bytes that may lie in several segments.</summary>
    public static FrameStatus TryRead(in ReadOnlySequence<byte> bytes, int packetSizeLimitBytes, out FixedHeader header)
    {
        ReadOnlySpan<byte> first = bytes.FirstSpan;
        if (first.Length >= LengthLimitBytes || bytes.IsSingleSegment)
        {
            return TryRead(first, packetSizeLimitBytes, out header);
        }

        Span<byte> scratch = stackalloc byte[LengthLimitBytes];
        int count = (int)Math.Min(LengthLimitBytes, bytes.Length);
        bytes.Slice(0, count).CopyTo(scratch);
        return TryRead(scratch[..count], packetSizeLimitBytes, out header);
    }

    /// <summary>The error a status stands for; no error for Ok and NeedMore.</summary>
    public static ParseError ErrorOf(FrameStatus status) => status switch
    {
        FrameStatus.Malformed => ParseErrors.FixedHeader,
        FrameStatus.TooLarge => ParseErrors.PacketTooLarge,
        _ => default,
    };

    private static bool AreFlagsValid(byte first)
    {
        int flags = first & 0x0F;
        return (PacketType)(first >> 4) switch
        {
            PacketType.Publish => (flags & 0x06) != 0x06,
            PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => flags == 0x02,
            PacketType.Reserved => false,
            _ => flags == 0,
        };
    }
}
