using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Payloads.Json;

namespace Gateway.Tests.Protocols.Payloads.Json;

public sealed class JsonScannerTests
{
    [Fact]
    public void Tokens_come_in_order_with_their_places()
    {
        byte[] json = Encoding.UTF8.GetBytes(""" {"a": [1, true],"b\n":"x"} """);
        JsonScanner scanner = new(json, 4);
        List<(JsonToken, string, int)> tokens = [];
        while (scanner.Read())
        {
            tokens.Add((scanner.Token, Encoding.UTF8.GetString(scanner.Value), scanner.TokenStart));
        }

        Assert.Equal(JsonError.None, scanner.Error);
        Assert.Equal(
            [
                (JsonToken.StartObject, "", 1), (JsonToken.Name, "a", 2), (JsonToken.StartArray, "", 7), (JsonToken.Number, "1", 8), (JsonToken.True, "", 11),
                (JsonToken.EndArray, "", 15), (JsonToken.Name, "b\\n", 17), (JsonToken.Text, "x", 23), (JsonToken.EndObject, "", 26),
            ],
            tokens);
    }

    [Fact]
    public void Skipped_value_ends_at_its_last_byte()
    {
        JsonScanner scanner = new("""[{"a":[1,{"b":2}]},7]"""u8, 8);
        scanner.Read();
        scanner.Read();

        Assert.True(scanner.SkipValue());
        Assert.Equal((JsonToken.EndObject, 18), (scanner.Token, scanner.Position));
        Assert.True(scanner.Read());
        Assert.Equal("7"u8.ToArray(), scanner.Value.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{a:1}")]
    [InlineData("{,}")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("[1}")]
    [InlineData("{\"a\":1]")]
    [InlineData("]")]
    [InlineData("1 2")]
    [InlineData("1,")]
    [InlineData("tru")]
    [InlineData("truex")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("00")]
    [InlineData("'a'")]
    [InlineData("\"a")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u12")]
    [InlineData("\"\\")]
    public void Malformed_text_is_an_error(string json)
    {
        JsonScanner scanner = new(Encoding.UTF8.GetBytes(json), 4);
        while (scanner.Read())
        {
        }

        Assert.Equal(JsonError.Malformed, scanner.Error);
        Assert.False(scanner.Read());
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_its_own_error()
    {
        JsonScanner scanner = new("[[1]]"u8, 1);

        Assert.True(scanner.Read());
        Assert.False(scanner.Read());
        Assert.Equal((JsonError.TooDeep, 1), (scanner.Error, scanner.TokenStart));
    }

    [Theory]
    [InlineData("""a\"\\\/\b\f\n\r\tz""")]
    [InlineData("""\u0041\u00e9\u70DF\ud83d\uDE80""")]
    [InlineData("plain")]
    public void Escapes_resolve_as_the_framework_resolves_them(string escaped)
    {
        byte[] text = Encoding.UTF8.GetBytes(escaped);
        byte[] buffer = new byte[text.Length];

        Assert.True(JsonText.TryUnescape(text, buffer, out int length));
        Assert.Equal(JsonSerializer.Deserialize<string>($"\"{escaped}\""), Encoding.UTF8.GetString(buffer, 0, length));
    }

    [Theory]
    [InlineData("""\ud83d""")]
    [InlineData("""\ud83dx""")]
    [InlineData("""\ud83d\n""")]
    [InlineData("""\ud83d\u0041""")]
    [InlineData("""\ude80\ud83d""")]
    public void Half_a_surrogate_pair_does_not_resolve(string escaped)
    {
        byte[] text = Encoding.UTF8.GetBytes(escaped);

        Assert.False(JsonText.TryUnescape(text, new byte[text.Length], out _));
    }

    [Fact]
    public void Numbers_read_as_the_nearest_double()
    {
        Random random = new(3);
        string[] forms = ["R", "F0", "F3", "F10", "E5", "E16", "0.###############"];
        for (int i = 0; i < 20_000; i++)
        {
            double value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-12, 20));
            string text = value.ToString(forms[i % forms.Length], CultureInfo.InvariantCulture);

            Assert.Equal(
                BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)),
                BitConverter.DoubleToInt64Bits(JsonNumber.Read(Encoding.ASCII.GetBytes(text))));
        }
    }
}
