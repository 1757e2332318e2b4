using System.Numerics;
using System.Runtime.InteropServices;

namespace Gateway.Host.Series.Embedded;

/// <summary>The constants of a block file, as drawn in FORMAT.md.</summary>
internal static class BlockFormat
{
    /// <summary>Eight ASCII bytes at the start of a block: <c>CSGBLOCK</c>, little-endian.</summary>
    public const ulong HeaderMagic = 0x4B434F4C42475343;

    /// <summary>Eight ASCII bytes at the end of a block: <c>CSGBLEND</c>, little-endian.</summary>
    public const ulong TrailerMagic = 0x444E454C42475343;

    /// <summary>The only version there is so far.</summary>
    public const uint Version = 1;

    /// <summary>Bytes of the header: magic 8, version 4, level 4, first flush 8, last flush 8, checksum 4.</summary>
    public const int HeaderLengthBytes = 36;

    /// <summary>Bytes of the trailer: index offset 8, index length 8, points 8, index checksum 4, trailer checksum 4, magic 8.</summary>
    public const int TrailerLengthBytes = 40;

    /// <summary>Bytes of the checksum behind each section.</summary>
    public const int ChecksumLengthBytes = 4;

    /// <summary>Longest encoded section a reader accepts; far above what an encoder makes of one chunk.</summary>
    public const int SectionLimitBytes = 1 << 20;

    /// <summary>Longest device id or metric in UTF-8 a reader accepts.</summary>
    public const int NameLimitBytes = 4096;

    /// <summary>CRC-32C (Castagnoli) as in RFC 3720 section 12.1.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte rest in bytes[(words.Length * 8)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}
