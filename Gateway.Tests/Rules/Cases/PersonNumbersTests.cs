using Gateway.Rules.Cases;

namespace Gateway.Tests.Rules.Cases;

public sealed class PersonNumbersTests
{
    [Theory]
    [InlineData("来电13812345678,请回电", "来电***,请回电")]
    [InlineData("138 1234 5678", "***")]
    [InlineData("138-1234-5678 or +86 13912345678.", "*** or ***.")]
    [InlineData("8613812345678", "***")]
    [InlineData("身份证330105199001011234", "身份证***")]
    [InlineData("33010519900101123X", "***")]
    [InlineData("330105 19900101 123x and 13812345678", "*** and ***")]
    [InlineData("3301 0519 9001 0112 34", "***")]
    [InlineData("330105 1990 0101 1234;330105-1990-01-01-1234", "***;***")]
    [InlineData("13812345678,13912345678", "***,***")]
    [InlineData("1381 234 5678 or 1381 2345 678", "*** or ***")]
    [InlineData("138.1234.5678 (138)1234-5678 +86(138)12345678", "*** (*** ***")]
    [InlineData("013812345678, 0086 138 1234 5678", "***, ***")]
    [InlineData("\uFF11\uFF13\uFF18\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16\uFF17\uFF18\u5148\u751F", "***\u5148\u751F")]
    [InlineData("138\u30001234\u00A05678", "***")]
    [InlineData("138\u20141234\u20145678", "***")]
    [InlineData("1381\u200B2345678", "***")]
    [InlineData("33010519900101123\uFF38", "***")]
    public void Number_of_a_person_is_struck_out(string text, string expected)
    {
        Assert.True(PersonNumbers.IsIn(text));
        Assert.Equal(expected, PersonNumbers.Strike(text));
        Assert.False(PersonNumbers.IsIn(expected));
    }

    [Theory]
    [InlineData("AJ-20260127-000001")]
    [InlineData("330105001001G01")]
    [InlineData("12345-0042")]
    [InlineData("12812345678")]
    [InlineData("1381234567")]
    [InlineData("138123456789")]
    [InlineData("1769504400000")]
    [InlineData("0571-5550119")]
    [InlineData("0013812345678")]
    [InlineData("13-14 2026-01-27 09:30")]
    [InlineData("2026-11-23 13:50-14:20")]
    [InlineData("330105 2026-01-27 09:00")]
    [InlineData("30.274085, 120.155070")]
    [InlineData("330105001001001")]
    [InlineData("hmac:0123456789abcdef0123456789abcdef")]
    [InlineData("")]
    public void Other_numbers_stay(string text)
    {
        Assert.False(PersonNumbers.IsIn(text));
        Assert.Same(text, PersonNumbers.Strike(text));
    }
}
