using System.Numerics;
using System.Security.Cryptography;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// The Merkle tree of RFC 6962 section 2.1 over hashes that come one after the other. Only the tops of its full subtrees are held, largest
/// first, one for each bit of the count that is set.
/// <code>
/// leaf = SHA-256(0x00, hash)      node = SHA-256(0x01, left, right)      empty tree = SHA-256 of nothing
/// </code>
/// Not safe for threads.
/// </summary>
internal sealed class MerkleTree
{
    private const byte LeafPrefix = 0, NodePrefix = 1;
    private const int HashLengthBytes = SHA256.HashSizeInBytes;

    private readonly List<byte[]> _peaks = [];

    /// <summary>Leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>The tops, 32 bytes each: with <see cref="Count"/>, all that is needed to go on.</summary>
    public byte[] Peaks => [.. _peaks.SelectMany(p => p)];

    /// <summary>The root over all leaves, 32 bytes.</summary>
    public byte[] Root()
    {
        if (_peaks.Count == 0)
        {
            return SHA256.HashData([]);
        }

        byte[] root = _peaks[^1];
        for (int i = _peaks.Count - 2; i >= 0; i--)
        {
            root = Node(_peaks[i], root);
        }

        return root;
    }

    /// <summary>Adds a leaf, 32 bytes.</summary>
    public void Add(ReadOnlySpan<byte> hash)
    {
        Span<byte> leaf = stackalloc byte[1 + HashLengthBytes];
        leaf[0] = LeafPrefix;
        hash.CopyTo(leaf[1..]);
        byte[] top = SHA256.HashData(leaf);
        for (long full = Count; (full & 1) == 1; full >>= 1)
        {
            top = Node(_peaks[^1], top);
            _peaks.RemoveAt(_peaks.Count - 1);
        }

        _peaks.Add(top);
        Count++;
    }

    /// <summary>A tree that goes on from stored tops; null when they are not as many as the count asks for.</summary>
    public static MerkleTree? Restore(long count, ReadOnlySpan<byte> peaks)
    {
        if (count < 0 || peaks.Length != BitOperations.PopCount((ulong)count) * HashLengthBytes)
        {
            return null;
        }

        MerkleTree tree = new() { Count = count };
        for (; peaks.Length > 0; peaks = peaks[HashLengthBytes..])
        {
            tree._peaks.Add(peaks[..HashLengthBytes].ToArray());
        }

        return tree;
    }

    private static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashLengthBytes)];
        node[0] = NodePrefix;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashLengthBytes)..]);
        return SHA256.HashData(node);
    }
}
