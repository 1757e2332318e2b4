using System.Runtime.CompilerServices;
using Gateway.Protocols.Payloads.Json;
using Member = Gateway.Protocols.Payloads.CanonicalJson.CanonicalJsonDecoder.Member;

namespace Gateway.Protocols.Payloads.CanonicalJson;

/// <summary>
/// The member names one object has used, to find one used twice: RFC 8259 leaves open which of the two counts, so that two readers of
/// the same message could see different values. Known names are exact. Of unknown names the first <see cref="UnknownLimit"/> of an
/// object are compared (by a 64-bit hash: a device can only forge a collision against itself); the rest are let be, as none of them
/// becomes a value.
/// </summary>
internal struct SeenMembers
{
    /// <summary>Unknown names of one object that are compared with one another.</summary>
    public const int UnknownLimit = 16;

    private const int EscapedNameLimitBytes = 256;
    private ulong _columns;
    private bool _time;
    private bool _sequence;
    private int _unknownCount;
    private UnknownHashes _unknown;

    /// <summary>The member that an escaped name means, or <see cref="Member.Unknown"/>.</summary>
    public static int FindEscaped(NameTable members, ReadOnlySpan<byte> escapedName)
    {
        Span<byte> buffer = stackalloc byte[EscapedNameLimitBytes];
        return escapedName.Length <= buffer.Length && JsonText.TryUnescape(escapedName, buffer, out int length)
            ? members.Find(buffer[..length], Member.Unknown)
            : Member.Unknown;
    }

    /// <summary>Adds a known member; false when the object had it before.</summary>
    public bool Add(int member)
    {
        bool before;
        switch (member)
        {
            case Member.Time:
                (before, _time) = (_time, true);
                break;
            case Member.Sequence:
                (before, _sequence) = (_sequence, true);
                break;
            default:
                ulong bit = 1UL << member;
                before = (_columns & bit) != 0;
                _columns |= bit;
                break;
        }

        return !before;
    }

    /// <summary>Adds an unknown name; false when the object had it before.</summary>
    public bool AddUnknown(ReadOnlySpan<byte> name, bool isEscaped)
    {
        if (_unknownCount == UnknownLimit)
        {
            return true;
        }

        ulong hash = isEscaped ? HashEscaped(name) : Hash(name);
        Span<ulong> hashes = _unknown;
        if (hashes[.._unknownCount].Contains(hash))
        {
            return false;
        }

        hashes[_unknownCount++] = hash;
        return true;
    }

    private static ulong HashEscaped(ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[EscapedNameLimitBytes];
        return name.Length <= buffer.Length && JsonText.TryUnescape(name, buffer, out int length) ? Hash(buffer[..length]) : Hash(name);
    }

    private static ulong Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = 14_695_981_039_346_656_037; // FNV-1a
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 1_099_511_628_211;
        }

        return hash;
    }

    [InlineArray(UnknownLimit)]
    private struct UnknownHashes
    {
        private ulong _first;
    }
}
