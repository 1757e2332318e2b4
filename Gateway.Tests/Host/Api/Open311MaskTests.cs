using Gateway.Host.Api.Open311;

namespace Gateway.Tests.Host.Api;

/// <summary>What looks like a telephone or card number does not get out.</summary>
public sealed class Open311MaskTests
{
    [Theory]
    [InlineData("江边路 1 号 3-1201", "江边路 1 号 3-1201")]
    [InlineData("江边路 1 号,13800138000", "江边路 1 号,***")]
    [InlineData("call +86-571-5550119 now", "call *** now")]
    [InlineData("(0571) 555 01 19", "(***")]
    [InlineData("33010219900101123X", "***")]
    [InlineData("\uFF11\uFF13\uFF18\uFF10\uFF10\uFF11\uFF13\uFF18", "***")]
    [InlineData("  ", null)]
    public void Long_numbers_are_masked(string text, string? expected) => Assert.Equal(expected, Open311Request.Masked(text));
}
