using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Host.Access.Credentials;

/// <summary>A password on its way to its owner; only its hash is kept.</summary>
/// <param name="Hash">What is stored.</param>
/// <param name="ToShow">The text, when the gateway made it and it must be shown once; null when the owner has it.</param>
internal sealed record NewPassword(PasswordHash Hash, string? ToShow)
{
    /// <summary>Random bytes of a password the gateway makes: 192 bits, 32 characters.</summary>
    public const int RandomLengthBytes = 24;

    /// <summary>Fewest characters of a password a person chose.</summary>
    public const int ChosenLengthLeast = 12;

    /// <summary>Most bytes of a password a person chose.</summary>
    public const int ChosenLengthLimitBytes = 1024;

    /// <summary>A random one.</summary>
    public static NewPassword Random()
    {
        string text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomLengthBytes));
        return new NewPassword(PasswordHash.Of(Encoding.UTF8.GetBytes(text), PasswordHash.GeneratedIterations), text);
    }

    /// <summary>
    /// The one line of <paramref name="input"/>: standard input, because arguments are seen by everybody on the machine. Null with
    /// <paramref name="error"/>, which never holds what was read.
    /// </summary>
    public static NewPassword? Chosen(TextReader input, out string error)
    {
        string text = input.ReadLine() ?? "";
        error = input.ReadLine() is { Length: > 0 } ? "standard input has more than one line" : "";
        return error.Length > 0 ? null : Chosen(text, out error);
    }

    /// <summary>One that a person chose. Null with <paramref name="error"/>, which never holds it.</summary>
    public static NewPassword? Chosen(string text, out string error)
    {
        error = Fault(text) ?? "";
        return error.Length > 0 ? null : new NewPassword(PasswordHash.Of(Encoding.UTF8.GetBytes(text), PasswordHash.ChosenIterations), ToShow: null);
    }

    /// <summary>Why a text cannot be a password that a person chose; null when it can. Costs nothing, and never holds it.</summary>
    public static string? Fault(string text) =>
        text.EnumerateRunes().Count() < ChosenLengthLeast ? $"a password of your own has at least {ChosenLengthLeast} characters"
        : Encoding.UTF8.GetByteCount(text) > ChosenLengthLimitBytes ? $"a password has at most {ChosenLengthLimitBytes} bytes"
        : text.Any(char.IsControl) ? "a password has no control characters"
        : null;
}
