using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// A signed statement of what the history was at one time. It is one line of text, which is what is stored, appended to the file and
/// handed to a second party:
/// <code>
/// case-audit-1 checkpoint=3 entries=2048 sequence=2048 time=2026-01-27T09:20:00.000Z root=HEX key=HEX signature=BASE64
/// </code>
/// Signed is the line before <c> signature=</c>, as UTF-8: ECDSA P-256 with SHA-256, the signature in DER, so that openssl can check it.
/// The root is over all entries since the first (<see cref="MerkleTree"/>): any one line vouches for the whole history up to it.
/// Immutable.
/// </summary>
internal sealed record AuditCheckpoint
{
    private const string Tag = "case-audit-1";
    private const string SignatureMark = " signature=";
    private static readonly string[] Names = ["checkpoint", "entries", "sequence", "time", "root", "key", "signature"];

    /// <summary>From 1, without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>Entries it covers.</summary>
    public required long Entries { get; init; }

    /// <summary>Sequence of the last of them.</summary>
    public required long Sequence { get; init; }

    /// <summary>Log time when it was made.</summary>
    public required EventTime Time { get; init; }

    /// <summary>Merkle root, 64 hexadecimal digits.</summary>
    public required string Root { get; init; }

    /// <summary>Fingerprint of the key that signed it (<see cref="AuditKey.Fingerprint"/>).</summary>
    public required string Key { get; init; }

    /// <summary>Base64 of the signature in DER; empty before signing.</summary>
    public string Signature { get; init; } = "";

    /// <summary>What is signed.</summary>
    public string SignedText => string.Create(
        CultureInfo.InvariantCulture, $"{Tag} checkpoint={Number} entries={Entries} sequence={Sequence} time={Time} root={Root} key={Key}");

    /// <summary>What is signed, as bytes.</summary>
    public byte[] SignedBytes => Encoding.UTF8.GetBytes(SignedText);

    /// <summary>The whole line, without its end.</summary>
    public string Line => SignedText + SignatureMark + Signature;

    /// <summary>Reads a line; only text that <see cref="Line"/> would write again is one.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out AuditCheckpoint? checkpoint)
    {
        checkpoint = null;
        string[] words = line.Split(' ');
        if (words.Length != Names.Length + 1 || words[0] != Tag)
        {
            return false;
        }

        string[] values = new string[Names.Length];
        for (int i = 0; i < Names.Length; i++)
        {
            string mark = Names[i] + "=";
            if (!words[i + 1].StartsWith(mark, StringComparison.Ordinal))
            {
                return false;
            }

            values[i] = words[i + 1][mark.Length..];
        }

        if (TryNumber(values[0], out long number) && TryNumber(values[1], out long entries) && TryNumber(values[2], out long sequence) && EventTime.TryParse(values[3], out EventTime time))
        {
            checkpoint = new() { Number = number, Entries = entries, Sequence = sequence, Time = time, Root = values[4], Key = values[5], Signature = values[6] };
        }

        return checkpoint?.Line == line;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
