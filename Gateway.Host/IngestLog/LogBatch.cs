using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Gateway.Protocols.Readings;

namespace Gateway.Host.IngestLog;

/// <summary>Frame of one commit: header and CRC over a run of records. Layout in FORMAT.md beside this file.</summary>
internal static class LogBatch
{
    /// <summary>"CSGB" in little-endian order.</summary>
    public const uint Magic = 0x42475343;

    /// <summary>Bytes before the first record.</summary>
    public const int HeaderLengthBytes = 32;

    private const int CrcCoversFrom = 12;

    /// <summary>What a batch header says.</summary>
    /// <param name="BodyLengthBytes">Bytes of records.</param>
    /// <param name="Crc">CRC-32C of everything behind it.</param>
    /// <param name="RecordCount">Records in the batch, at least one.</param>
    /// <param name="FirstOffset">Log offset of the first.</param>
    /// <param name="CommittedAt">Log time of the commit.</param>
    public readonly record struct Header(int BodyLengthBytes, uint Crc, int RecordCount, long FirstOffset, EventTime CommittedAt)
    {
        /// <summary>Bytes of the whole frame.</summary>
        public int FrameLengthBytes => HeaderLengthBytes + BodyLengthBytes;

        /// <summary>Offset behind the last record.</summary>
        public long EndOffset => FirstOffset + RecordCount;
    }

    /// <summary>Completes a frame whose records already stand behind the room for the header.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="recordCount">Records in it.</param>
    /// <param name="firstOffset">Offset of the first.</param>
    /// <param name="committedAt">Time of the last.</param>
    /// <param name="seed">Of the segment it is written to.</param>
    public static void Seal(Span<byte> frame, int recordCount, long firstOffset, EventTime committedAt, ulong seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)(frame.Length - HeaderLengthBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], (uint)recordCount);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], firstOffset);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], committedAt.UnixMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], FrameCrc(frame, seed));
    }

    /// <summary>Reads a header without judging the CRC; false when it cannot be one.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out Header header)
    {
        header = default;
        if (source.Length < HeaderLengthBytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        if (length > int.MaxValue - HeaderLengthBytes || count == 0 || count > length / LogRecord.HeaderLengthBytes)
        {
            return false;
        }

        header = new Header(
            (int)length,
            BinaryPrimitives.ReadUInt32LittleEndian(source[8..]),
            (int)count,
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            new EventTime(BinaryPrimitives.ReadInt64LittleEndian(source[24..])));
        return header.FirstOffset >= 0;
    }

    /// <summary>Whether the frame's bytes are what was sealed for the segment of this seed.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> frame, in Header header, ulong seed) =>
        frame.Length >= header.FrameLengthBytes && FrameCrc(frame[..header.FrameLengthBytes], seed) == header.Crc;

    /// <summary>CRC-32C (Castagnoli).</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>The seed is secret to publishers: no payload can hold bytes that pass for a frame, should its own frame be torn.</summary>
    private static uint FrameCrc(ReadOnlySpan<byte> frame, ulong seed) => ~Continue(BitOperations.Crc32C(uint.MaxValue, seed), frame[CrcCoversFrom..]);

    /// <summary>Eight bytes a step.</summary>
    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (byte b in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
