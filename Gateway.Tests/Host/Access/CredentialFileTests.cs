using System.Text;
using Gateway.Host.Access.Credentials;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Host.Access;

public sealed class CredentialFileTests
{
    private const string Salt = "AAAAAAAAAAAAAAAAAAAAAA";
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Good = $"device\tSMK-1\t2026-01-27T09:00:00Z\tpbkdf2-sha256\t100\t{Salt}\t{Key}";

    [Fact]
    public void Credentials_written_are_read_back_as_they_were()
    {
        Credential[] written =
        [
            CredentialSamples.Device("SMK-1", "one"),
            CredentialSamples.Tool("bridge", "two", ["vendor/+/up", "city/v1/#"], ["city/v1/cases/#", "带空格 的/主题"]),
        ];
        Assert.True(CredentialFile.TryRead(CredentialFile.Write(written), "f", out IReadOnlyList<Credential> read, out string error), error);
        Assert.Equal(["SMK-1", "bridge"], read.Select(c => c.Name));
        Assert.Equal(written.Select(CredentialFile.LineOf), read.Select(CredentialFile.LineOf));
        Assert.True(read[1].Password.Matches("two"u8));
        Assert.False(read[1].Password.Matches("one"u8));
    }

    [Fact]
    public void File_without_credentials_is_a_file() =>
        Assert.True(CredentialFile.TryRead(CredentialFile.Write([]), "f", out _, out _));

    public static TheoryData<string, int, string> Damage() => new()
    {
        { "", 1, "in the middle of a line" },
        { "gateway-credentials 1", 1, "in the middle of a line" },
        { "gateway-credentials 2\n", 1, "another version" },
        { "users\n", 1, "begins with the line" },
        { $"gateway-credentials 1\n{Good}", 2, "in the middle of a line" },
        { $"gateway-credentials 1\n{Good}\n\n", 3, "set apart by tabs" },
        { $"gateway-credentials 1\n{Good}\n{Good}\n", 3, "a second time" },
        { $"gateway-credentials 1\n{Good.Replace("SMK-1", "SMK/1")}\n", 2, "a name is" },
        { $"gateway-credentials 1\n{Good.Replace("SMK-1", "+")}\n", 2, "a name is" },
        { $"gateway-credentials 1\n{Good.Replace("device", "admin")}\n", 2, "device or tool" },
        { $"gateway-credentials 1\n{Good.Replace("2026", "26")}\n", 2, "the time" },
        { $"gateway-credentials 1\n{Good.Replace("sha256", "md5")}\n", 2, "the password hash" },
        { $"gateway-credentials 1\n{Good.Replace("\t100\t", "\t0\t")}\n", 2, "the password hash" },
        { $"gateway-credentials 1\n{Good.Replace("\t100\t", "\t2000000000\t")}\n", 2, "the password hash" },
        { $"gateway-credentials 1\n{Good[..^2]}\n", 2, "the password hash" },
        { $"gateway-credentials 1\n{Good}\tpublish=#\n", 2, "a device nothing" },
        { $"gateway-credentials 1\n{Good.Replace("device", "tool")}\tpublish=a#\n", 2, "publish=FILTER" },
        { $"gateway-credentials 1\n{Good.Replace("device", "tool")}\tpublish=$share/g/a\n", 2, "publish=FILTER" },
        { $"gateway-credentials 1\n{Good.Replace("device", "tool")}\tread=a\n", 2, "publish=FILTER" },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public void Damaged_file_is_refused_with_its_line(string text, int line, string message)
    {
        Assert.False(CredentialFile.TryRead(Encoding.UTF8.GetBytes(text), "dir/file", out _, out string error));
        Assert.StartsWith($"dir/file:{line}: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Fact]
    public void File_cut_anywhere_but_behind_a_line_is_refused()
    {
        byte[] whole = CredentialFile.Write([CredentialSamples.Device("SMK-1", "one"), CredentialSamples.Tool("bridge", "two", ["a/b"], [])]);
        for (int length = 0; length < whole.Length; length++)
        {
            bool atLineEnd = length > 0 && whole[length - 1] == '\n';
            Assert.Equal(atLineEnd, CredentialFile.TryRead(whole.AsSpan(0, length), "f", out _, out _));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.False(CredentialFile.TryRead([.. "gateway-credentials 1\n"u8, 0xff, (byte)'\n'], "f", out _, out _));

    [Theory]
    [InlineData("a/+/#", true)]
    [InlineData("$share/g/a", false)]
    [InlineData("a\tb", false)]
    [InlineData("a#", false)]
    [InlineData("", false)]
    public void Filter_of_a_tool_is_plain(string text, bool expected) =>
        Assert.Equal(expected, CredentialFile.TryReadFilter(text, out TopicFilter _));
}
