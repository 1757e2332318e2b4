using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Payloads.Pseudonyms;
using static Gateway.Tests.Protocols.Payloads.SampleProfiles;

namespace Gateway.Tests.Protocols.Payloads.Pseudonyms;

public sealed class PseudonymizerTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");
    private static readonly Pseudonymizer Subject = new(Key);

    [Fact]
    public void Pseudonym_is_the_first_half_of_the_keyed_hash() =>
        Assert.Equal("hmac:" + Convert.ToHexStringLower(HMACSHA256.HashData(Key, "0012345678"u8)[..16]), Subject.PseudonymOf("0012345678"u8));

    [Fact]
    public void Card_is_replaced_and_every_other_byte_stays()
    {
        const string Before = """ {"ts":1769504400000, "event":"door_forced","card" : "0012345678" ,"door":"D-30514","note":"é\n12345","other":12345,"seq":7000000} """;

        Assert.Equal(Before.Replace("0012345678", P("0012345678"), StringComparison.Ordinal), Rewrite(Before));
    }

    [Theory]
    [InlineData("""[{"card":"11112222"},{"event":"x","card":"33334444"}]""")]
    [InlineData("""{"data":{"card":"11112222","more":[{"card":"33334444"}]}}""")]
    [InlineData("""{"card":"11112222","card":"33334444"}""")]
    public void Nested_and_repeated_cards_are_replaced(string payload) =>
        Assert.Equal(payload.Replace("11112222", P("11112222"), StringComparison.Ordinal).Replace("33334444", P("33334444"), StringComparison.Ordinal), Rewrite(payload));

    [Theory]
    [InlineData("""{"card":12345678}""", "12345678")]
    [InlineData("""{"card":"12345678"}""", "12345678")]
    [InlineData("""{"card":"1234567\u0038"}""", "12345678")]
    [InlineData("""{"c\u0061rd":"12345678"}""", "12345678")]
    [InlineData("""{"Card":"12345678"}""", "12345678")]
    [InlineData("""{"card":-1.5e3}""", "-1.5e3")]
    [InlineData("""{"card":{"no":12345678}}""", """{"no":12345678}""")]
    [InlineData("""{"card":["12345678"]}""", """["12345678"]""")]
    [InlineData("""{"card":""}""", "")]
    [InlineData("""{"card":"\ud83d12345678"}""", """\ud83d12345678""")]
    public void Card_is_replaced_in_whatever_form_it_comes(string payload, string hashed)
    {
        string name = payload[..payload.IndexOf(':', StringComparison.Ordinal)];

        Assert.Equal($"{name}:\"{P(hashed)}\"}}", Rewrite(payload));
    }

    [Theory]
    [InlineData("""{"card":null}""")]
    [InlineData("""{"card":true}""")]
    [InlineData("""{"cards":"12345"}""")]
    [InlineData("""{"ts":1769504400000,"seq":123456789}""")]
    [InlineData("""{"ts":"2026-01-27T09:00:00.123456789Z"}""")]
    [InlineData("[]")]
    public void Payload_without_a_card_stays(string payload) => Assert.Equal(payload, Rewrite(payload));

    [Fact]
    public void Card_in_the_guise_of_a_pseudonym_is_hashed_again()
    {
        string result = Rewrite("""{"card":"hmac:00000000000000000000000012345678"}""");

        Assert.DoesNotContain("12345678\"", result, StringComparison.Ordinal);
        Assert.Equal($$"""{"card":"{{P("hmac:00000000000000000000000012345678")}}"}""", result);
    }

    [Theory]
    [InlineData("""{"cards":"12345678"}""")]
    [InlineData("""{"door":"card 12345678 at D-3","event":"12345678"}""")]
    [InlineData("""{"12345678":true}""")]
    [InlineData("""{"ts":"12345678"}""")]
    [InlineData("""{"extra":["12345678",{"deep":"x12345678y"}]}""")]
    public void Number_outside_the_card_field_is_replaced_where_it_stands(string payload) =>
        Assert.Equal(payload.Replace("12345678", P("12345678"), StringComparison.Ordinal), Rewrite(payload));

    [Theory]
    [InlineData("""{"extra":12345678}""")]
    [InlineData("""{"extra":[1,12345678]}""")]
    [InlineData("""{"event":12345678}""")]
    [InlineData("""[12345678]""")]
    public void Number_that_is_no_field_of_the_profile_becomes_its_pseudonym(string payload) =>
        Assert.Equal(payload.Replace("12345678", $"\"{P("12345678")}\"", StringComparison.Ordinal), Rewrite(payload));

    [Theory]
    [InlineData("""{"note":"\u0031\u0032\u0033\u0034\u0035\u0036"}""", "123456")]
    [InlineData("""{"note":"x \u0031234567"}""", "x 1234567")]
    public void Text_whose_escapes_hide_a_number_is_replaced_whole(string payload, string hashed) =>
        Assert.Equal($$"""{"note":"{{P(hashed)}}"}""", Rewrite(payload));

    [Fact]
    public void User_properties_and_content_type_keep_their_length_and_lose_their_numbers()
    {
        PublishProperties sent = new()
        {
            ContentType = "card/0012345678; v=12",
            CorrelationData = Encoding.ASCII.GetBytes("0012345678"),
            MessageExpiryIntervalSeconds = 0x31313131,
            UserProperties = [new UserProperty("card", "0012345678"), new UserProperty("0012345678", "no 0012345678, D-3"), new UserProperty("door", "D-3")],
        };
        PublishProperties seen = PublishProperties.Read(Subject.RewriteProperties(sent.ToBytes(), Access));
        string letters = seen.UserProperties[0].Value;
        PublishProperties shown = new() { UserProperties = [new UserProperty("Card", "05:69:C5"), new UserProperty("card", "")] };
        PublishProperties named = PublishProperties.Read(Subject.RewriteProperties(shown.ToBytes(), Access));
        Assert.Matches("^[a-p]{8}$", named.UserProperties[0].Value);
        Assert.Matches("^[a-p]{10}$", letters);
        Assert.Equal([new UserProperty("card", letters), new UserProperty(letters, $"no {letters}, D-3"), new UserProperty("door", "D-3")], seen.UserProperties);
        Assert.Equal(($"card/{letters}; v=12", sent.MessageExpiryIntervalSeconds, "0012345678"), (seen.ContentType, seen.MessageExpiryIntervalSeconds, Encoding.ASCII.GetString(seen.CorrelationData!.Value.Span)));
    }

    [Theory]
    [InlineData("""{"card":"12345678" """, "12345678")]
    [InlineData("card=12345678", "12345678")]
    [InlineData("x0123456789,123,0123456789", "0123456789")]
    [InlineData("\uFEFF{\"card\":\"12345678\"}", "12345678")]
    [InlineData("{\"event\":\"tamper\",\"card\":\"5A9BEEF1\" ", "5A9BEEF1")]
    [InlineData("{\"card\":\"05:69:C5:AF\",", "05:69:C5:AF")]
    [InlineData("{\"card\":[\"5A\",\"5B\"", "[\"5A\",\"5B\"")]
    [InlineData("CARD = no-7&door=3", "no-7")]
    [InlineData("{\"card\" : \"deadbeef", "deadbeef")]
    [InlineData("door 3 opened by 5a9beef1, at last", "5a9beef1")]
    [InlineData("card:;card=99;", "99")]
    [InlineData("<card>5A:9B</card>", "5A:9B")]
    [InlineData("{\0n\0:\01\02\03\04\0}\0", "1\02\03\04")]
    [InlineData("\0{\0n\0:\01\02\03\04\0}", "1\02\03\04")]
    public void Broken_payload_loses_its_long_runs_of_digits(string payload, string run) =>
        Assert.Equal(payload.Replace(run, P(run), StringComparison.Ordinal), Rewrite(payload));

    [Theory]
    [InlineData("{\"event\":\"door_forced\",\"door\":\"D-3\" ")]
    [InlineData("discard=5A; cards: two, card")]
    [InlineData("deadbeef facade 5a9bee")]
    [InlineData("1\02\03 4\0")]
    public void Broken_payload_keeps_the_rest(string payload) => Assert.Equal(payload, Rewrite(payload));

    [Fact]
    public void Payload_of_a_kind_without_pseudonyms_is_copied()
    {
        const string Payload = """{"card":"12345678" broken""";

        Assert.Equal(Payload, Rewrite(Payload, Smoke));
    }

    [Theory]
    [InlineData("{\"card\":1234}", "[", ",", "]")]
    [InlineData("1234", "", "x", "")]
    public void Hashes_of_one_message_are_bounded(string part, string open, string separator, string close)
    {
        string result = Rewrite(open + string.Join(separator, Enumerable.Repeat(part, Pseudonymizer.HashCountLimit + 2)) + close);

        Assert.Equal(Pseudonymizer.HashCountLimit + 1, result.Split(P("1234")).Length);
        Assert.Equal(3, result.Split("hmac:" + new string('0', 32)).Length);
    }

    [Fact]
    public void Long_text_is_hashed_whole()
    {
        string card = new('7', 5000);

        Assert.Equal($$"""{"card":"{{P(card)}}"}""", Rewrite($$"""{"card":"{{card}}"}"""));
        Assert.Equal($$"""{"card":"{{P(card)}}"}""", Rewrite($$"""{"card":"\u0037{{card[1..]}}"}"""));
    }

    [Fact]
    public void Mutated_payloads_never_throw_and_never_show_the_card()
    {
        const string Card = "90817263";
        byte[] seed = Encoding.UTF8.GetBytes($$"""{"event":"door_forced","card":"{{Card}}","a":[{"card":{{Card}}}]}""");
        Random random = new(11);
        int json = 0;
        for (int i = 0; i < 50_000; i++)
        {
            List<byte> bytes = [.. seed];
            for (int edits = random.Next(0, 3); edits > 0; edits--)
            {
                // Names are left alone: under another name a number is not a card.
                int at = random.Next(bytes.Count);
                byte edit = (byte)"{}[]\",:\\ 1x"[random.Next(11)];
                if (!char.IsAsciiLetterOrDigit((char)bytes[at]) && !IsNameQuote(bytes, at))
                {
                    bytes[at] = edit;
                }
            }

            ArrayBufferWriter<byte> output = new();
            Subject.Rewrite([.. bytes], Access, output);
            string result = Encoding.UTF8.GetString(output.WrittenSpan);
            Assert.DoesNotContain(Card, result, StringComparison.Ordinal);
            json += result.StartsWith("{\"event\":\"door_forced\",\"card\":\"hmac:", StringComparison.Ordinal) && IsJson(result) ? 1 : 0;
        }

        Assert.InRange(json, 1000, 49_000);
    }

    [Fact]
    public void Short_key_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Pseudonymizer(new byte[Pseudonymizer.KeyLengthMinimumBytes - 1]));

    private static bool IsNameQuote(List<byte> bytes, int at) =>
        (at > 0 && char.IsAsciiLetter((char)bytes[at - 1])) || (at + 1 < bytes.Count && char.IsAsciiLetter((char)bytes[at + 1]));

    private static bool IsJson(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string P(string value) => Subject.PseudonymOf(Encoding.UTF8.GetBytes(value));

    private static string Rewrite(string payload) => Rewrite(payload, Access);

    private static string Rewrite(string payload, DeviceProfile profile)
    {
        ArrayBufferWriter<byte> output = new();
        Subject.Rewrite(Encoding.UTF8.GetBytes(payload), profile, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
