using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Access.Credentials;

/// <summary>One credential as it is written: a name, how its password is checked, and what a tool may do. Immutable.</summary>
internal sealed class Credential
{
    /// <summary>Longest name, characters; the same as of a device id.</summary>
    public const int NameLengthLimit = 64;

    /// <summary>Whose it is.</summary>
    public required CredentialKind Kind { get; init; }

    /// <summary>Device id or name of the tool; one space of names for both.</summary>
    public required string Name { get; init; }

    /// <summary>When the password was set, whole seconds.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>How the password is checked.</summary>
    public required PasswordHash Password { get; init; }

    /// <summary>Topics a tool may publish on; empty for devices.</summary>
    public IReadOnlyList<TopicFilter> Publish { get; init; } = [];

    /// <summary>What a tool may subscribe to, and any filter that lies within; empty for devices.</summary>
    public IReadOnlyList<TopicFilter> Subscribe { get; init; } = [];

    /// <summary>Whether a text can be a name: 1 to 64 of letters, digits, <c>- _ . :</c>, so that none ever means more than one topic level.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= NameLengthLimit && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
