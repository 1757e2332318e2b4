using System.IO.Compression;
using System.Text;

namespace Gateway.Tests.EndToEnd.People;

/// <summary>The search itself: what it cannot find, it would call absent.</summary>
public sealed class HeldTests
{
    private const string Sought = "90817263";

    public static TheoryData<string, byte[]> Holders => new()
    {
        { "plain", Ascii($"x{Sought}y") },
        { "of two bytes", Encoding.Unicode.GetBytes($"x{Sought}y") },
        { "of two bytes, the other way", Encoding.BigEndianUnicode.GetBytes(Sought) },
        { "hex", Ascii(Convert.ToHexString(Ascii(Sought))) },
        { "base64, begun at 0", Ascii(Convert.ToBase64String(Ascii(Sought + "tail"))) },
        { "base64, begun at 1", Ascii(Convert.ToBase64String(Ascii("." + Sought + "tail"))) },
        { "base64, begun at 2", Ascii(Convert.ToBase64String(Ascii(".." + Sought))) },
        { "packed", Packed(Ascii($"{Sought}")) },
        { "packed in base64 in packed", Packed(Ascii($"{{\"bytes\":\"{Convert.ToBase64String(Packed(Ascii($"some more of it {Sought}")))}\"}}")) },
        { "base64 of two bytes in JSON", Ascii($"{{\"bytes\":\"{Convert.ToBase64String(Encoding.Unicode.GetBytes("??>>" + Sought)).Replace("+", "\\u002B", StringComparison.Ordinal)}\"}}") },
    };

    [Theory]
    [MemberData(nameof(Holders))]
    public void Text_is_found_in_whatever_holds_it(string how, byte[] holder)
    {
        Held held = new(Sought, "absent");
        held.Look(how, holder);
        Assert.NotEmpty(held.PlacesOf(Sought));
        held.AssertNone("absent");
        Assert.ThrowsAny<Exception>(() => held.AssertNone(Sought));
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Packed(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionMode.Compress))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
