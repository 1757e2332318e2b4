using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// What the audit chain seals of one event, and its hash. Each hash covers the one before, so none can be changed alone.
/// <code>
/// hash = SHA-256 of
///   previous hash      32 bytes; of the first entry: <see cref="Genesis"/>
///   sequence            8 bytes   over all cases
///   case number         4 bytes n, then n bytes UTF-8
///   case sequence       8 bytes   in its case
///   at                  8 bytes   Unix milliseconds
///   status before       4 bytes n, then n bytes UTF-8; n = 0 before the first event of a case
///   status after        4 bytes n, then n bytes UTF-8
///   body                4 bytes n, then n bytes UTF-8: the stored JSON with type, actor, offset, reason and all else
/// </code>
/// Numbers are big-endian, two's complement. Every text has its length in front, so no two entries have the same bytes.
/// </summary>
/// <param name="Sequence">Over all cases, from 1.</param>
/// <param name="CaseNo">The case.</param>
/// <param name="CaseSequence">In its case, from 1.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Before">Name of the status before the event; empty for the first of a case.</param>
/// <param name="After">Name of the status after it.</param>
/// <param name="Body">The event as it is stored.</param>
internal readonly record struct AuditEntry(long Sequence, string CaseNo, long CaseSequence, long At, string Before, string After, string Body)
{
    /// <summary>Length of a hash.</summary>
    public const int HashLengthBytes = SHA256.HashSizeInBytes;

    private const int FixedLengthBytes = HashLengthBytes + (3 * sizeof(long)) + (4 * sizeof(int));

    private static readonly byte[] GenesisHash = SHA256.HashData("city sensing gateway, audit of cases, version 1"u8);

    /// <summary>Stands for the hash before the first entry: SHA-256 of the ASCII text <c>city sensing gateway, audit of cases, version 1</c>.</summary>
    public static ReadOnlySpan<byte> Genesis => GenesisHash;

    /// <summary>The entry's hash, 32 bytes.</summary>
    /// <param name="previous">Hash of the entry before, 32 bytes.</param>
    public byte[] Hash(ReadOnlySpan<byte> previous)
    {
        int limitBytes = FixedLengthBytes + Encoding.UTF8.GetMaxByteCount(CaseNo.Length + Before.Length + After.Length + Body.Length) + HashLengthBytes;
        byte[] rented = ArrayPool<byte>.Shared.Rent(limitBytes);
        try
        {
            Span<byte> rest = rented;
            previous.CopyTo(rest);
            rest = rest[HashLengthBytes..];
            Put(ref rest, Sequence);
            Put(ref rest, CaseNo);
            Put(ref rest, CaseSequence);
            Put(ref rest, At);
            Put(ref rest, Before);
            Put(ref rest, After);
            Put(ref rest, Body);
            return SHA256.HashData(rented.AsSpan(0, rented.Length - rest.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Put(ref Span<byte> rest, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(rest, number);
        rest = rest[sizeof(long)..];
    }

    private static void Put(ref Span<byte> rest, string text)
    {
        int lengthBytes = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(rest, lengthBytes);
        rest = rest[(sizeof(int) + lengthBytes)..];
    }
}
