using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Access.Credentials;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Tests.Host.Access;

/// <summary>Credentials and principals for tests; passwords are hashed with few rounds.</summary>
internal static class CredentialSamples
{
    private static readonly DateTimeOffset Since = new(2026, 1, 27, 9, 0, 0, TimeSpan.Zero);

    public static Credential Device(string id, string password, int iterations = 1) =>
        new() { Kind = CredentialKind.Device, Name = id, Since = Since, Password = PasswordHash.Of(Encoding.UTF8.GetBytes(password), iterations) };

    public static Credential Tool(string name, string password, string[] publish, string[] subscribe) => new()
    {
        Kind = CredentialKind.Tool,
        Name = name,
        Since = Since,
        Password = PasswordHash.Of(Encoding.UTF8.GetBytes(password), 1),
        Publish = [.. publish.Select(Filter)],
        Subscribe = [.. subscribe.Select(Filter)],
    };

    public static TopicFilter Filter(string text)
    {
        Assert.True(TopicFilter.TryParse(text, out TopicFilter filter), text);
        return filter;
    }

    public static ClientPrincipal DevicePrincipal(string id, string? clientId = null) => new() { Kind = PrincipalKind.Device, ClientId = clientId ?? id, Name = id };

    public static ClientPrincipal LocalPrincipal(string clientId) => new() { Kind = PrincipalKind.Local, ClientId = clientId, Name = clientId };

    public static ClientPrincipal ToolPrincipal(string[] publish, string[] subscribe) =>
        new() { Kind = PrincipalKind.Tool, ClientId = "any", Name = "tool", Credential = new StoredCredential(Tool("tool", "", publish, subscribe)) };

    /// <summary>Writes credentials as a command does.</summary>
    public static void Save(string path, params Credential[] credentials)
    {
        using CredentialEditor editor = CredentialEditor.Open(path);
        editor.Credentials.Clear();
        foreach (Credential credential in credentials)
        {
            editor.Credentials.Add(credential.Name, credential);
        }

        editor.Save();
    }
}
