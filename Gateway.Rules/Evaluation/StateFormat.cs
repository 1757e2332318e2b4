using System.Buffers.Binary;
using System.Numerics;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// Saved state, little-endian; a text is a u16 length and UTF-8.
/// <code>
/// magic u32 "GRS3" | u32 count of lanes, each: all of the following
/// lateness i64, ms | now i64 | silence floor i64
/// rules   u32 count, each: name text, meaning hash text, identity hash text, u8 count of levels, the severity u8 of each
/// kinds   u32 count, each: kind text, u32 count of positions, u32 count of those that are fields,
///         each: meaning text (name, type, texts of an enumeration; then function calls)
/// devices u32 count, each: id text, kind u32, received f64, observed f64,
///         a value f64 and its time f64 for each position of the kind,
///         u32 count of absence rules, each: rule u32, last heard f64
///         flags u8 (1: has a history), and with a history
///         for each field of the kind: u32 count of readings, each: time i64, value f64
///         for each function call of the kind: memory i64
/// areas   u32 count of terms that count over areas, each: meaning text, u32 count of hits, oldest first, each: device id text, time i64
/// alerts  u32 count, each: rule u32, device id text, flags u8 (1 absence), state u8, level u8, severity u8,
///         since i64, occurred i64, cause text,
///         u8 count of levels, each: phase u8, dipped u8, since i64, occurred i64
/// waiting u32 count of readings, each: device id text, observed i64, received i64, quality u8, sequence i64,
///         u32 count of values, each: field name text, value f64
/// crc-32c u32 of all before
/// </code>
/// </summary>
internal static class StateFormat
{
    /// <summary>"GRS3".</summary>
    public const uint Magic = 0x33535247;

    /// <summary>"GRS2": one lane without lateness, areas and waiting readings, and of rules without identity and severities.</summary>
    public const uint MagicWithoutAreas = 0x32535247;

    /// <summary>"GRS1": as GRS2, and without function calls, so all positions are fields, that count is not there, nor are flags.</summary>
    public const uint MagicWithoutHistories = 0x31535247;

    /// <summary>Bytes of the checksum at the end.</summary>
    public const int ChecksumLength = 4;

    /// <summary>CRC-32C, continued from <paramref name="crc"/>; begin with <see cref="uint.MaxValue"/>.</summary>
    public static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
