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
    public void Number_of_a_person_is_struck_out(string text, string expected) => Assert.Equal(expected, PersonNumbers.Strike(text));

    [Theory]
    [InlineData("AJ-20260127-000001")]
    [InlineData("330105001001G01")]
    [InlineData("12345-0042")]
    [InlineData("12812345678")]
    [InlineData("1381234567")]
    [InlineData("138123456789")]
    [InlineData("1769504400000")]
    [InlineData("0571-5550119")]
    [InlineData("")]
    public void Other_numbers_stay(string text) => Assert.Equal(text, PersonNumbers.Strike(text));
}
