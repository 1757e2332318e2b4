using System.Text;
using Gateway.Host.Cli.Logs;

namespace Gateway.Tests.Host.Cli.Logs;

public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("{\"water_level\":0.4}", "{\"water_level\":0.4}")]
    [InlineData("烟雾 é 😀", "烟雾 é 😀")]
    [InlineData("\u001b[2Jgone", @"\u{1b}[2Jgone")]
    [InlineData("a\r\n\tb\0", @"a\u{d}\u{a}\u{9}b\u{0}")]
    [InlineData("c:\\x", @"c:\\x")]
    [InlineData("\u009b31m", @"\u{9b}31m")]
    [InlineData("abc\u202edcba", @"abc\u{202e}dcba")]
    [InlineData("a\u200bb\u2028c\u00a0d", @"a\u{200b}b\u{2028}c\u{a0}d")]
    public void Text_of_a_device_cannot_command_a_terminal(string text, string shown) =>
        Assert.Equal(shown, EscapedText.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_no_text_are_written_out() =>
        Assert.Equal(@"a\xff\xc3(\xe7\x81", EscapedText.Of([(byte)'a', 0xFF, 0xC3, (byte)'(', 0xE7, 0x81]));

    [Theory]
    [InlineData(3, "abc (+5 bytes)")]
    [InlineData(5, "abcd (+4 bytes)")] // not in the middle of a character
    [InlineData(8, "abcdé12")]
    public void Long_text_is_cut_and_says_so(int limitBytes, string shown) =>
        Assert.Equal(shown, EscapedText.Of("abcdé12"u8, limitBytes));
}
