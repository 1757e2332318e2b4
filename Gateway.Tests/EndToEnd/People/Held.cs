using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>
/// Looks for some texts in whatever a gateway holds or says, in every way that it might hold them: as text of one byte and of two, as JSON escapes, as hex of their
/// bytes, as base64 wherever in it they begin, and in what was packed or encoded, also one in the other.
/// </summary>
internal sealed partial class Held
{
    private const int DepthLimit = 3;
    private readonly (string Text, byte[][] Forms)[] _sought;
    private readonly Dictionary<string, List<string>> _found;

    /// <summary>Seeks texts of six characters or more.</summary>
    public Held(params string[] sought)
    {
        _sought = [.. sought.Select(s => (s, FormsOf(s)))];
        _found = sought.ToDictionary(s => s, _ => new List<string>());
    }

    /// <summary>Where a text was found, with what had to be unpacked or decoded.</summary>
    public IReadOnlyList<string> PlacesOf(string sought) => _found[sought];

    /// <summary>None of the texts was found.</summary>
    public void AssertNone(params string[] sought) => Assert.Equal([], sought.SelectMany(s => _found[s].Select(where => $"{s} in {where}")));

    /// <summary>Looks into every file of a folder, as it is now.</summary>
    public void LookIntoFiles(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Look(Path.GetRelativePath(folder, file), bytes.AsSpan(0, length));
        }
    }

    /// <summary>Looks into a text.</summary>
    public void Look(string where, string text) => Look(where, Encoding.UTF8.GetBytes(text));

    /// <summary>Looks into bytes.</summary>
    public void Look(string where, ReadOnlySpan<byte> bytes) => Look(where, bytes.TrimEnd((byte)0), 0);

    private void Look(string where, ReadOnlySpan<byte> bytes, int depth)
    {
        foreach ((string text, byte[][] forms) in _sought)
        {
            foreach (byte[] form in forms)
            {
                if (bytes.IndexOf(form) >= 0)
                {
                    _found[text].Add(where);
                    break;
                }
            }
        }

        if (depth == DepthLimit)
        {
            return;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]))
        {
            using GZipStream packed = new(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
            using MemoryStream unpacked = new();
            packed.CopyTo(unpacked);
            Look($"{where}, unpacked", unpacked.ToArray(), depth + 1);
        }

        // JSON may write + as an escape.
        string encoded = Encoding.Latin1.GetString(bytes).Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase);
        foreach (ValueMatch match in Base64Run().EnumerateMatches(encoded))
        {
            byte[] run = Encoding.ASCII.GetBytes(encoded[match.Index..(match.Index + (match.Length & ~3))]);
            byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(run.Length)];
            if (Base64.DecodeFromUtf8(run, decoded, out _, out int length) == System.Buffers.OperationStatus.Done)
            {
                Look($"{where}, decoded", decoded.AsSpan(0, length), depth + 1);
            }
        }
    }

    private static byte[][] FormsOf(string text)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        string hex = Convert.ToHexString(plain);
        return
        [
            plain, Encoding.UTF8.GetBytes(JavaScriptEncoder.Default.Encode(text)), Encoding.Unicode.GetBytes(text), Encoding.BigEndianUnicode.GetBytes(text), Encoding.ASCII.GetBytes(hex), Encoding.ASCII.GetBytes(hex.ToLowerInvariant()),
            .. Enumerable.Range(0, 3).Select(before => Encoded(plain, before)),
        ];
    }

    /// <summary>Those characters of the base64 of a text with some bytes before it that come from the text alone.</summary>
    private static byte[] Encoded(byte[] plain, int before)
    {
        string whole = Convert.ToBase64String([.. new byte[before], .. plain]);
        int first = ((before * 8) + 5) / 6, end = (before + plain.Length) * 8 / 6;
        return Encoding.ASCII.GetBytes(whole[first..end]);
    }

    [GeneratedRegex("[A-Za-z0-9+/]{16,}={0,2}")]
    private static partial Regex Base64Run();
}
