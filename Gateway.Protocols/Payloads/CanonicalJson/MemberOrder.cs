using System.Text;
using Member = Gateway.Protocols.Payloads.CanonicalJson.CanonicalJsonDecoder.Member;

namespace Gateway.Protocols.Payloads.CanonicalJson;

/// <summary>
/// Which member followed which in the messages before: devices of a kind write theirs in one order, so the next name can be compared with
/// one that is known instead of being read and looked up. A wrong guess costs that comparison and nothing else. Safe for threads: a guess
/// another thread has just replaced is still a guess.
/// </summary>
internal sealed class MemberOrder
{
    private const int Specials = 3; // unknown, time and sequence: -1, -2, -3

    private readonly byte[][] _quoted; // empty where there is nothing to compare with
    private readonly sbyte[] _following;

    /// <summary>Creates one without a guess.</summary>
    /// <param name="members">All known members.</param>
    public MemberOrder(IReadOnlyList<(string Name, int Number)> members)
    {
        _quoted = new byte[members.Count + 1][];
        _quoted[Member.Unknown + Specials] = [];
        foreach ((string name, int number) in members)
        {
            // A name that would have to be escaped in JSON never stands there as it is.
            _quoted[number + Specials] = name.Any(c => c is < ' ' or '"' or '\\') ? [] : Encoding.UTF8.GetBytes($"\"{name}\"");
        }

        _following = new sbyte[_quoted.Length];
        Array.Fill(_following, (sbyte)Member.Unknown);
    }

    /// <summary>The member that followed this one last; <see cref="Member.Unknown"/> where none did, and for the first of an object.</summary>
    public int Following(int member) => _following[member + Specials];

    /// <summary>A known member's name in quotes.</summary>
    public ReadOnlySpan<byte> Quoted(int member) => _quoted[member + Specials];

    /// <summary>This member came after that one.</summary>
    public void Saw(int before, int member)
    {
        if (_quoted[member + Specials].Length > 0)
        {
            _following[before + Specials] = (sbyte)member;
        }
    }
}
